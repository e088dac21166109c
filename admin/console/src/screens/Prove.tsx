// Who sits there: asked before money moves.
import { sentence } from "@banso/kit/api";
import { Button, Field, Form, Note, Sheet } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { passkeysHere, showOwnPasskey } from "../core/passkey";
import { get } from "../core/server";
import { proved } from "../core/session";
import { t } from "../core/text";
import { Loaded } from "../ui/loaded";

export function Prove() {
  const factor = useLoad(() => get<{ on: boolean }>("/v1/me/second-factor"), []);
  const keys = useLoad(async () => passkeysHere && (await get<{ passkeys: unknown[] }>("/v1/me/passkeys")).passkeys.length > 0, []);
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  return (
    <Sheet title={t("prove.title")} onClose={() => void proved()}>
      <p>{t("prove.why")}</p>
      <Loaded of={factor}>
        {({ on }) => {
          const go = async (): Promise<void> => {
            try {
              await proved(on ? { second_factor: text } : { password: text });
            } catch (e) {
              setError(sentence(e));
            }
          };
          const byPasskey = async (): Promise<void> => {
            try {
              await proved(await showOwnPasskey());
            } catch (e) {
              setError(e instanceof DOMException ? t("passkey.none") : sentence(e));
            }
          };
          return (
            <Form onSubmit={go}>
              <Field label={t(on ? "sign_in.second" : "sign_in.password")} value={text} onInput={setText} type={on ? "text" : "password"} auto={on ? "one-time-code" : "current-password"} focus />
              {error && <Note tone="bad"><p>{error}</p></Note>}
              <Button look="main" wide submits>{t("prove.go")}</Button>
              {keys.value && <Button wide icon="lock" onTap={byPasskey}>{t("prove.by_passkey")}</Button>}
            </Form>
          );
        }}
      </Loaded>
    </Sheet>
  );
}
