// The records that a figure counts: no note, photo or person is among them.
import { kindName } from "@banso/kit/kinds";
import { Button } from "@banso/kit/pieces";
import { count, day, money, monthShort } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get } from "../core/server";
import { Loaded } from "../ui/loaded";
import type { Counts, UnitRow } from "./data";
import { type Table, Rows } from "./figure";
import { saveCSV } from "./save";
import { known, t } from "./text";
import { measured } from "./Tiles";

interface Activity { id: string; team: string; unit: string; done_on: string; category: string; state: string; measures?: Counts }
interface TeamMonth { team: string; name: string; unit: string; month: string; stage: string; result: string; money: string; received: number; approved: number; due_vnd?: number; listed_vnd?: number; paid_vnd?: number }
interface Page { activities?: Activity[]; team_months?: TeamMonth[]; next?: string }

const word = (key: string): string => (known(key) ? t(key) : key.slice(key.indexOf(".") + 1));

export function Records({ kind, state, ask, back, units }: { kind: "activities" | "team-months"; state: string; ask: string; back: string; units: UnitRow[] }) {
  const [after, setAfter] = useState("");
  const path = `/v1/stats/${kind}?${ask}${state ? "&state=" + state : ""}${after ? "&after=" + encodeURIComponent(after) : ""}`;
  const page = useLoad(() => get<Page>(path), [path]);
  const names = new Map(units.map((u) => [u.unit, u.name]));
  const place = (u: string): string => names.get(u) ?? "";
  return (
    <>
      <p><a href={back}>{t("records.back")}</a></p>
      <h1>{t(`records.${kind === "activities" ? "activities" : "months"}`)}</h1>
      <p class="small">{t("records.note")}</p>
      <Loaded of={page} empty={{ when: (p) => (p.activities ?? p.team_months ?? []).length === 0, text: t("records.none") }}>
        {(p) => {
          const table = p.activities ? activities(p.activities, place) : teamMonths(p.team_months ?? [], place);
          return (
            <>
              <div class="row"><p class="grow small">{t("records.count", { n: table.rows.length })}</p><Button onTap={() => saveCSV([table.head, ...table.rows], "banso-" + kind)}>{t("figure.csv")}</Button></div>
              <Rows table={table} shown={(c) => (typeof c === "number" ? count(c) : c)} title={t("records.note")} />
              {(p.next || after) && <div class="row">{after && <Button onTap={() => setAfter("")}>{t("records.first")}</Button>}{p.next && <Button onTap={() => setAfter(p.next!)}>{t("records.next")}</Button>}</div>}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function activities(list: Activity[], place: (u: string) => string): Table {
  return {
    texts: 6, head: [t("records.id"), t("records.day"), t("league.unit"), t("records.kind"), t("records.state"), t("records.measures")],
    rows: list.map((a) => [a.id, day(a.done_on), place(a.unit), kindName(a.category), word("state." + a.state), Object.entries(a.measures ?? {}).map(([k, n]) => `${measured(k)}: ${count(n)}`).join("; ")]),
  };
}

function teamMonths(list: TeamMonth[], place: (u: string) => string): Table {
  return {
    texts: 6, head: [t("records.team"), t("league.unit"), t("month.head"), t("records.stage"), t("records.result"), t("records.money"), t("metric.logged"), t("metric.approved"), t("tile.due"), t("tile.listed"), t("tile.paid")],
    rows: list.map((m) => [m.name, place(m.unit), monthShort(m.month), word("stage." + m.stage), word("result." + m.result), word("money." + m.money), m.received, m.approved, money(m.due_vnd ?? 0), money(m.listed_vnd ?? 0), money(m.paid_vnd ?? 0)]),
  };
}
