// The chair confirms the month: each team's verdict with what it has and needs,
// what will be paid, what approving the rest would change.
import { Button, Card, IconButton, Note, Sheet, State, type Tone, toast } from "@banso/kit/pieces";
import { go, href } from "@banso/kit/router";
import { addMonths, both, count, day, money, month as monthName } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { hasRole } from "../core/me";
import { get, send } from "../core/server";
import { type Job, asJob } from "../jobs/api";
import { Running } from "../jobs/Running";
import type { ScreenProps } from "../screens";
import { type Stored, asksVillage, judging } from "../policy/data";
import { Loaded } from "../ui/loaded";
import { type CloseResult, type Result, type TeamMonth, checkpoint, failed, given, hoped, monthOf, placeOf, ready } from "./data";
import { Paper } from "./paper";
import { Details } from "./Team";
import { TopUps } from "./TopUps";
import { t } from "./text";
import { useTrouble } from "./trouble";

export const tones: Record<Result, Tone> = { eligible: "good", incomplete: "wait", ineligible: "bad", out_of_window: "" };

export default function Month({ me, rest }: ScreenProps) {
  const unit = placeOf(me, rest), month = monthOf(me, rest[1]);
  const list = useLoad(() => get<{ teams: TeamMonth[] }>(`/v1/communes/${unit}/months/${month}`), [unit, month]);
  const seal = useLoad(checkpoint, [unit, month]);
  const policies = useLoad(() => get<{ policies: Stored[] }>("/v1/policies"), []);
  const files = judging(policies.value?.policies ?? [], (list.value?.teams ?? []).flatMap((x) => [x.progress.policy, ...(x.progress.others ?? []).map((o) => o.policy)]));
  const adds = files.filter((f) => f.top_up?.by === "commune"), village = asksVillage(policies.value?.policies ?? []);
  const decides = hasRole(me, ["commune_chair", "commune_vice_chair"]);
  const move = (n: number): void => go(href("month", unit, addMonths(month, n)));
  return (
    <div class="month">
      <header class="row">
        <h1 class="grow">{t("title", { month: monthName(month) })}</h1>
        <IconButton icon="back" label={t("earlier")} onTap={() => move(-1)} />
        <IconButton icon="next" label={t("later")} onTap={() => move(1)} />
      </header>
      <Loaded of={list} empty={{ when: (v) => v.teams.length === 0, text: t("no_teams") }}>
        {({ teams }) => (
          <>
            <Sums teams={teams} />
            <Teams key={unit + month} teams={teams} today={me.today} month={month} unit={unit} decides={decides} village={village} again={list.again} />
            {adds.length > 0 && <TopUps key={unit + month} unit={unit} month={month} policies={adds} today={me.today} decides={decides} changed={list.again} />}
            <Card title={t("papers")}>
              <Paper path={`/v1/communes/${unit}/months/${month}/paper?kind=eligibility`} name={`dieu-kien-${month}`} title={t("paper.eligibility")} />
              <Paper path={`/v1/communes/${unit}/months/${month}/paper?kind=summary`} name={`tong-hop-${month}`} title={t("paper.summary")} />
              <p class="small">{t("papers.lists")} <a href={href("lists", unit)}>{t("lists.open")}</a></p>
            </Card>
            {seal.value && <p class="small">{t("seal", { n: String(seal.value.n) })} <code>{seal.value.fingerprint}</code></p>}
          </>
        )}
      </Loaded>
    </div>
  );
}

/** Sums says in a line of figures where the month stands. */
function Sums({ teams }: { teams: TeamMonth[] }) {
  const closed = teams.filter((x) => x.closed).length;
  const waits = teams.reduce((n, x) => n + x.progress.pending, 0);
  const pay = teams.reduce((n, x) => n + given(x), 0), hope = teams.reduce((n, x) => n + hoped(x), 0);
  const p = teams[0]!.progress;
  return (
    <>
      <dl class="sums">
        <div><dt>{t("sum.closed")}</dt><dd>{count(closed)}/{count(teams.length)}</dd></div>
        <div><dt>{t("sum.eligible")}</dt><dd>{count(teams.filter((x) => x.progress.result === "eligible").length)}</dd></div>
        <div><dt>{t("sum.pay")}</dt><dd>{money(pay)}</dd></div>
        <div><dt>{t("sum.waits")}</dt><dd>{count(waits)}</dd></div>
        {hope !== pay && <div><dt>{t("sum.hope")}</dt><dd>{money(hope)}</dd></div>}
      </dl>
      <p class="small">{t("days", { submit: day(p.submit_by), review: day(p.review_by), lock: day(p.lock_on) })} <span class="badge" title={t("assumed")}>A</span></p>
    </>
  );
}

/** few teams are closed at once; more by a job. */
const few = 20;

interface TeamsProps {
  teams: TeamMonth[];
  unit: string;
  month: string;
  today: string;
  decides: boolean;
  /** A policy pays by what a village is. */
  village: boolean;
  again: () => Promise<void>;
}

function Teams({ teams, unit, month, today, decides, village, again }: TeamsProps) {
  const can = teams.filter((x) => ready(x, today));
  const [said, setSaid] = useState<Record<string, boolean>>({}); // ticked or not by hand
  const isChosen = (x: TeamMonth): boolean => said[x.team] ?? x.progress.result !== "incomplete"; // what can still be mended is not ticked by itself
  const [asking, setAsking] = useState<TeamMonth[] | null>(null);
  const [refused, setRefused] = useState<CloseResult[]>([]);
  const chosen = can.filter(isChosen);
  const [trouble, guard] = useTrouble();
  const close = async (list: TeamMonth[]): Promise<void> => {
    const path = `/v1/communes/${unit}/months/${month}/close`, body = { teams: list.map((x) => ({ team: x.team, csum: x.csum })) };
    if (list.length > few) {
      setJob(await send<Job>("POST", path, body, asJob));
      return setAsking(null);
    }
    const out = await send<{ results: CloseResult[] }>("POST", path, body);
    setAsking(null);
    const done = out.results.filter((r) => r.closed).length;
    setRefused(out.results.filter((r) => !r.closed));
    if (done > 0) toast(t("closed", { n: done }));
    await again();
  };
  const [job, setJob] = useState<Job | null>(null);
  const name = (id: string): string => teams.find((x) => x.team === id)?.name ?? id;
  return (
    <>
      {job && <Running key={job.id} job={job} onDone={again} />}
      {refused.length > 0 && (
        <Note tone="bad">
          <p>{t("refused")}</p>
          <ul>{refused.map((r) => <li key={r.team}>{name(r.team)}: {both(r.detail_vi, r.detail)}</li>)}</ul>
        </Note>
      )}
      <div class="table" role="region" aria-label={t("table")} tabIndex={0}>
        <table class="teams">
          <thead><tr>{decides && <th><span class="hidden">{t("col.choose")}</span></th>}<th>{t("col.team")}</th><th>{t("col.result")}</th><th class="n">{t("col.amount")}</th><th>{t("col.missing")}</th></tr></thead>
          <tbody>
            {teams.map((x) => (
              <tr key={x.team}>
                {decides && <td>{ready(x, today) && <input type="checkbox" aria-label={t("choose", { team: x.name })} checked={isChosen(x)} onChange={() => setSaid({ ...said, [x.team]: !isChosen(x) })} />}</td>}
                <td>{x.name}<br /><span class="small">{t("work", { approved: x.progress.approved, pending: x.progress.pending })}</span></td>
                <td><State tone={tones[x.progress.result]}>{t(`result.${x.progress.result}`)}</State>{x.closed && <><br /><span class="small">{t(`money.${x.progress.money as "eligible"}`)}</span></>}</td>
                <td class="n">{money(given(x))}{!x.closed && hoped(x) !== given(x) && <><br /><span class="small">{t("if_approved", { vnd: money(hoped(x)) })}</span></>}</td>
                <td><Missing of={x} /><Details of={x} today={today} decides={decides} village={village} again={again} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {decides && can.length > 0 && (
        <div class="row confirm">
          <span class="grow">{t("chosen", { n: chosen.length, vnd: money(chosen.reduce((n, x) => n + given(x), 0)) })}</span>
          <Button look="main" icon="lock" busy={chosen.length === 0} onTap={() => setAsking(chosen)}>{t("close", { n: chosen.length })}</Button>
        </div>
      )}
      {decides && can.length === 0 && teams.some((x) => !x.closed) && <Note tone="info">{t(today.slice(0, 7) > month ? "not_yet.waits" : "not_yet.runs")}</Note>}
      {asking && (
        <Sheet title={t("ask.title", { month: monthName(month) })} onClose={() => setAsking(null)}>
          <p>{t("ask.text", { n: asking.length, vnd: money(asking.reduce((n, x) => n + given(x), 0)) })}</p>
          <ul class="asked">{asking.map((x) => <li key={x.team}>{x.name}: {t(`result.${x.progress.result}`)}, {money(given(x))}</li>)}</ul>
          <p class="small">{t("ask.seen")}</p>
          {trouble}
          <Button look="main" icon="lock" wide onTap={guard(() => close(asking))}>{t("ask.go")}</Button>
        </Sheet>
      )}
    </>
  );
}

/** Missing is what a team-month still lacks, in a sentence. */
function Missing({ of }: { of: TeamMonth }) {
  if (of.progress.result === "eligible") return null;
  const todo = failed(of.progress).filter((r) => r.todo_vi);
  if (of.closed || todo.length === 0) return <p>{both(of.progress.reason_vi, of.progress.reason_en)}</p>;
  return <ul class="todo">{todo.map((r) => <li key={r.rule}>{both(r.todo_vi, r.todo_en)}{r.by && <span class="small"> {t("by", { day: day(r.by) })}</span>}</li>)}</ul>;
}
