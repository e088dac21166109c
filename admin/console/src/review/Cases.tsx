// What was set aside in the commune, and questions about its months: each with the
// steps that are open to this person.
import { sentence } from "@banso/kit/api";
import { Button, Card, Fact, Note, Reason, State, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { randomID } from "../core/id";
import { useLoad } from "../core/load";
import type { Me } from "../core/me";
import { get, send } from "../core/server";
import { day, month, when } from "../core/text";
import { Empty, Loaded } from "../ui/loaded";
import { known, t } from "./text";

interface Row {
  id: string;
  doc: { code: string; state: string; v: string; op?: string; team?: string; opened?: number; by?: string };
}

interface Dispute {
  id: string;
  team: string;
  month: string;
  question: string;
  state: string;
  answer_by: string;
  overdue?: boolean;
}

interface Props {
  commune: string;
  team: (id: string) => string;
  me: Me;
}

export function Cases({ commune, team, me }: Props) {
  const load = useLoad(async () => {
    const [cases, asked] = await Promise.all([get<{ cases: Row[] }>(`/v1/cases?commune=${commune}`), get<{ disputes: Dispute[] }>(`/v1/disputes?commune=${commune}&state=open`)]);
    return { cases: cases.cases, asked: asked.disputes };
  }, [commune]);
  const [ask, setAsk] = useState<{ title: string; hint: string; done: (text: string) => Promise<unknown> } | null>(null);
  const [error, setError] = useState("");
  const act = async (said: string, fn: () => Promise<unknown>): Promise<void> => {
    setError("");
    try {
      await fn();
      toast(said);
    } catch (e) {
      setError(sentence(e));
    }
    await load.again();
  };
  const settle = (c: Row, step: "adopt" | "dismiss", reason = ""): Promise<void> =>
    act(t(`case.${step}.done`), async () => {
      const v = await send<{ v: string; code?: string }>("POST", `/v1/cases/${c.id}/${step}`, { key: randomID(), ...(reason && { reason: reason.normalize("NFC") }) });
      if (v.v === "aside") throw new Error(v.code);
    });
  return (
    <>
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <Loaded of={load}>
        {({ cases, asked }) => (
          <>
            {cases.length + asked.length === 0 && <Empty text={t("cases.none")} />}
            {asked.map((d) => (
              <Card key={d.id} title={t("dispute", { team: team(d.team), month: month(d.month) })}>
                <blockquote>{d.question}</blockquote>
                <p><State tone={d.overdue ? "bad" : "wait"}>{t("dispute.due", { day: day(d.answer_by) })}</State></p>
                <div><Button look="main" onTap={() => setAsk({ title: t("dispute.answer"), hint: t("dispute.hint"), done: (text) => act(t("dispute.done"), () => send("POST", `/v1/disputes/${d.id}/answer`, { decision: "explained", text: text.normalize("NFC") })) })}>{t("dispute.answer")}</Button></div>
              </Card>
            ))}
            {cases.map((c) => (
              <Card key={c.id} title={team(c.doc.team ?? "") || t("case")}>
                <p>{(known(`code.${c.doc.code}`) ? t(`code.${c.doc.code}` as "code.month_closed") : t("case.code", { code: c.doc.code }))}</p>
                <dl>
                  <Fact name={t("case.what")} value={known(`op.${c.doc.op ?? ""}`) ? t(`op.${c.doc.op}` as "op.edit") : (c.doc.op ?? "")} />
                  {c.doc.opened && <Fact name={t("case.when")} value={when(c.doc.opened, me.now_ms)} />}
                </dl>
                {c.doc.v === "aside" && (
                  <div class="row">
                    <Button look="main" onTap={() => settle(c, "adopt")}>{t("case.adopt")}</Button>
                    <Button look="danger" onTap={() => setAsk({ title: t("case.dismiss"), hint: t("case.dismiss.hint"), done: (text) => settle(c, "dismiss", text) })}>{t("case.dismiss")}</Button>
                  </div>
                )}
              </Card>
            ))}
          </>
        )}
      </Loaded>
      {ask && <Reason title={ask.title} hint={ask.hint} action={ask.title} look="main" onDone={ask.done} onClose={() => setAsk(null)} />}
    </>
  );
}
