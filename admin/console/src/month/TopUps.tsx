// What a commune adds from its own budget to what a policy gives its teams: a
// decision with number, day and months, within what the policy allows.
import { Button, Card, Field, Sheet, toast } from "@banso/kit/pieces";
import { addMonths, day, money, month as monthName, monthShort } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { type File, words } from "../policy/data";
import { Loaded } from "../ui/loaded";
import { t } from "./text";
import { useTrouble } from "./trouble";

interface TopUp {
  policy: string;
  decision: string;
  on: string;
  from: string;
  to: string;
  teams?: string[];
  vnd: number;
}

export function TopUps({ unit, month, policies, today, decides, changed }: { unit: string; month: string; policies: File[]; today: string; decides: boolean; changed: () => Promise<void> }) {
  const list = useLoad(() => get<{ top_ups: TopUp[] }>(`/v1/communes/${unit}/top-ups`), [unit]);
  const [adding, setAdding] = useState(false);
  return (
    <Card title={t("topups")}>
      <Loaded of={list} empty={{ when: (v) => v.top_ups.length === 0, text: t("topups.none") }}>
        {({ top_ups }) => (
          <ul class="list">
            {[...top_ups].reverse().map((x) => (
              <li key={x.decision}>{t("topup", { vnd: money(x.vnd), from: monthShort(x.from), to: monthShort(x.to) })}<br /><span class="small">{t("topup.by", { decision: x.decision, day: day(x.on), policy: x.policy })}</span></li>
            ))}
          </ul>
        )}
      </Loaded>
      {decides && <Button icon="plus" onTap={() => setAdding(true)}>{t("topup.go")}</Button>}
      {adding && <Add unit={unit} month={month} policies={policies} today={today} onClose={() => setAdding(false)} done={async () => {
        await Promise.all([list.again(), changed()]);
      }} />}
    </Card>
  );
}

function Add({ unit, month, policies, today, onClose, done }: { unit: string; month: string; policies: File[]; today: string; onClose: () => void; done: () => Promise<void> }) {
  const [policy, setPolicy] = useState(policies[0]!.id), [decision, setDecision] = useState(""), [on, setOn] = useState(today);
  const [from, setFrom] = useState(month), [to, setTo] = useState(month), [vnd, setVnd] = useState("");
  const [trouble, guard] = useTrouble();
  const p = policies.find((x) => x.id === policy)!, most = Math.floor(((p.rate_vnd ?? 0) * (p.top_up?.max_permille ?? 0)) / 1000);
  const add = async (): Promise<void> => {
    await send("POST", `/v1/communes/${unit}/top-ups`, { policy, decision: decision.trim(), on, from, to, vnd: Number(vnd.replace(/\D/g, "")) });
    toast(t("topup.done"));
    onClose();
    await done();
  };
  const months = Array.from({ length: 24 }, (_, i) => addMonths(month, 12 - i));
  const choice = (label: string, value: string, set: (v: string) => void, options: { value: string; text: string }[]) => (
    <label class="field">{label}<select value={value} onChange={(e) => set(e.currentTarget.value)}>{options.map((o) => <option key={o.value} value={o.value}>{o.text}</option>)}</select></label>
  );
  const ofMonths = months.map((m) => ({ value: m, text: monthName(m) }));
  return (
    <Sheet title={t("topup.go")} onClose={onClose}>
      <div class="month">
        <p>{t("topup.hint")}</p>
        {policies.length > 1 && choice(t("draft.policy"), policy, setPolicy, policies.map((x) => ({ value: x.id, text: words(x.title) })))}
        <Field label={t("fund.number")} value={decision} onInput={setDecision} max={64} />
        <Field label={t("fund.on")} type="date" value={on} onInput={setOn} />
        {choice(t("draft.from"), from, setFrom, ofMonths)}
        {choice(t("draft.to"), to, setTo, ofMonths)}
        <Field label={t("topup.vnd")} hint={most > 0 ? t("topup.most", { vnd: money(most) }) : ""} value={vnd} onInput={setVnd} mode="numeric" max={15} />
        {trouble}
        <Button look="main" wide busy={!decision.trim() || vnd.trim() === ""} onTap={guard(add)}>{t("topup.go")}</Button>
      </div>
    </Sheet>
  );
}
