// The first look: a few large figures, each with last year's beside it.
import { count, money, monthShort } from "@banso/kit/words";
import { type Board, closed, helped, rangeName, teamMonths, value } from "./data";
import { known, t } from "./text";

interface Tile {
  key: string;
  now: number;
  before?: number;
  money?: boolean;
  note?: string;
  warn?: boolean;
  open?: string;
}

export function Tiles({ board, onOpen }: { board: Board; onOpen: (what: string) => void }) {
  const f = board.total, b = board.before, m = f.team_months;
  const known = Object.keys(b.team_months.stages).length > 0 || Object.keys(b.states).length > 0; // something to compare with
  const past = board.months.filter((r) => r.month <= board.today.slice(0, 7)), month = past[past.length - 1];
  const tiles: Tile[] = [
    { key: "teams", now: month?.team_months.active ?? 0, note: t("tile.of", { n: board.watch.teams }) },
    { key: "logged", now: value(f, "logged"), before: value(b, "logged"), open: "activities" },
    { key: "waiting", now: value(f, "waiting"), note: t("tile.overdue", { n: m.overdue }), warn: m.overdue > 0, open: "activities/pending_review" },
    { key: "closed", now: closed(f), note: t("tile.of", { n: teamMonths(f) }), open: "team-months" },
    { key: "due", now: m.due_vnd, before: b.team_months.due_vnd, money: true },
    { key: "decided", now: m.decided_vnd, before: b.team_months.decided_vnd, money: true, open: "team-months" },
    { key: "listed", now: m.listed_vnd, before: b.team_months.listed_vnd, money: true },
    { key: "paid", now: m.paid_vnd, before: b.team_months.paid_vnd, money: true },
  ];
  return (
    <section class="tiles" aria-label={t("tiles", { range: rangeName(board) })}>
      {tiles.map((x) => <One key={x.key} tile={x} name={t(`tile.${x.key as "logged"}`, { month: monthShort(month?.month ?? board.to) })} compared={known} onOpen={onOpen} />)}
    </section>
  );
}

function One({ tile: x, name, compared, onOpen }: { tile: Tile; name: string; compared: boolean; onOpen: (what: string) => void }) {
  return (
    <div class={`tile ${x.warn ? "warn" : ""} ${x.money ? "money" : ""}`} data-tile={x.key}>
      <span class="name">{name}</span>
      <span class={`figure-n ${x.money ? "money" : ""}`}>{x.money ? money(x.now) : count(x.now)}</span>
      <span class="small">{x.note ?? (compared && x.before !== undefined ? t("tile.before", { n: x.before }) : "")}</span>
      {x.open && <button type="button" class="link" aria-label={`${t("tile.records")}: ${name}`} onClick={() => onOpen(x.open!)}>{t("tile.records")}</button>}
    </div>
  );
}

/** measured is what a measure is called. */
export function measured(key: string): string {
  const name = "measure." + key;
  return known(name) ? t(name) : key;
}

/** People are the sums of measures; each keeps its own name and unit. */
export function People({ board }: { board: Board }) {
  const sums = new Map<string, number>(); // two measures of one name are one thing
  for (const h of helped(board.total.categories)) sums.set(measured(h.measure), (sums.get(measured(h.measure)) ?? 0) + h.sum);
  const list = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 12);
  return (
    <section class="card figure" data-figure="people" aria-labelledby="people-h">
      <h2 id="people-h">{t("people.title")}</h2>
      <p class="small">{t("people.sub")}</p>
      {list.length === 0 ? <p class="small">{t("people.none")}</p> : <dl>{list.map(([name, n]) => <div key={name} class="fact"><dt>{name}</dt><dd>{count(n)}</dd></div>)}</dl>}
    </section>
  );
}
