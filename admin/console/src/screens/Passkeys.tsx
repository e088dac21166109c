// Passkeys: signing in with a finger or the screen lock in place of a password.
import { sentence } from "@banso/kit/api";
import { Button, Card, Field, Note, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import type { Me } from "../core/me";
import { makePasskey, passkeysHere } from "../core/passkey";
import { get, send } from "../core/server";
import { t, when } from "../core/text";
import { Loaded } from "../ui/loaded";

interface Passkey {
  id: string;
  name: string;
  created_ms: number;
  used_ms?: number;
}

export function Passkeys({ me }: { me: Me }) {
  const list = useLoad(() => get<{ passkeys: Passkey[] }>("/v1/me/passkeys"), []);
  const [name, setName] = useState("");
  const [error, setError] = useState("");
  const attempt = (said: "passkey.made" | "passkey.removed", fn: () => Promise<unknown>) => async (): Promise<void> => {
    setError("");
    try {
      await fn();
      toast(t(said));
      setName("");
    } catch (e) {
      setError(e instanceof DOMException ? t("passkey.stopped") : sentence(e));
    }
    await list.again();
  };
  return (
    <Card title={t("passkey.title")}>
      <p>{t("passkey.why")}</p>
      <Loaded of={list}>
        {({ passkeys }) => (
          <ul class="list">
            {passkeys.map((k) => (
              <li key={k.id} class="row">
                <span class="grow">{k.name} <span class="small">{k.used_ms ? t("passkey.used", { when: when(k.used_ms, me.now_ms) }) : t("passkey.unused")}</span></span>
                <Button look="danger" label={`${t("passkey.remove")}: ${k.name}`} onTap={attempt("passkey.removed", () => send("DELETE", `/v1/me/passkeys/${k.id}`))}>{t("passkey.remove")}</Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {error && <Note tone="bad"><p>{error}</p></Note>}
      {passkeysHere ? (
        <>
          <Field label={t("passkey.name")} hint={t("passkey.name_hint")} value={name} onInput={setName} max={40} />
          <div><Button look="main" onTap={attempt("passkey.made", () => makePasskey(name.trim()))}>{t("passkey.make")}</Button></div>
        </>
      ) : <p class="small">{t("passkey.not_here")}</p>}
    </Card>
  );
}
