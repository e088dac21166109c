// The door: login and password; a code for who has none yet; the setup code of a
// new server for its first administrator.
import { ApiError, sentence } from "@banso/kit/api";
import { useCell } from "@banso/kit/cell";
import { Button, Field, Form, Note } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { passkeysHere, showPasskey } from "../core/passkey";
import { answered } from "../core/province";
import { asksSecond, enterWith, signIn, signInShown } from "../core/session";
import { t } from "../core/text";
import { Looks, Mark } from "../ui/looks";
import { Returned, WithProvince } from "./Returned";

const ways = ["login", "code", "setup"] as const;
type Way = (typeof ways)[number];

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
      if (asksSecond(e) && !asked) setAsked(true);
      else setError(sentence(e));
    }
  };
  const byPasskey = async (): Promise<void> => {
    setError("");
    try {
      await signInShown(await showPasskey());
    } catch (e) {
      setError(e instanceof DOMException ? t("passkey.none") : sentence(e));
    }
  };
  const form = (
    <Form class="card" onSubmit={enter}>
      {!inside && <h1>{t("sign_in.title")}</h1>}
      <Field label={t("sign_in.login")} value={login} onInput={setLogin} auto="username" focus />
      <Field label={t("sign_in.password")} value={password} onInput={setPassword} type="password" auto="current-password" />
      {asked && <Field label={t("sign_in.second")} hint={t("sign_in.second_hint")} value={second} onInput={setSecond} auto="one-time-code" focus />}
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <Button look="main" wide submits>{t("sign_in.go")}</Button>
      {passkeysHere && <Button wide icon="lock" onTap={byPasskey}>{t("passkey.sign_in")}</Button>}
      {!inside && <WithProvince onError={setError} />}
    </Form>
  );
  const [way, setWay] = useState<Way>("login");
  const back = useCell(answered);
  if (inside) return form;
  return (
    <main id="main" class="door">
      <p class="brand"><Mark size={40} />{t("app.name")}</p>
      {back ? <Returned back={back} /> : way === "login" ? form : <ByCode key={way} first={way === "setup"} />}
      <div class="row">{ways.filter((w) => w !== way).map((w) => <button type="button" key={w} class="button plain" onClick={() => { answered.set(null); setWay(w); }}>{t(`way.${w}`)}</button>)}</div>
      <p class="small">{t("sign_in.member")} <a href="/">{t("sign_in.phone")}</a></p>
      <div class="row"><Looks /></div>
    </main>
  );
}

function ByCode({ first }: { first: boolean }) {
  const [text, setText] = useState({ code: "", name: "", login: "", password: "" });
  const [bad, setBad] = useState({ field: "", text: "" });
  const [second, setSecond] = useState("");
  const [asked, setAsked] = useState(false);
  const go = async (): Promise<void> => {
    setBad({ field: "", text: "" });
    try {
      await enterWith(text.code, text.login.trim(), text.password, first ? text.name.trim() || " " : "", second.replace(/\s/g, ""));
    } catch (e) {
      if (asksSecond(e)) setAsked(true);
      setBad({ field: e instanceof ApiError ? e.field : "", text: sentence(e) });
    }
  };
  const field = (name: keyof typeof text, more: { type?: "password"; auto: string; hint?: string; focus?: boolean }) => (
    <Field label={t(first && name === "code" ? "enter.setup_code" : `enter.${name}`)} value={text[name]} onInput={(v) => setText({ ...text, [name]: v })} error={bad.field === name ? bad.text : ""} {...more} />
  );
  return (
    <Form class="card" onSubmit={go}>
      <h1>{t(first ? "enter.setup" : "enter.code")}</h1>
      {first && <p class="small">{t("enter.setup_hint")}</p>}
      {field("code", { auto: "off", focus: true })}
      {first && field("name", { auto: "name" })}
      {field("login", { auto: "username" })}
      {field("password", { type: "password", auto: "new-password", hint: t("enter.password_hint") })}
      {asked && <Field label={t("sign_in.second")} hint={t("sign_in.second_hint")} value={second} onInput={setSecond} auto="one-time-code" focus />}
      {bad.text && !(bad.field in text) && <Note tone="bad"><p>{bad.text}</p></Note>}
      <Button look="main" wide submits>{t("enter.go")}</Button>
    </Form>
  );
}
