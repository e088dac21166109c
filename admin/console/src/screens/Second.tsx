// The second factor: switching it on, its recovery codes, switching it off.
import { sentence } from "@banso/kit/api";
import { Button, Card, Field, Note, State, toast } from "@banso/kit/pieces";
import { Qr } from "@banso/kit/qr";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { t } from "../core/text";
import { Loaded } from "../ui/loaded";

interface Factor {
  on: boolean;
  recovery: number;
}

export function Second() {
  const factor = useLoad(() => get<Factor>("/v1/me/second-factor"), []);
  const [fresh, setFresh] = useState<{ secret: string; uri: string } | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  const attempt = async (fn: () => Promise<void>): Promise<void> => {
    setError("");
    await fn().catch((e) => setError(sentence(e)));
  };
  const begin = (): Promise<void> => attempt(async () => setFresh(await send("POST", "/v1/me/second-factor")));
  const confirm = (): Promise<void> => attempt(async () => {
    setCodes((await send<{ recovery: string[] }>("POST", "/v1/me/second-factor/confirm", { code: text })).recovery);
    setFresh(null);
    setText("");
    await factor.again();
  });
  const end = (): Promise<void> => attempt(async () => {
    await send("POST", "/v1/me/second-factor/end", { code: text });
    setText("");
    toast(t("second.ended"));
    await factor.again();
  });
  return (
    <Card title={t("second.title")}>
      <Loaded of={factor}>
        {({ on, recovery }) => (
          <>
            {on ? <State tone="good">{t("second.on", { n: recovery })}</State> : <p>{t("second.off")}</p>}
            {codes.length > 0 && (
              <Note tone="wait">
                <p>{t("second.codes")}</p>
                <ul class="codes">{codes.map((c) => <li key={c}>{c}</li>)}</ul>
                <div class="row"><Button onTap={() => print()}>{t("second.print")}</Button><Button onTap={() => setCodes([])}>{t("second.kept")}</Button></div>
              </Note>
            )}
            {fresh && (
              <>
                <p>{t("second.scan")}</p>
                <Qr text={fresh.uri} label={t("second.scan")} />
                <p class="small">{t("second.type")} <code>{fresh.secret}</code></p>
              </>
            )}
            {(fresh || on) && codes.length === 0 && <Field label={t("second.code")} value={text} onInput={setText} auto="one-time-code" mode={fresh ? "numeric" : "text"} />}
            {error && <Note tone="bad"><p>{error}</p></Note>}
            {fresh ? <Button look="main" onTap={confirm}>{t("second.confirm")}</Button>
              : on ? codes.length === 0 && <Button look="danger" onTap={end}>{t("second.end")}</Button>
                : <Button look="main" onTap={begin}>{t("second.begin")}</Button>}
          </>
        )}
      </Loaded>
    </Card>
  );
}
