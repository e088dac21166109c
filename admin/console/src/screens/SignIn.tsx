// The door: login and password.
import { ApiError, sentence } from "@banso/kit/api";
import { Button, Field, Note } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { signIn } from "../core/session";
import { t } from "../core/text";
import { Looks, Mark } from "../ui/looks";

/** SignIn is a page of its own, or inside a sheet when a session ended. */
export function SignIn({ inside }: { inside?: boolean }) {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [second, setSecond] = useState("");
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState("");
  const enter = async (): Promise<void> => {
    setError("");
    try {
      await signIn(login.trim(), password, second.replace(/\s/g, ""));
    } catch (e) {
      if (e instanceof ApiError && e.code === "second_factor_required" && !asked) setAsked(true);
      else setError(sentence(e));
    }
  };
  const form = (
    <form class="card" onSubmit={(e) => { e.preventDefault(); void enter(); }}>
      {!inside && <h1>{t("sign_in.title")}</h1>}
      <Field label={t("sign_in.login")} value={login} onInput={setLogin} auto="username" focus />
      <Field label={t("sign_in.password")} value={password} onInput={setPassword} type="password" auto="current-password" />
      {asked && <Field label={t("sign_in.second")} hint={t("sign_in.second_hint")} value={second} onInput={setSecond} auto="one-time-code" focus />}
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <button class="hidden" type="submit" tabIndex={-1} aria-hidden="true" />
      <Button look="main" wide onTap={enter}>{t("sign_in.go")}</Button>
    </form>
  );
  if (inside) return form;
  return (
    <main id="main" class="door">
      <p class="brand"><Mark size={40} />{t("app.name")}</p>
      {form}
      <p class="small">{t("sign_in.member")} <a href="/">{t("sign_in.phone")}</a></p>
      <div class="row"><Looks /></div>
    </main>
  );
}
