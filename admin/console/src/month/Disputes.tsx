// "Why not paid?": questions of teams, each answered by explaining or by
// proposing an adjustment that a second person decides.
import { Button, Card, Field, Note, Sheet, State, toast } from "@banso/kit/pieces";
import { day, month as monthName } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { hasRole } from "../core/me";
import { get, send } from "../core/server";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { type TeamMonth, placeOf } from "./data";
import { Paper } from "./paper";
import { t } from "./text";
import { useTrouble } from "./trouble";

interface Dispute {
  id: string;
  team: string;
  month: string;
  question: string;
  state: "open" | "explained" | "upheld" | "withdrawn";
  answer_by: string;
  answer?: string;
  overdue?: boolean;
}

export default function Disputes({ me, rest }: ScreenProps) {
  const unit = placeOf(me, rest);
  const list = useLoad(() => get<{ disputes: Dispute[] }>("/v1/disputes" + (unit && `?commune=${unit}`)), [unit]);
  const answers = hasRole(me, ["commune_chair", "commune_vice_chair", "province_admin"]);
  return (
    <div class="month">
      <h1>{t("disputes.title")}</h1>
      <Loaded of={list} empty={{ when: (v) => v.disputes.length === 0, text: t("disputes.none") }}>
        {({ disputes }) => <>{[...disputes].sort((a, b) => Number(b.state === "open") - Number(a.state === "open")).map((d) => <One key={d.id} of={d} answers={answers} again={list.again} />)}</>}
      </Loaded>
    </div>
  );
}

function One({ of: d, answers, again }: { of: Dispute; answers: boolean; again: () => Promise<void> }) {
  const [answering, setAnswering] = useState(false);
  const team = useLoad(() => get<TeamMonth>(`/v1/teams/${d.team}/months/${d.month}`), [d.team, d.month]);
  return (
    <Card title={`${team.value?.name ?? "…"}, ${monthName(d.month)}`}>
      <div class="row">
        <State tone={d.state === "open" ? (d.overdue ? "bad" : "wait") : d.state === "upheld" ? "good" : ""}>{t(`dispute.${d.state}`)}</State>
        {d.state === "open" && <span class="small grow">{t(d.overdue ? "disputes.overdue" : "disputes.by", { day: day(d.answer_by) })} <span class="badge" title={t("assumed")}>A</span></span>}
      </div>
      <blockquote>{d.question}</blockquote>
      {d.answer && <p>{t("disputes.answer", { text: d.answer })}</p>}
      <Paper path={`/v1/teams/${d.team}/months/${d.month}/paper?kind=explanation`} name={`giai-thich-${d.month}`} title={t("paper.explanation")} />
      {answers && d.state === "open" && <Button icon="edit" onTap={() => setAnswering(true)}>{t("disputes.go")}</Button>}
      {answering && <Answer of={d} onClose={() => setAnswering(false)} done={again} />}
    </Card>
  );
}

function Answer({ of: d, onClose, done }: { of: Dispute; onClose: () => void; done: () => Promise<void> }) {
  const [text, setText] = useState(""), [amount, setAmount] = useState(""), [lacks, setLacks] = useState("");
  const [trouble, guard] = useTrouble();
  const answer = async (decision: "explained" | "upheld"): Promise<void> => {
    const vnd = Number(amount.replace(/[^\d]/g, ""));
    if (text.trim() === "") return setLacks(t("disputes.needed"));
    if (decision === "upheld" && !vnd) return setLacks(t("disputes.amount_needed"));
    setLacks("");
    const { closes } = await get<{ closes: { n: number }[] }>(`/v1/teams/${d.team}/months/${d.month}/explain`);
    await send("POST", `/v1/disputes/${d.id}/answer`, { decision, text: text.trim(), ...(decision === "upheld" && { amount: vnd, close: closes[0]?.n ?? 0 }) });
    toast(t("disputes.done"));
    onClose();
    await done();
  };
  return (
    <Sheet title={t("disputes.go")} onClose={onClose}>
      <div class="month answer">
        {lacks && <Note tone="bad"><p>{lacks}</p></Note>}
        {trouble}
        <Field label={t("disputes.text")} value={text} onInput={setText} lines max={1000} />
        <Button wide onTap={guard(() => answer("explained"))}>{t("disputes.explain")}</Button>
        <Field label={t("disputes.amount")} hint={t("disputes.amount_hint")} value={amount} onInput={setAmount} mode="numeric" max={15} />
        <Button look="main" wide onTap={guard(() => answer("upheld"))}>{t("disputes.uphold")}</Button>
      </div>
    </Sheet>
  );
}
