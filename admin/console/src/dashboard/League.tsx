// The communes in a row: who reports, who waits, whose teams are silent.
import { count, plain } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { type Board, type Metric, type UnitRow, closed, isMoney, metrics, ranked, teamMonths, value } from "./data";
import { saveCSV } from "./save";
import { t } from "./text";
import { short } from "./Trend";

const step = 20;

export function League({ board, metric, onMetric, onUnit, onOpen }: { board: Board; metric: Metric; onMetric: (m: Metric) => void; onUnit: (u: string) => void; onOpen: (u: UnitRow) => void }) {
  const [typed, setTyped] = useState("");
  const [many, setMany] = useState(step);
  const words = plain(typed).split(" ").filter(Boolean);
  const all = ranked(board.units, metric);
  const rows = all.filter((u) => words.every((w) => plain(u.name).includes(w)));
  const cell = (u: UnitRow, m: Metric): string => (isMoney(m) ? short(value(u, m)) : m === "closed" ? `${count(closed(u))}/${count(teamMonths(u))}` : count(value(u, m)));
  const save = (): void => saveCSV([["code", "commune", ...metrics, "overdue", "teams", "silent"], ...all.map((u) => [u.code, u.name, ...metrics.map((m) => value(u, m)), u.team_months.overdue, u.teams, u.silent])], "banso-communes");
  return (
    <section class="card figure wide" data-figure="league" aria-labelledby="league-h">
      <header>
        <div class="grow"><h2 id="league-h">{t("league.title")}</h2><p class="small">{t("league.sub", { n: all.length })}</p></div>
        <div class="tools">
          <input type="search" class="find" aria-label={t("league.find")} placeholder={t("league.find")} value={typed} onInput={(e) => setTyped(e.currentTarget.value)} />
          <button type="button" class="button plain" onClick={save}>{t("figure.csv")}</button>
        </div>
      </header>
      <div class="table" tabIndex={0} role="region" aria-label={t("league.table")}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="n">{t("league.rank")}</th>
              <th scope="col">{t("league.unit")}</th>
              {metrics.map((m) => (
                <th key={m} scope="col" class="n" aria-sort={m === metric ? "descending" : "none"}>
                  <button type="button" class="sort" onClick={() => onMetric(m)}>{t(`metric.${m}`)}{m === metric && <span aria-hidden="true">{" ↓"}</span>}</button>
                </th>
              ))}
              <th scope="col" class="n">{t("league.silent")}</th>
              <th scope="col"><span class="hidden">{t("league.open")}</span></th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, many).map((u) => (
              <tr key={u.unit}>
                <td class="n soft">{all.indexOf(u) + 1}</td>
                <td><button type="button" class="link" onClick={() => onUnit(u.unit)}>{u.name}</button></td>
                {metrics.map((m) => <td key={m} class={`n ${m === metric ? "strong" : ""}`}>{cell(u, m)}</td>)}
                <td class={`n ${u.silent > 0 ? "warn" : ""}`}>{`${count(u.silent)}/${count(u.teams)}`}</td>
                <td><button type="button" class="link" aria-label={`${t("league.open")}: ${u.name}`} onClick={() => onOpen(u)}>{t("league.open")}</button></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > many && <button type="button" class="button plain more" onClick={() => setMany(many + 100)}>{t("league.more", { n: rows.length - many })}</button>}
    </section>
  );
}
