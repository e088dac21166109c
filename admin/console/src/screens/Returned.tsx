// Back from the province's provider: the rest of a link, and of a sign-in.
import { sentence } from "@banso/kit/api";
import { Button, Field, Form, Note, toast } from "@banso/kit/pieces";
import { go } from "@banso/kit/router";
import { useEffect, useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { type Answer, answered, leave, link, provider } from "../core/province";
import { asksSecond, gate, signInAnswered } from "../core/session";
import { t } from "../core/text";
import { Waiting } from "../ui/loaded";

/** settle finishes a link, and says what became of it. */
export async function settle(back: Answer | null): Promise<void> {
  if (!back) {
    if (gate.get().at === "in") answered.set(null); // signed in already: nothing is owed
    return;
  }
  if (gate.get().at !== "in") return toast(t("province.sign_in_first"));
  try {
    if (!back.error) await link(back);
    toast(back.error ? trouble(back) : t("province.linked"));
  } catch (e) {
    toast(sentence(e));
  }
  go("#/account", true);
}

const trouble = (back: Answer): string => t(back.error === "access_denied" ? "province.stopped" : "province.trouble");

/** Returned signs in by the answer; our own second factor may still be asked. */
export function Returned({ back }: { back: Answer }) {
  const [asked, setAsked] = useState(false);
  const [second, setSecond] = useState("");
  const [error, setError] = useState("");
  const enter = async (): Promise<void> => {
    setError("");
    try {
      if (back.error) throw new Error(back.error);
      await signInAnswered(back, second.replace(/\s/g, ""));
      answered.set(null);
    } catch (e) {
      if (asksSecond(e) && !asked) setAsked(true);
      else setError(back.error ? trouble(back) : sentence(e));
    }
  };
  useEffect(() => void enter(), []);
  const away = (): void => answered.set(null);
  if (!asked && !error) return <div class="card"><Waiting /></div>;
  return (
    <Form class="card" onSubmit={enter}>
      <h1>{t("sign_in.title")}</h1>
      {asked && <Field label={t("sign_in.second")} hint={t("sign_in.second_hint")} value={second} onInput={setSecond} auto="one-time-code" focus />}
      {error && <Note tone="bad"><p>{error}</p></Note>}
      {asked && <Button look="main" wide submits>{t("sign_in.go")}</Button>}
      <Button wide onTap={away}>{t("province.back")}</Button>
    </Form>
  );
}

/** WithProvince offers the way there, where the server has one. */
export function WithProvince({ onError }: { onError: (text: string) => void }) {
  const far = useLoad(provider, []);
  if (!far.value?.on) return null;
  const { name } = far.value;
  const away = async (): Promise<void> => {
    onError("");
    await leave().catch((e) => onError(sentence(e)));
  };
  return <Button wide icon="home" onTap={away}>{name ? t("province.with", { name }) : t("province.sign_in")}</Button>;
}
