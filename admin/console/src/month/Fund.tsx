// Entering a decision that funds months: its teams × months × rate must be its
// total (R16), and what does not fit is said before it is sent.
import { Button, Field, Note, Sheet, Toggle, toast } from "@banso/kit/pieces";
import { addMonths, count, money, month as monthName } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { type Stored, current, ofTeams, words } from "../policy/data";
import { Loaded } from "../ui/loaded";
import { t } from "./text";
import { useTrouble } from "./trouble";

interface Team {
  id: string;
  level: string;
  commune: string;
  established_on: string;
  dissolved_on?: string;
}

interface Read {
  policies: Stored[];
  teams: Team[];
  units: { unit: string; name: string }[];
}

async function read(): Promise<Read> {
  const [p, tm, u] = await Promise.all([get<{ policies: Stored[] }>("/v1/policies"), get<{ teams: Team[] }>("/v1/teams"), get<{ units: Read["units"] }>("/v1/units?level=commune")]);
  const with_teams = new Set(tm.teams.map((x) => x.commune));
  return {
    policies: current(p.policies).filter((x) => ofTeams(x.file) && x.file.status === "in_force"), teams: tm.teams,
    units: u.units.filter((x) => with_teams.has(x.unit)).sort((a, b) => a.name.localeCompare(b.name, "vi")),
  };
}

export function Fund({ today, onClose, done }: { today: string; onClose: () => void; done: () => Promise<void> }) {
  const load = useLoad(read, []);
  return (
    <Sheet title={t("fund.title")} onClose={onClose}>
      <Loaded of={load}>{(v) => <Form of={v} today={today} onClose={onClose} done={done} />}</Loaded>
    </Sheet>
  );
}

function Form({ of, today, onClose, done }: { of: Read; today: string; onClose: () => void; done: () => Promise<void> }) {
  const last = addMonths(today.slice(0, 7), -1);
  const [policy, setPolicy] = useState(of.policies[0]?.file.id ?? ""), [decision, setDecision] = useState(""), [on, setOn] = useState(today);
  const [from, setFrom] = useState(last), [to, setTo] = useState(last), [units, setUnits] = useState<string[]>([]), [total, setTotal] = useState("");
  const [trouble, guard] = useTrouble();
  const file = of.policies.find((p) => p.file.id === policy)?.file;
  const months = from <= to ? span(from, to) : 0;
  const teams = of.teams.filter((x) => units.includes(x.commune) && active(x, from, to) && fits(x, file?.subject)).map((x) => x.id);
  const product = teams.length * months * (file?.rate_vnd ?? 0), vnd = Number(total.replace(/\D/g, ""));
  const record = async (): Promise<void> => {
    await send("POST", "/v1/fundings", { policy, decision: decision.trim(), on, from, to, teams, months, total: vnd, origin: "S" });
    toast(t("fund.done"));
    onClose();
    await done();
  };
  const all = Array.from({ length: 48 }, (_, i) => addMonths(last, 12 - i));
  const choice = (label: string, value: string, set: (v: string) => void) => (
    <label class="field">{label}<select value={value} onChange={(e) => set(e.currentTarget.value)}>{all.map((m) => <option key={m} value={m}>{monthName(m)}</option>)}</select></label>
  );
  return (
    <div class="month">
      <label class="field">{t("draft.policy")}<select value={policy} onChange={(e) => setPolicy(e.currentTarget.value)}>{of.policies.map((p) => <option key={p.file.id} value={p.file.id}>{words(p.file.title)}</option>)}</select></label>
      <Field label={t("fund.number")} value={decision} onInput={setDecision} max={64} />
      <Field label={t("fund.on")} type="date" value={on} onInput={setOn} />
      {choice(t("draft.from"), from, setFrom)}
      {choice(t("draft.to"), to, setTo)}
      <fieldset class="choices">
        <legend>{t("fund.teams")}</legend>
        <Toggle label={t("fund.all")} on={units.length === of.units.length} onChange={(yes) => setUnits(yes ? of.units.map((u) => u.unit) : [])} />
        {of.units.map((u) => <Toggle key={u.unit} label={u.name} on={units.includes(u.unit)} onChange={(yes) => setUnits(yes ? [...units, u.unit] : units.filter((x) => x !== u.unit))} />)}
      </fieldset>
      {file?.rate_vnd ? <p>{t("fund.product", { teams: count(teams.length), months, rate: money(file.rate_vnd), vnd: money(product) })}</p> : <p>{t("fund.ceiling", { teams: count(teams.length), months })}</p>}
      <Field label={t("fund.total")} value={total} onInput={setTotal} mode="numeric" max={18} />
      {vnd > 0 && product > 0 && vnd !== product && <Note tone="bad"><p>{t("fund.differs", { total: money(vnd), vnd: money(product) })}</p></Note>}
      {trouble}
      <Button look="main" wide busy={!policy || !decision.trim() || teams.length === 0 || vnd === 0} onTap={guard(record)}>{t("fund.go")}</Button>
    </div>
  );
}

const span = (from: string, to: string): number => (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5)) - Number(from.slice(5)) + 1;

/** active: a team that was there in some of the months. */
const active = (x: Team, from: string, to: string): boolean => x.established_on.slice(0, 7) <= to && (!x.dissolved_on || x.dissolved_on > from);

/** fits: a policy on village teams pays no commune's. */
const fits = (x: Team, subject = ""): boolean => !subject.startsWith("team_") || subject === `team_${x.level}`;

export interface Funding {
  policy: string;
  decision: string;
  on: string;
  from: string;
  to: string;
  teams: string[];
  total: number;
  origin: string;
}
