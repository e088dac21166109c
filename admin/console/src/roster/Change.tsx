// Recording that units change on a day: what there was, what there is then, and
// a look at what that touches before anything is written.
import { href } from "@banso/kit/router";
import { Button, Card, Chips, Field, Note, Toggle, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { randomID } from "../core/id";
import { useLoad } from "../core/load";
import { useTrouble } from "../month/trouble";
import { Loaded } from "../ui/loaded";
import { Afters } from "./Afters";
import { type After, type EventKind, type Impact, type Team, type Unit, type UnitChange, eventKinds, recordChange, tryChange, units } from "./api";
import { Touches } from "./Touches";
import { plain, t } from "./text";

const levels = ["commune", "district", "province"] as const;

export function Change({ today, first, teams, again }: { today: string; first: string; teams: Team[]; again: () => Promise<void> }) {
  const all = useLoad(() => units("all=true"), []);
  return (
    <>
      <p><a href={href("teams", "units")}>{t("unit.back")}</a></p>
      <h1>{t("change.title")}</h1>
      <p>{t("change.why")}</p>
      <Loaded of={all}>{(list) => <Form all={list} today={today} first={first} teams={teams} again={again} />}</Loaded>
    </>
  );
}

/** began is what a kind of change has after it when nobody has written anything. */
function began(kind: EventKind, from: Unit[]): After[] {
  const same = (u: Unit): After => ({ unit: u.unit, code: u.code, kind: u.kind, name: u.name, ...(u.parent && { parent: u.parent }) });
  const fresh = (): After => ({ ...(from[0] && { kind: from[0].kind }), ...(from[0]?.parent && { parent: from[0].parent }) });
  if (kind === "dissolve") return [];
  if (kind === "rename" || kind === "retype" || kind === "reparent") return from.map(same);
  return kind === "split" ? [fresh(), fresh()] : [fresh()];
}

function Form({ all, today, first, teams, again }: { all: Unit[]; today: string; first: string; teams: Team[]; again: () => Promise<void> }) {
  const [key] = useState(randomID);
  const chosen = all.find((u) => u.unit === first && !u.to);
  const [kind, setKind] = useState<EventKind>("merge"), [level, setLevel] = useState<Unit["level"]>(chosen?.level ?? "commune");
  const [on, setOn] = useState(today), [basis, setBasis] = useState(""), [find, setFind] = useState("");
  const [from, setFrom] = useState<string[]>(chosen ? [chosen.unit] : []), [part, setPart] = useState<string[]>([]);
  const [to, setTo] = useState<After[]>(() => began("merge", chosen ? [chosen] : [])), [moves, setMoves] = useState<Record<string, string>>({});
  const [seen, setSeen] = useState<{ of: string; impact: Impact } | null>(null), [trouble, guard] = useTrouble();
  const alive = (u: Unit, on: string): boolean => (u.from ?? "") < on && (!u.to || u.to >= on);
  const there = all.filter((u) => u.level === level && alive(u, on));
  const before = from.map((id) => there.find((u) => u.unit === id) ?? all.find((u) => u.unit === id)!);
  const restart = (k: EventKind, ids: string[]): void => {
    setKind(k);
    setFrom(ids);
    setPart(part.filter((p) => k === "merge" && ids.includes(p)));
    setTo(ids.length === 0 || k !== kind || !["merge", "split", "create"].includes(k) ? began(k, ids.map((id) => all.find((u) => u.unit === id && alive(u, on)) ?? all.find((u) => u.unit === id)!)) : to);
    setMoves({});
  };
  const draft = (with_: Record<string, string>): UnitChange => ({
    key, kind, level, on, basis: tidy(basis), from, ...(part.length > 0 && { part }), to: to.map(clean),
    ...(Object.keys(with_).length > 0 && { moves: Object.entries(with_).map(([team, to]) => ({ team, to })) }),
  });
  const look = (with_ = moves) => guard(async () => {
    const d = draft(with_);
    setSeen({ of: JSON.stringify(d), impact: await tryChange(d) });
  });
  const record = guard(async () => {
    await recordChange(draft(moves));
    toast(t("change.done"));
    location.hash = href("teams", "units");
    await again();
  });
  const stale = seen !== null && seen.of !== JSON.stringify(draft(moves));
  const words = plain(find);
  const found = words ? there.filter((u) => !from.includes(u.unit) && (plain(u.name).includes(words) || u.code === find.trim())).slice(0, 8) : [];
  return (
    <>
      <Card title={t("change.what")}>
        <Chips label={t("change.kind")} options={eventKinds.map((k) => ({ value: k, text: t(`event.${k}`) }))} chosen={[kind]} onChoose={(k) => restart(k, k === "create" ? [] : from)} />
        <p class="small">{t(`event.${kind}.why`)}</p>
        <Chips label={t("change.level")} options={levels.map((l) => ({ value: l, text: t(`level.${l}`) }))} chosen={[level]} onChoose={(l) => { setLevel(l); restart(kind, []); }} />
        <div class="days">
          <Field label={t("change.on")} type="date" value={on} onInput={setOn} />
          <Field label={t("units.basis")} hint={t("change.basis_hint")} value={basis} onInput={setBasis} max={200} />
        </div>
      </Card>
      {kind !== "create" && (
        <Card title={t("change.before")}>
          <ul class="jobs">
            {before.map((u) => (
              <li key={u.unit} class="row">
                <span class="grow">{u.name} <span class="small">{u.code}</span></span>
                {kind === "merge" && !to.some((a) => a.unit === u.unit) && <Toggle label={t("change.part")} on={part.includes(u.unit)} onChange={(yes) => setPart(yes ? [...part, u.unit] : part.filter((p) => p !== u.unit))} />}
                <Button label={t("change.drop_of", { name: u.name })} onTap={() => restart(kind, from.filter((f) => f !== u.unit))}>{t("change.drop")}</Button>
              </li>
            ))}
          </ul>
          <Field label={t("units.find")} type="search" value={find} onInput={setFind} />
          <Chips label={t("change.before")} options={found.map((u) => ({ value: u.unit, text: `${u.name} (${u.code})` }))} chosen={[]} onChoose={(id) => { restart(kind, [...from, id]); setFind(""); }} />
        </Card>
      )}
      {kind !== "dissolve" && <Afters kind={kind} level={level} before={before} parents={all.filter((u) => u.level !== "commune" && u.level !== level && (u.from ?? "") <= on && (!u.to || u.to >= on))} to={to} set={setTo} />}
      {trouble}
      <div><Button icon="search" onTap={look()}>{t("change.look")}</Button></div>
      {seen && (
        <>
          {stale && <Note tone="wait"><p>{t("change.stale")}</p></Note>}
          <Touches of={seen.impact} all={all} stay={teams.filter((x) => part.includes(x.commune) && !x.dissolved_on)} moves={moves} move={(team, unit) => {
            const next = { ...moves, [team]: unit };
            if (!unit) delete next[team];
            setMoves(next);
            void look(next)();
          }} />
          {!stale && seen.impact.problems.length === 0 && <div><Button look="main" icon="check" onTap={record}>{t("change.record")}</Button></div>}
        </>
      )}
    </>
  );
}

const tidy = (s: string): string => s.trim().normalize("NFC");

/** clean leaves out what is empty. */
function clean(a: After): After {
  return Object.fromEntries(Object.entries(a).map(([k, v]) => [k, tidy(v as string)]).filter(([, v]) => v)) as After;
}
