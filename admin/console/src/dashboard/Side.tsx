// What stands beside the figures: silent teams, coverage, phones, set aside.
import { State } from "@banso/kit/pieces";
import { href } from "@banso/kit/router";
import { count, day } from "@banso/kit/words";
import { useState } from "preact/hooks";
import type { Board } from "./data";
import { saveCSV } from "./save";
import { known, t } from "./text";

export function SilentTeams({ board }: { board: Board }) {
  const [many, setMany] = useState(12);
  const list = board.watch.silent, units = new Map(board.units.map((u) => [u.unit, u.name]));
  const save = (): void => saveCSV([["team", "commune", "last"], ...list.map((s) => [s.name, units.get(s.unit) ?? "", s.last ?? ""])], "banso-silent");
  return (
    <section class="card figure" data-figure="silent" aria-labelledby="silent-h">
      <header>
        <div class="grow"><h2 id="silent-h">{t("silent.title", { n: board.watch.silent_days })}</h2><p class="small">{t("silent.sub", { n: list.length, all: board.watch.teams })} <span class="badge" title={t("assumed")}>A</span></p></div>
        <div class="tools"><button type="button" class="button plain" onClick={save}>{t("figure.csv")}</button></div>
      </header>
      {list.length === 0 ? <State tone="good">{t("silent.none")}</State> : (
        <ul class="list tight">
          {list.slice(0, many).map((s) => <li key={s.team} class="row"><span class="grow">{s.name}<br /><span class="small">{units.get(s.unit) ?? ""}</span></span><span class="small">{s.last ? t("silent.since", { day: day(s.last) }) : t("silent.never")}</span></li>)}
        </ul>
      )}
      {list.length > many && <button type="button" class="button plain more" onClick={() => setMany(many + 100)}>{t("league.more", { n: list.length - many })}</button>}
    </section>
  );
}

const ages = ["1", "7", "30", "more"] as const;

export function Health({ board }: { board: Board }) {
  const w = board.watch, phones = ages.reduce((n, a) => n + (w.phones[a] ?? 0), 0);
  const apps = Object.entries(w.apps).sort((a, b) => b[1] - a[1]).slice(0, 6), here = Object.values(w.apps).reduce((n, m) => n + m, 0);
  const aside = Object.entries(w.set_aside).sort((a, b) => b[1] - a[1]);
  return (
    <section class="card figure" data-figure="health" aria-labelledby="health-h">
      <h2 id="health-h">{t("health.title")}</h2>
      <Share name={t("coverage.leader")} n={w.with_leader} of={w.teams} />
      <Share name={t("coverage.phone", { n: w.silent_days })} n={w.with_phone} of={w.teams} />
      <Share name={t("coverage.communes")} n={w.communes} of={Math.max(w.communes, board.units.length)} />
      {w.villages_listed > 0 && <Share name={t("coverage.villages")} n={w.villages_covered} of={w.villages_listed} />}
      {w.villages_covered < w.villages_listed && <p><a href={`${href("teams", "places")}?bare=1`}>{t("coverage.bare", { n: w.villages_listed - w.villages_covered })}</a></p>}
      <h3>{t("health.phones", { n: phones })}</h3>
      {ages.map((a) => <Share key={a} name={t(`health.age.${a}`)} n={w.phones[a] ?? 0} of={phones} />)}
      {apps.length > 0 && <h3>{t("health.apps", { n: w.silent_days })}</h3>}
      {apps.map(([app, n]) => <Share key={app} name={app || t("health.app_unknown")} n={n} of={here} />)}
      <h3>{t("health.aside")}</h3>
      {aside.length === 0 ? <State tone="good">{t("health.aside_none")}</State> : <dl>{aside.map(([code, n]) => <div key={code} class="fact"><dt>{known("aside." + code) ? t(("aside." + code) as "health.aside") : code}</dt><dd>{count(n)}</dd></div>)}</dl>}
    </section>
  );
}

/** Share is a part of a whole, as words and as a bar. */
function Share({ name, n, of }: { name: string; n: number; of: number }) {
  return (
    <div class="share">
      <span>{name}</span>
      <span class="n">{`${count(n)}/${count(of)}`}</span>
      <meter min={0} max={Math.max(1, of)} value={n} aria-label={name} />
    </div>
  );
}
