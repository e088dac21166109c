// The chair's desk: the queue of a month, by hand or by keyboard.
import { sentence } from "@banso/kit/api";
import { useCell } from "@banso/kit/cell";
import { Button, Chips, Note, Reason } from "@banso/kit/pieces";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { deciders, unitsOf } from "../core/me";
import { keep, kept } from "../core/prefs";
import { learnReasons, ownReasons, reasonsFor } from "../core/reasons";
import { get, save } from "../core/server";
import { addMonths, month as monthText } from "../core/text";
import type { ScreenProps } from "../screens";
import { Empty, Failed, Loaded, Waiting } from "../ui/loaded";
import { Cases } from "./Cases";
import { type Choice, Desk, type Standing, passing } from "./desk";
import { Detail, Group } from "./Detail";
import { AllDropped } from "./Dropped";
import { type GroupBy, type Item, type Names, matcher, own } from "./item";
import { List } from "./List";
import { type Row, type View, plainRows, rowsOf } from "./rows";
import { t } from "./text";

interface Team {
  id: string;
  name: string;
}

export default function Review({ me, query }: ScreenProps) {
  const places = unitsOf(me, deciders);
  const [commune, setCommune] = useState(query.get("commune") ?? places[0] ?? "");
  const [month, setMonth] = useState(query.get("month") ?? deskMonth(me.today));
  const [part, setPart] = useState<Part>("pending_review");
  const sending = useRef(Promise.resolve());
  const teams = useLoad(() => get<{ teams: Team[] }>(`/v1/teams?commune=${commune}`), [commune]);
  const months = [0, -1, -2].map((n) => addMonths(me.today.slice(0, 7), n));
  if (!months.includes(month)) months.push(month);
  return (
    <>
      <div class="row head">
        <h1 class="grow">{t("title")}</h1>
        {places.length > 1 && <Chips label={t("commune")} options={places.map((p, i) => ({ value: p, text: t("commune.n", { n: i + 1 }) }))} chosen={[commune]} onChoose={setCommune} />}
        <Chips label={t("month")} options={months.map((m) => ({ value: m, text: monthText(m) }))} chosen={part !== "cases" ? [month] : []} onChoose={(m) => { setMonth(m); if (part === "cases") setPart("pending_review"); }} />
      </div>
      <div class="row">
        <div class="grow"><Chips label={t("parts")} options={parts.map((p) => ({ value: p, text: t(p === "cases" ? "cases" : `part.${p}`) }))} chosen={[part]} onChoose={setPart} /></div>
        <Button icon="paper" onTap={() => save(`/v1/communes/${commune}/months/${month}/paper?kind=activities&format=xlsx`, `hoat-dong-${month}.xlsx`)}>{t("table")}</Button>
      </div>
      <Loaded of={teams}>
        {(list) => {
          const byID = new Map(list.teams.map((x) => [x.id, x.name]));
          const team = (id: string): string => byID.get(id) ?? "";
          return part === "cases" ? <Cases key={commune} commune={commune} team={team} me={me} /> : <Queue key={commune + month + part} commune={commune} month={month} state={part} team={team} sending={sending} />;
        }}
      </Loaded>
    </>
  );
}

/** deskMonth is what a chair works on: in the first days of a month the one before, until its review day. */
const deskMonth = (today: string): string => addMonths(today.slice(0, 7), Number(today.slice(8)) <= 10 ? -1 : 0);

/** Parts of the screen: what waits, what was decided, what was set aside or asked. */
type Part = Standing | "cases";
const parts: Part[] = ["pending_review", "approved", "returned", "rejected", "cases"];

type Ask = { choice: Choice; waive?: boolean; items: Item[] };

interface QueueProps {
  commune: string;
  month: string;
  state: Standing;
  team: (id: string) => string;
  /** What the part that was open before is still sending. */
  sending: { current: Promise<void> };
}

function Queue({ commune, month, state, team, sending }: QueueProps) {
  const desk = useMemo(() => new Desk(commune, month, state), []);
  const waits = state === "pending_review";
  useCell(desk.changed);
  const [view, setView] = useState<View>(() => ({ by: kept("review/by", "team") as GroupBy, share: Number(kept("review/share", "5")), salt: Math.floor(Math.random() * 2 ** 31), open: new Set() }));
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [ask, setAsk] = useState<Ask | null>(null);
  const worded = useCell(ownReasons);
  useEffect(() => void (ask && learnReasons().catch(() => undefined)), [ask]); // until then, and without them, the console's own
  const names: Names = { team, person: desk.person };
  const found = desk.items.filter(matcher(typed, names));
  const rows = waits ? rowsOf(found, view, names) : plainRows(found);
  const here = landing(rows, at);
  const row = rows[here];
  useEffect(() => {
    void sending.current.then(() => desk.read());
    const leave = (): void => desk.leave();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      sending.current = desk.end();
    };
  }, []);
  const targets = (): Item[] => (row?.kind === "item" ? [row.item] : row?.kind === "group" ? row.items : []).filter((i) => !own(i));
  const decide = (choice: Choice, reason = "", waive = false, items = targets()): void => desk.decide(items, choice, reason, waive);
  const move = (by: number): void => setAt(landing(rows, here + by, by));
  const toggle = (): void => {
    if (row?.kind !== "group") return;
    const open = new Set(view.open);
    const key = row.id.slice("group-".length);
    if (!open.delete(key)) open.add(key);
    setView({ ...view, open });
  };
  const single = row?.kind === "item" && !own(row.item) ? [row.item] : [];
  const moves = { j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), u: () => void desk.undo() };
  const revoke = (): void => void (state === "approved" && single.length > 0 && setAsk({ choice: "revoke", items: single }));
  const keys: Record<string, () => void> = !waits ? { ...moves, b: revoke } : {
    ...moves, a: () => decide("approve"), o: toggle, Enter: toggle,
    r: () => single.length > 0 && setAsk({ choice: "return", items: single }), x: () => single.length > 0 && setAsk({ choice: "reject", items: single }),
    w: () => single.length > 0 && setAsk({ choice: "approve", waive: true, items: single }),
  };
  useEffect(() => {
    const press = (e: KeyboardEvent): void => {
      const on = e.target instanceof Element ? e.target : document.body;
      if (e.ctrlKey || e.metaKey || e.altKey || on.closest("input,textarea,select,dialog") || (e.key === "Enter" && on.closest("button,a"))) return;
      const act = keys[e.key];
      if (!act) return;
      e.preventDefault();
      act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const set = (v: Partial<View>): void => {
    if (v.by) keep("review/by", v.by);
    if (v.share !== undefined) keep("review/share", String(v.share));
    setView({ ...view, ...v });
  };
  return (
    <>
      <div class="row tools">
        <label class="grow">{t("search")}<input type="search" value={typed} onInput={(e) => { setTyped(e.currentTarget.value); setAt(0); }} /></label>
        {waits && <label>{t("by")}<select value={view.by} onChange={(e) => set({ by: e.currentTarget.value as GroupBy })}>{(["team", "kind", "day"] as const).map((b) => <option key={b} value={b}>{t(`by.${b}`)}</option>)}</select></label>}
        {waits && <label>{t("share")}<select value={String(view.share)} onChange={(e) => set({ share: Number(e.currentTarget.value) })}>{[0, 5, 10, 20].map((n) => <option key={n} value={n}>{n} %</option>)}</select></label>}
      </div>
      <Standing desk={desk} />
      <AllDropped desk={desk} names={names} />
      {rows.length === 0 && desk.reading && <Waiting />}
      {rows.length === 0 && !desk.reading && desk.readError === undefined && <Empty text={t(typed ? "found.none" : waits ? "none" : `none.${state}`)} />}
      {rows.length > 0 && (
        <div class="desk">
          <List rows={rows} at={here} onGo={setAt} names={names} desk={desk} />
          <div class="side" aria-live="off">
            {row?.kind === "item" && (
              <Detail
                key={row.item.id} item={row.item} names={names} desk={desk}
                acts={{ approve: () => decide("approve"), back: () => keys["r"]?.(), reject: () => keys["x"]?.(), waive: () => keys["w"]?.(), revoke }}
              />
            )}
            {row?.kind === "group" && <Group title={row.title} items={row.items} onApprove={() => decide("approve")} onOpen={toggle} />}
            <p class="small keys">{t(waits ? "keys" : "keys.decided")}</p>
          </div>
        </div>
      )}
      {ask && (
        <Reason
          title={t(ask.waive ? "waive" : ask.choice)} hint={t(`hint.${ask.waive ? "waive" : ask.choice as "return"}`)}
          action={t(ask.waive ? "waive" : ask.choice)} look={ask.choice === "reject" || ask.choice === "revoke" ? "danger" : "main"}
          ready={reasonsFor(ask.choice, worded, ask.choice === "return" ? (["evidence", "figures", "day", "twice"] as const).map((k) => t(`reason.${k}`)) : ask.choice === "reject" ? (["not", "twice"] as const).map((k) => t(`reason.${k}`)) : [])}
          onDone={(reason) => decide(ask.choice, reason, ask.waive, ask.items)} onClose={() => setAsk(null)}
        />
      )}
    </>
  );
}

/** landing is the nearest line that is no heading. */
function landing(rows: Row[], at: number, by = 1): number {
  const i = Math.max(0, Math.min(rows.length - 1, at));
  if (rows[i]?.kind !== "head") return i;
  const next = i + (by < 0 && i > 0 ? -1 : 1);
  return rows[next] ? next : i;
}

/** Standing says what waits, what is about to be sent, and the way back from it. */
function Standing({ desk }: { desk: Desk }) {
  const n = (going: boolean): number => desk.plans.filter((p) => (p.timer === 0) === going).reduce((sum, p) => sum + p.items.length, 0);
  const soon = n(false), going = n(true), e = desk.sendError;
  return (
    <div class="standing" role="status">
      <span>{t(desk.state === "pending_review" ? "waiting" : `n.${desk.state}`, { n: desk.items.length })}</span>
      {desk.sent > 0 && <span>{t("sent", { n: desk.sent })}</span>}
      {soon > 0 && <span class="row"><b>{t("soon", { n: soon })}</b><Button onTap={() => desk.undo()}>{t("undo")} <kbd>u</kbd></Button></span>}
      {going > 0 && <span>{t("going", { n: going })}</span>}
      {e !== undefined && <Note tone={passing(e) ? "wait" : "bad"}><p>{passing(e) ? t("unsent") : t("refused", { why: sentence(e) })}</p></Note>}
      {desk.readError !== undefined && <Failed error={desk.readError} again={() => desk.read()} />}
    </div>
  );
}
