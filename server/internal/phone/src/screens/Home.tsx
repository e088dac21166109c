// My month: what counts, what is missing until when, and the money, all as the
// server decided it. The three numbers are of three different places and are
// never added to one another.
import { useState } from "preact/hooks";
import { useCell } from "@banso/kit/cell";
import { useLive } from "../core/live";
import { lostCreations } from "../core/cases";
import { activities } from "../core/logging";
import { type Me, type Team, progressKey, useMe } from "../core/me";
import { type Rule, num, rulesOf, text } from "../core/model";
import { pastTeams } from "../core/past";
import { readSetting, writeSetting } from "../core/drafts";
import { type Phone, evicted, phone } from "../core/phone";
import { addMonths, both, count, day, known, lang, money, monthShort, t, when } from "../core/text";
import { Icon } from "@banso/kit/icons";
import { Button, Card, Chips, Fact, Note, Sheet, State } from "../ui/kit";
import { go, href, route } from "@banso/kit/router";
import { AskPush } from "../ui/push";
import { Screen } from "../ui/shell";
import { Dispute } from "./Dispute";

interface Numbers {
  received: number;
  waiting: number;
  lost: number;
}

/** numbersOf counts what the server has, what is only here, and what came back or does not count. */
async function numbersOf(p: Phone, team: string, m: string, uncounted: Set<string>): Promise<Numbers> {
  const list = await activities(p, team, m);
  const apart = await lostCreations(p, team, m);
  return {
    received: list.filter((a) => a.shown.rev > 0 && a.standing !== "withdrawn").length,
    waiting: list.filter((a) => a.shown.pending > 0).length,
    lost: list.filter((a) => ["returned", "rejected", "aside"].includes(a.standing) || uncounted.has(a.id)).length + apart.length,
  };
}

async function read(p: Phone, team: string, m: string) {
  const rec = await p.ref.get(progressKey(team, m));
  const doc = rec?.doc ?? null;
  const uncounted = new Set<string>();
  if (doc && Array.isArray(doc["activities"])) {
    for (const a of doc["activities"] as { id: string; counts?: boolean; why?: string }[]) {
      if (!a.counts && a.why !== "not_approved" && a.why !== "withdrawn") uncounted.add(a.id);
    }
  }
  const st = await p.ref.status();
  return { doc, numbers: await numbersOf(p, team, m, uncounted), at: st.lastServerMs, now: st.serverNow };
}

export function Home() {
  const me = useMe();
  const q = useCell(route).query;
  if (!me) return <Screen title={t("home.title")} home><p class="soft">{t("reading")}</p></Screen>;
  const team = me.teams.find((x) => x.id === q.get("team")) ?? me.teams[0];
  if (!team) return <NoTeam me={me} />;
  return <Month me={me} team={team} month={q.get("month") ?? me.month} />;
}

function NoTeam({ me }: { me: Me }) {
  if (me.reviews.length > 0) go(href("review"), true);
  return (
    <Screen title={t("home.title")} home>
      <Lost />
      <Note tone="info">
        <p>{t(me.empty ? "home.first" : "home.no_team")}</p>
      </Note>
      <Left me={me} />
    </Screen>
  );
}

/** Lost says that the browser has thrown the data away: what was sent comes back. */
function Lost() {
  return useCell(evicted) ? <Note tone="bad"><p>{t("evicted")}</p></Note> : null;
}

/** Left leads to what the person did in teams that they are no longer in. */
function Left({ me }: { me: Me }) {
  const n = useLive(async (p) => (await pastTeams(p, me.teams.map((x) => x.id))).length, [me]) ?? 0;
  return n > 0 ? <Note><p>{t("home.left")}</p><Button icon="book" onTap={() => go(href("past"))}>{t("past.title")}</Button></Note> : null;
}

function Month({ me, team, month }: { me: Me; team: Team; month: string }) {
  const v = useLive((p) => read(p, team.id, month), [team.id, month]);
  const open = (m: string, of = team.id): void => go(`#/?team=${of}&month=${m}`, true);
  const months = [0, -1, -2].map((n) => addMonths(me.month, n));
  if (!months.includes(month)) months.push(month);
  return (
    <Screen title={team.name || t("home.title")} home>
      <Lost />
      <Left me={me} />
      {me.teams.length > 1 && <Chips label={t("team")} options={me.teams.map((x) => ({ value: x.id, text: x.name }))} chosen={[team.id]} onChoose={(id) => open(month, id)} />}
      <Chips even label={t("home.months")} options={months.map((m) => ({ value: m, text: monthShort(m) }))} chosen={[month]} onChoose={(m) => open(m)} />
      <OnApple />
      {v && v.numbers.received > 0 && <AskPush />}
      {v && <Three n={v.numbers} month={month} team={team.id} />}
      {v && (v.doc ? <Verdict doc={v.doc} at={when(v.at, v.now)} team={team} month={month} /> : <Note><p>{t("home.no_progress")}</p></Note>)}
    </Screen>
  );
}

/** An iPhone empties web pages that were not opened for a week, unless they are on the home screen. */
function OnApple() {
  const told = useLive((p) => readSetting(p, "apple"));
  if (told !== "" || !/iPhone|iPad/.test(navigator.userAgent) || matchMedia("(display-mode: standalone)").matches) return null;
  return <Note tone="wait"><p>{t("set.install_apple")}</p><Button onTap={() => writeSetting(phone.get()!, "apple", "1")}>{t("close")}</Button></Note>;
}

function Three({ n, month, team }: { n: Numbers; month: string; team: string }) {
  const to = (f: string): string => `${href("entries")}?team=${team}&month=${month}&only=${f}`;
  return (
    <nav class="three" aria-label={t("home.three")}>
      <a href={to("received")} class="good"><b data-n="received">{count(n.received)}</b>{t("n.received")}</a>
      <a href={to("waiting")} class={n.waiting ? "wait" : ""}><b data-n="waiting">{count(n.waiting)}</b>{t("n.waiting")}</a>
      <a href={to("lost")} class={n.lost ? "bad" : ""}><b data-n="lost">{count(n.lost)}</b>{t("n.lost")}</a>
    </nav>
  );
}

type Doc = NonNullable<Awaited<ReturnType<typeof read>>["doc"]>;

function Verdict({ doc, at, team, month }: { doc: Doc; at: string; team: Team; month: string }) {
  const [why, setWhy] = useState<Rule | null>(null);
  const [asking, setAsking] = useState(false);
  const rules = rulesOf(doc, lang.get() === "vi");
  const missing = rules.filter((r) => !r.pass && !r.advisory && r.todo);
  const result = text(doc, "result");
  const tone = result === "eligible" ? "good" : result === "incomplete" ? "wait" : "bad";
  const over = ["closed", "finalised"].includes(text(doc, "stage"));
  const resultKey = result === "incomplete" && over ? "result.incomplete_closed" : "result." + result;
  const stageKey = "stage." + text(doc, "stage");
  return (
    <>
      <Card>
        <div class="row">
          <State tone={tone}>{known(resultKey) ? t(resultKey) : result}</State>
          {known(stageKey) && <State tone="">{t(stageKey)}</State>}
        </div>
        <p>{both(text(doc, "reason_vi"), text(doc, "reason_en"))}</p>
        <Money doc={doc} />
        <Button icon="paper" onTap={() => go(href("purse", team.id))}>{t("pay.title")}</Button>
        <p class="small">{t("home.as_of", { time: at })}</p>
      </Card>
      {missing.length > 0 && (
        <Card title={t("home.missing")}>
          <ul class="list">
            {missing.map((r) => (
              <li key={r.rule} class="rule">
                <span class="fail"><Icon name="alert" /></span>
                <span class="text">
                  <span>{r.todo}</span>
                  {r.by && <b>{t("home.by", { day: day(r.by) })}</b>}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card title={t("home.rules")}>
        <Rules list={rules.filter((r) => !r.pass)} onWhy={setWhy} />
        <details>
          <summary>{t("home.passed", { n: rules.filter((r) => r.pass).length })}</summary>
          <Rules list={rules.filter((r) => r.pass)} onWhy={setWhy} />
        </details>
      </Card>
      <div class="row">
        <Button icon="info" onTap={() => setAsking(true)}>{t("dispute.ask")}</Button>
        <Button icon="people" onTap={() => go(href("contact", team.id))}>{t("contact.open")}</Button>
      </div>
      {why && <Why rule={why} onClose={() => setWhy(null)} />}
      {asking && <Dispute team={team} month={month} onClose={() => setAsking(false)} />}
    </>
  );
}

function Money({ doc }: { doc: Doc }) {
  const state = text(doc, "money");
  const key = "money." + state;
  const amount = num(doc, "amount");
  const rows: [string, number][] = [];
  if (!num(doc, "due_vnd")) rows.push(amount ? [t("money.projected_amount"), amount] : [t("money.if_met"), num(doc, "rate")]);
  else rows.push([t("money.decided_amount"), num(doc, "due_vnd")]);
  if (num(doc, "listed_vnd")) rows.push([t("money.listed_amount"), num(doc, "listed_vnd")]);
  if (num(doc, "paid_vnd")) rows.push([t("money.paid_amount"), num(doc, "paid_vnd")]);
  return (
    <dl>
      <Fact name={t("money.state")} value={known(key) ? t(key) : state} />
      {rows.map(([name, vnd]) => <Fact key={name} name={name} value={money(vnd)} />)}
    </dl>
  );
}

function Rules({ list, onWhy }: { list: Rule[]; onWhy: (r: Rule) => void }) {
  return <ul class="list">{list.map((r) => <RuleLine key={r.rule} r={r} onWhy={() => onWhy(r)} />)}</ul>;
}

function RuleLine({ r, onWhy }: { r: Rule; onWhy: () => void }) {
  const cls = r.pass ? "pass" : r.advisory || r.funding ? "idle" : "fail";
  return (
    <li class="rule">
      <span class={cls}>
        <Icon name={r.pass ? "check" : r.funding ? "clock" : r.advisory ? "info" : "cross"} />
        <span class="hidden">{t(r.pass ? "rule.pass" : r.advisory ? "rule.advisory" : "rule.fail")}</span>
      </span>
      <span class="text">
        <span>{r.text || r.rule} <Origin of={r.origin} /></span>
        <span class="small">{t("rule.have_need", { have: r.have || "–", need: r.need || "–" })}</span>
        <button type="button" class="why" aria-label={t("rule.why_of", { rule: r.text || r.rule })} onClick={onWhy}>{t("rule.why")}</button>
      </span>
    </li>
  );
}

/** Origin marks a rule that is our assumption, wherever it is shown. */
function Origin({ of }: { of: string }) {
  return of === "A" ? <span class="badge" title={t("origin.A")}>A</span> : null;
}

function Why({ rule: r, onClose }: { rule: Rule; onClose: () => void }) {
  const origin = "origin." + r.origin;
  const also = "origin." + r.also;
  return (
    <Sheet title={r.text || r.rule} onClose={onClose}>
      <State tone={r.pass ? "good" : r.advisory ? "info" : "bad"}>{t(r.pass ? "rule.pass" : r.advisory ? "rule.advisory" : "rule.fail")}</State>
      <p>{t("rule.have_need", { have: r.have || "–", need: r.need || "–" })}</p>
      {r.todo && <p><b>{r.todo}</b> {r.by && t("home.by", { day: day(r.by) })}</p>}
      {known(origin) && <p><span class="badge">{r.origin}</span> {t(origin)}</p>}
      {r.also && known(also) && <p><span class="badge">{r.also}</span> {t(also)}</p>}
      {r.source && <p class="small">{t("rule.source", { source: r.source })}</p>}
      <p class="small">{t("rule.server")}</p>
    </Sheet>
  );
}
