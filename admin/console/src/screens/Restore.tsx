// A lost second factor: two administrators take it away together.
import { sentence } from "@banso/kit/api";
import { Button, Card, Note, State, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import type { Me } from "../core/me";
import { get, send } from "../core/server";
import { plain, t, when } from "../core/text";
import { Loaded } from "../ui/loaded";

interface Factor {
  person: string;
  name: string;
  by?: string;
  by_name?: string;
  asked_ms?: number;
}

export function Restore({ me }: { me: Me }) {
  const list = useLoad(() => get<{ factors: Factor[] }>("/v1/second-factors"), []);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  const restore = (f: Factor) => async (): Promise<void> => {
    setError("");
    try {
      const out = await send<{ state: "asked" | "done" }>("POST", `/v1/people/${f.person}/second-factor/restore`);
      toast(t(`restore.${out.state}`, { name: f.name }));
    } catch (e) {
      setError(sentence(e));
    }
    await list.again();
  };
  return (
    <Card title={t("restore.title")}>
      <p>{t("restore.why")}</p>
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <Loaded of={list} empty={{ when: (v) => v.factors.length === 0, text: t("restore.none") }}>
        {({ factors }) => (
          <>
            {factors.length > 8 && <label class="field">{t("restore.find")}<input type="search" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} /></label>}
            <ul class="list">
              {factors.filter((f) => plain(f.name).includes(plain(typed))).map((f) => (
                <li key={f.person} class="row">
                  <span class="grow">{f.name} {f.by && <State tone="wait">{t("restore.by", { name: f.by_name ?? "", when: when(f.asked_ms ?? 0, me.now_ms) })}</State>}</span>
                  {f.by === me.person ? <span class="small">{t("restore.wait")}</span>
                    : <Button look="danger" label={`${t(f.by ? "restore.agree" : "restore.ask")}: ${f.name}`} onTap={restore(f)}>{t(f.by ? "restore.agree" : "restore.ask")}</Button>}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Card>
  );
}
