// What a province, or a part of it, looks like now. The address holds what is
// shown, so that a view can be kept and sent on.
import { Chips } from "@banso/kit/pieces";
import { go } from "@banso/kit/router";
import { when } from "@banso/kit/words";
import { hasRole, provinceStaff } from "../core/me";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { type Board, type Metric, type UnitRow, isMetric, metrics, range, rangeName } from "./data";
import { Funnel } from "./Funnel";
import { Indicators } from "./Indicators";
import { League } from "./League";
import { CommuneMap } from "./Map";
import { type Polled, usePolled } from "./poll";
import { Records } from "./Records";
import { Health, SilentTeams } from "./Side";
import { t } from "./text";
import { People, Tiles } from "./Tiles";
import { Trend } from "./Trend";
import { Wall } from "./Wall";

/** address is the dashboard's with some of what it shows changed. */
function address(query: URLSearchParams, change: Record<string, string>, ...rest: string[]): string {
  const q = new URLSearchParams(query);
  for (const [k, v] of Object.entries(change)) if (v) q.set(k, v); else q.delete(k);
  return "#/" + ["dashboard", ...rest].join("/") + (q.size > 0 ? "?" + q.toString() : "");
}

export default function Dashboard({ me, rest, query }: ScreenProps) {
  const { from, to } = range(query.get("year") ?? "", me.today);
  const lens = query.get("lens") === "today" ? "today" : "then";
  const unit = query.get("unit") ?? "";
  const ask = `unit=${unit}&from=${from}&to=${to}&lens=${lens}`.replace(/^unit=&/, "");
  const board = usePolled<Board>("/v1/stats/board?" + ask);
  const wanted = query.get("metric") ?? "", metric: Metric = isMetric(wanted) ? wanted : "logged";
  const move = (change: Record<string, string>): void => go(address(query, change));
  const open = (what: string, u?: UnitRow): void => go(address(query, u ? { unit: u.unit } : {}, ...what.split("/")));
  if (rest[0] === "activities" || rest[0] === "team-months") {
    return <Records kind={rest[0]} state={rest[1] ?? ""} ask={ask} back={address(query, {})} units={board.value?.units ?? []} />;
  }
  if (query.get("wall")) {
    return <Loaded of={board}>{(b) => <Wall board={b} checkedMs={board.checkedMs} metric={metric} onEnd={() => move({ wall: "" })} />}</Loaded>;
  }
  const years = Array.from({ length: 4 }, (_, i) => String(Number(me.today.slice(0, 4)) - i));
  return (
    <>
      <header class="board-head">
        <div class="grow">
          <h1>{t("title", { place: placeOf(board.value, unit, hasRole(me, provinceStaff)) })}</h1>
          <AsOf of={board} />
        </div>
        <div class="tools">
          <select class="pick" aria-label={t("range")} value={query.get("year") ?? ""} onChange={(e) => move({ year: e.currentTarget.value })}>
            <option value="">{t("range.last")}</option>
            {years.map((y) => <option key={y} value={y}>{t("range.year", { year: y })}</option>)}
          </select>
          <Chips label={t("lens")} options={[{ value: "then", text: t("lens.then") }, { value: "today", text: t("lens.today") }]} chosen={[lens]} onChoose={(l) => move({ lens: l === "today" ? l : "" })} />
          {unit && <button type="button" class="button plain" onClick={() => move({ unit: "" })}>{t("unit.all")}</button>}
          <button type="button" class="button plain" onClick={() => print()}>{t("print")}</button>
          {hasRole(me, provinceStaff) && <button type="button" class="button plain" onClick={() => move({ wall: "1" })}>{t("wall")}</button>}
        </div>
      </header>
      <Loaded of={board}>{(b) => <Shown board={b} metric={metric} admin={hasRole(me, ["province_admin"])} again={() => void board.again()} move={move} open={open} />}</Loaded>
    </>
  );
}

/** placeOf names what the figures are of: who is not of the province sees its own units alone. */
function placeOf(b: Board | undefined, unit: string, whole: boolean): string {
  const units = b?.units ?? [];
  if (unit || whole) return units.find((u) => u.unit === unit)?.name ?? t("place.all");
  return units.length === 1 ? units[0]!.name : t("place.own");
}

/** AsOf says of when the figures are, and that they are still looked at. */
function AsOf({ of }: { of: Polled<Board> }) {
  if (!of.value) return <p class="small">{t("as_of.first")}</p>;
  return <p class="small" role="status" data-checked={of.checkedMs}>{t("as_of", { range: rangeName(of.value), time: when(of.value.as_of_ms, 0), seen: when(of.checkedMs, Date.now()) })}</p>;
}

interface ShownProps { board: Board; metric: Metric; admin: boolean; again: () => void; move: (change: Record<string, string>) => void; open: (what: string, u?: UnitRow) => void }

function Shown({ board, metric, admin, again, move, open }: ShownProps) {
  const choose = (m: Metric): void => move({ metric: m === "logged" ? "" : m });
  return (
    <div class="board">
      <Tiles board={board} onOpen={open} />
      <Indicators board={board} admin={admin} again={again} />
      <div class="pickers"><Chips label={t("metric")} options={metrics.map((m) => ({ value: m, text: t(`metric.${m}`) }))} chosen={[metric]} onChoose={choose} /></div>
      <Trend board={board} metric={metric} />
      <div class="stack">
        <CommuneMap board={board} metric={metric} onOpen={(u) => move({ unit: u.unit })} />
        <SilentTeams board={board} />
      </div>
      <div class="stack">
        <Funnel board={board} />
        <People board={board} />
        <Health board={board} />
      </div>
      <League board={board} metric={metric} onMetric={choose} onUnit={(u) => move({ unit: u })} onOpen={(u) => open("activities", u)} />
    </div>
  );
}
