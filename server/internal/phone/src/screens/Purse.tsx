// The team's money: lists and payments as the server has them, what the leader
// confirms, and what it was spent on. Everybody in the team reads it.
import { useState } from "preact/hooks";
import { useCell } from "@banso/kit/cell";
import { useLive } from "../core/live";
import { type Me, leads, useMe } from "../core/me";
import { num, text } from "../core/model";
import { phone } from "../core/phone";
import { type Listed, type Purse as Money, type Spent, type Use, readPurse, receive, spend } from "../core/purse";
import { day, known, money, month, t } from "../core/text";
import { Button, Card, Chips, Fact, Field, Note, Sheet, State, toast } from "../ui/kit";
import { route } from "@banso/kit/router";
import { PhotoField } from "../ui/photo_field";
import { PhotoGrid } from "../ui/photos";
import { Screen } from "../ui/shell";

export function Purse() {
  const id = useCell(route).path[1] ?? "";
  const me = useMe();
  const v = useLive((p) => readPurse(p, id), [id]);
  const team = me?.teams.find((x) => x.id === id);
  if (!me || !v || !team) return <Screen title={t("pay.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  return (
    <Screen title={t("pay.title")} doors={false}>
      <h2>{t("pay.lists")}</h2>
      {v.lists.length === 0 && <Note><p>{t("pay.none")}</p></Note>}
      {v.lists.map((l) => <List key={l.list} l={l} team={id} me={me} may={leads(team)} />)}
      <h2>{t("pay.spent")}</h2>
      <Spendings v={v} team={id} me={me} may={leads(team)} />
    </Screen>
  );
}

function List({ l, team, me, may }: { l: Listed; team: string; me: Me; may: boolean }) {
  const [asking, setAsking] = useState(false);
  const said = l.receipt;
  const differs = said !== null && text(said.doc, "state") === "differs";
  const key = "pay.state." + (l.receivedOn ? "received" : said && said.pending > 0 ? "said" : differs ? "differs" : l.paidOn ? "paid" : "listed");
  return (
    <Card title={l.months.map((m) => (m.length === 7 ? month(m) : m)).join(", ")}>
      <State tone={l.receivedOn ? "good" : differs ? "bad" : l.paidOn ? "wait" : "info"}>{known(key) ? t(key) : ""}</State>
      <dl>
        <Fact name={t("pay.list")} value={l.list} />
        <Fact name={t("pay.amount")} value={money(l.amount)} />
        {l.paidOn && <Fact name={t("pay.paid_on")} value={day(l.paidOn)} />}
        {l.receivedOn && <Fact name={t("pay.received_on")} value={day(l.receivedOn)} />}
        {said && !l.receivedOn && <Fact name={t("pay.said")} value={money(num(said.doc, "amount"))} />}
      </dl>
      {may && l.paidOn && !l.receivedOn && <Button look={said ? "" : "main"} icon="check" onTap={() => setAsking(true)}>{t(said ? "pay.say_again" : "pay.say")}</Button>}
      {asking && <Receive l={l} team={team} me={me} onClose={() => setAsking(false)} />}
    </Card>
  );
}

const digits = (s: string): string => s.replace(/\D/g, "").slice(0, 12);

function Receive({ l, team, me, onClose }: { l: Listed; team: string; me: Me; onClose: () => void }) {
  const [amount, setAmount] = useState(String(l.amount));
  const [on, setOn] = useState(me.today);
  const [note, setNote] = useState("");
  const save = async (): Promise<void> => {
    await receive(phone.get()!, team, l.list, Number(amount), on, note);
    toast(t("pay.saved"));
    onClose();
  };
  return (
    <Sheet title={t("pay.say")} onClose={onClose}>
      <Amount value={amount} onInput={setAmount} />
      <Field label={t("pay.day")} hint={day(on)} type="date" value={on} onInput={(v) => v && setOn(v > me.today ? me.today : v)} />
      {Number(amount) !== l.amount && <Note tone="wait"><p>{t("pay.other_amount", { amount: money(l.amount) })}</p></Note>}
      <Field label={t("log.note")} value={note} onInput={setNote} lines max={1000} />
      <Button look="main" wide icon="check" onTap={save}>{t("pay.confirm")}</Button>
    </Sheet>
  );
}

function Amount({ value, onInput }: { value: string; onInput: (v: string) => void }) {
  return <Field label={t("pay.amount_field")} hint={value ? money(Number(value)) : ""} value={value} onInput={(v) => onInput(digits(v))} mode="numeric" max={15} />;
}

function Spendings({ v, team, me, may }: { v: Money; team: string; me: Me; may: boolean }) {
  const [adding, setAdding] = useState(false);
  const [gone, setGone] = useState<Spent | null>(null);
  return (
    <>
      {v.spent.length === 0 && <Note><p>{t("pay.spent_none")}</p></Note>}
      {v.spent.length > 0 && (
        <ul class="list">
          {v.spent.map((s) => (
            <li key={s.id} class="item">
              <span class="text">
                <span>{s.use}: {money(s.amount)}</span>
                <span class="small">{[day(s.on), ...s.evidence.filter((e) => e.startsWith("paper:")).map((e) => e.slice(6))].join(" · ")}</span>
                <PhotoGrid evidence={s.evidence} held={s.held} />
                {s.note && <span>{s.note}</span>}
                {s.shown.pending > 0 && <State tone="wait">{t("standing.waiting")}</State>}
                {s.shown.cases.length > 0 && <State tone="bad">{t("standing.aside")}</State>}
              </span>
              {may && <Button icon="trash" label={t("pay.remove", { what: s.use })} onTap={() => setGone(s)} />}
            </li>
          ))}
        </ul>
      )}
      {may && v.uses.length > 0 && <Button icon="plus" wide onTap={() => setAdding(true)}>{t("pay.add")}</Button>}
      {adding && <Spending uses={v.uses} team={team} me={me} onClose={() => setAdding(false)} />}
      {gone && (
        <Sheet title={t("pay.remove", { what: gone.use })} onClose={() => setGone(null)}>
          <p>{money(gone.amount)}, {day(gone.on)}</p>
          <Button look="danger" wide icon="trash" onTap={async () => { await phone.get()!.engine.remove({ type: "spending", id: gone.id }); setGone(null); }}>{t("entry.remove")}</Button>
        </Sheet>
      )}
    </>
  );
}

function Spending({ uses, team, me, onClose }: { uses: Use[]; team: string; me: Me; onClose: () => void }) {
  const [use, setUse] = useState(uses.length === 1 ? uses[0]! : null);
  const [amount, setAmount] = useState("");
  const [on, setOn] = useState(me.today);
  const [paper, setPaper] = useState("");
  const [evidence, setEvidence] = useState<string[]>([]);
  const [note, setNote] = useState("");
  const [error, setError] = useState("");
  const save = async (): Promise<void> => {
    if (!use) return setError(t("pay.need_use"));
    if (!Number(amount)) return setError(t("pay.need_amount"));
    if (!paper.trim() && evidence.length === 0) return setError(t("pay.need_paper"));
    await spend(phone.get()!, team, { use, amount: Number(amount), on, paper, evidence, note });
    toast(t("pay.saved"));
    onClose();
  };
  return (
    <Sheet title={t("pay.add")} onClose={onClose}>
      <Chips label={t("pay.use")} options={uses.map((u) => ({ value: u.policy + "/" + u.id, text: u.name }))} chosen={use ? [use.policy + "/" + use.id] : []} onChoose={(x) => setUse(uses.find((u) => u.policy + "/" + u.id === x) ?? null)} />
      <Amount value={amount} onInput={setAmount} />
      <Field label={t("pay.day")} hint={day(on)} type="date" value={on} onInput={(x) => x && setOn(x > me.today ? me.today : x)} />
      <PhotoField team={team} evidence={evidence} onChange={setEvidence} hint={t("pay.photo_hint")} />
      <Field label={t("pay.paper")} hint={t("pay.paper_hint")} value={paper} onInput={setPaper} max={150} />
      <Field label={t("log.note")} value={note} onInput={setNote} lines max={1000} />
      {error && <p class="error" role="alert">{error}</p>}
      <Button look="main" wide icon="check" onTap={save}>{t("pay.save")}</Button>
    </Sheet>
  );
}
