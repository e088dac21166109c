// Payment lists: drafted by the accountant, issued by another person, confirmed
// paid with a voucher. A draft says so on its paper; an issued one never changes.
import { Button, Card, Field, Note, Sheet, State, type Tone, toast } from "@banso/kit/pieces";
import { addMonths, both, day, money, month as monthName, monthShort } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { type Me, hasRole } from "../core/me";
import { get, send } from "../core/server";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { type List, type TeamMonth, checkpoint, monthOf, newId, placeOf } from "./data";
import { Paper } from "./paper";
import { t } from "./text";
import { useTrouble } from "./trouble";

const tones: Record<List["state"], Tone> = { draft: "wait", issued: "good", replaced: "", discarded: "" };

interface Issued {
  list: List;
  issued: boolean;
  detail?: string;
  detail_vi?: string;
}

export default function Lists({ me, rest }: ScreenProps) {
  const unit = placeOf(me, rest);
  const list = useLoad(() => get<{ lists: List[] }>("/v1/lists" + (unit && `?unit=${unit}`)), [unit]);
  const seal = useLoad(checkpoint, [unit]);
  const [drafting, setDrafting] = useState(false);
  const drafts = hasRole(me, ["commune_chair", "commune_vice_chair", "commune_accountant", "province_admin"]);
  return (
    <div class="month">
      <header class="row">
        <h1 class="grow">{t("lists.title")}</h1>
        {drafts && <Button look="main" icon="plus" onTap={() => setDrafting(true)}>{t("lists.draft")}</Button>}
      </header>
      <Loaded of={list} empty={{ when: (v) => v.lists.length === 0, text: t("lists.none"), icon: "paper" }}>
        {({ lists }) => <>{[...lists].sort((a, b) => b.at_ms - a.at_ms).filter((l) => l.state !== "discarded").map((l) => <One key={l.id} me={me} of={l} again={list.again} />)}</>}
      </Loaded>
      {seal.value && <p class="small">{t("seal", { n: String(seal.value.n) })} <code>{seal.value.fingerprint}</code></p>}
      {drafting && <Draft me={me} unit={unit} onClose={() => setDrafting(false)} done={list.again} />}
    </div>
  );
}

/** span is the months of a list: 6–12/2023. */
const span = (l: List): string => (l.months.length === 0 ? "" : l.months.length === 1 ? monthShort(l.months[0]!) : `${monthShort(l.months[0]!)} – ${monthShort(l.months[l.months.length - 1]!)}`);

function One({ me, of: l, again }: { me: Me; of: List; again: () => Promise<void> }) {
  const [refused, setRefused] = useState("");
  const [trouble, guard] = useTrouble();
  const [paying, setPaying] = useState(false);
  const issues = hasRole(me, ["commune_chair", "commune_vice_chair", "province_admin"]), pays = hasRole(me, ["commune_accountant", "province_admin"]);
  const issue = async (): Promise<void> => {
    const out = (await send<{ results: Issued[] }>("POST", "/v1/lists/issue", { lists: [l.id] })).results[0]!;
    setRefused(out.issued ? "" : both(out.detail_vi, out.detail));
    if (out.issued) toast(t("lists.issued", { number: out.list.number ?? "" }));
    await again();
  };
  const discard = async (): Promise<void> => {
    await send("POST", `/v1/lists/${l.id}/discard`);
    await again();
  };
  const paper = `/v1/lists/${l.id}/paper`, name = (l.number ?? "du-thao").replace(/[^\w-]+/g, "-");
  return (
    <Card title={`${l.number ?? t("lists.draft_of")} · ${t(`kind.${l.kind}`)} ${span(l)}`}>
      <div class="row">
        <State tone={tones[l.state]}>{t(`state.${l.state}`)}</State>
        <span class="grow">{t("lists.lines", { n: l.count, vnd: money(l.total) })}{l.on && `, ${day(l.on)}`}{(l.paid ?? 0) > 0 && ` · ${t("lists.paid", { vnd: money(l.paid ?? 0) })}`}</span>
      </div>
      {l.before && <p class="small">{t("lists.before", { number: l.before })}</p>}
      {l.next && <p class="small">{t("lists.next", { number: l.next })}</p>}
      {l.print && <p class="small">{t("lists.print")} <code>{l.print}</code></p>}
      {refused && <Note tone="bad"><p>{refused}</p></Note>}
      {trouble}
      {l.kind === "correction"
        ? (["back_payment", "recovery"] as const).map((k) => <Paper key={k} path={`${paper}?kind=${k}`} name={`${name}-${k}`} title={t(`line.${k}`)} />)
        : <Paper path={paper} name={name} title={t("paper.list")} />}
      <div class="row">
        {l.state === "draft" && issues && <Button look="main" icon="check" onTap={guard(issue)}>{t("lists.issue")}</Button>}
        {l.state === "draft" && <Button look="danger" icon="trash" onTap={guard(discard)}>{t("lists.discard")}</Button>}
        {l.state === "issued" && pays && (l.paid_n ?? 0) < l.count && <Button look="main" icon="check" onTap={() => setPaying(true)}>{t("lists.pay")}</Button>}
      </div>
      {paying && <Pay me={me} of={l} onClose={() => setPaying(false)} done={again} />}
    </Card>
  );
}

function Pay({ me, of: l, onClose, done }: { me: Me; of: List; onClose: () => void; done: () => Promise<void> }) {
  const [trouble, guard] = useTrouble();
  const [voucher, setVoucher] = useState(""), [on, setOn] = useState(me.today), [error, setError] = useState("");
  const pay = async (): Promise<void> => {
    if (voucher.trim() === "") return setError(t("pay.needed"));
    await send("POST", `/v1/lists/${l.id}/payments`, { voucher: voucher.trim(), on });
    toast(t("pay.done"));
    onClose();
    await done();
  };
  return (
    <Sheet title={t("pay.title", { number: l.number ?? "" })} onClose={onClose}>
      <p>{t("pay.text", { n: l.count - (l.paid_n ?? 0), vnd: money(l.total - (l.paid ?? 0)) })}</p>
      <Field label={t("pay.voucher")} value={voucher} onInput={setVoucher} error={error} max={64} />
      <Field label={t("pay.on")} type="date" value={on} onInput={setOn} />
      {trouble}
      <Button look="main" wide onTap={guard(pay)}>{t("lists.pay")}</Button>
    </Sheet>
  );
}

function Draft({ me, unit, onClose, done }: { me: Me; unit: string; onClose: () => void; done: () => Promise<void> }) {
  const last = monthOf(me), all = Array.from({ length: 36 }, (_, i) => addMonths(last, -i));
  const [kind, setKind] = useState("payment"), [from, setFrom] = useState(last), [to, setTo] = useState(last), [policy, setPolicy] = useState("");
  const [trouble, guard] = useTrouble();
  const policies = useLoad(() => policiesOf(unit, last), [unit]);
  const chosen = policy || policies.value?.[0] || "";
  const make = async (): Promise<void> => {
    const months: string[] = [];
    for (let m = from; m <= to; m = addMonths(m, 1)) months.push(m);
    await send("POST", "/v1/lists", { key: newId(), kind, policy: chosen, ...(unit ? { units: [unit] } : { split: true }), months });
    onClose();
    await done();
  };
  const choice = (label: string, value: string, set: (v: string) => void, options: { value: string; text: string }[]) => (
    <label class="field">{label}<select value={value} onChange={(e) => set(e.currentTarget.value)}>{options.map((o) => <option key={o.value} value={o.value}>{o.text}</option>)}</select></label>
  );
  const months = all.map((m) => ({ value: m, text: monthName(m) }));
  return (
    <Sheet title={t("lists.draft")} onClose={onClose}>
      <div class="month">
        {trouble}
        {choice(t("draft.kind"), kind, setKind, ["payment", "correction"].map((k) => ({ value: k, text: t(`kind.${k as "payment"}`) })))}
        {(policies.value?.length ?? 0) > 1 && choice(t("draft.policy"), chosen, setPolicy, policies.value!.map((p) => ({ value: p, text: p })))}
        {choice(t("draft.from"), from, setFrom, months)}
        {choice(t("draft.to"), to, setTo, months)}
        <p class="small">{t("draft.hint")}</p>
        <Button look="main" wide busy={!chosen} onTap={guard(make)}>{t("draft.go")}</Button>
      </div>
    </Sheet>
  );
}

/** policiesOf are those that judge the commune's months; for the province all that pay teams. */
async function policiesOf(unit: string, month: string): Promise<string[]> {
  if (unit) {
    const { teams } = await get<{ teams: TeamMonth[] }>(`/v1/communes/${unit}/months/${month}`);
    return [...new Set(teams.flatMap((x) => [x.progress.policy, ...(x.progress.others ?? []).map((o) => o.policy)]))];
  }
  const { policies } = await get<{ policies: { file: { id: string; subject: string; status: string } }[] }>("/v1/policies");
  return [...new Set(policies.map((p) => p.file).filter((f) => ["team_village", "team_commune", "member"].includes(f.subject) && f.status === "in_force").map((f) => f.id))];
}

