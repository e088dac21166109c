// One unit over time, and the changes between units.
import { href } from "@banso/kit/router";
import { Card, State } from "@banso/kit/pieces";
import { useLoad } from "../core/load";
import { Empty, Loaded } from "../ui/loaded";
import { type Team, type Unit as Version, type UnitEvent, unitEvents, units } from "./api";
import { count, day, t } from "./text";

const read = async (): Promise<{ all: Version[]; events: UnitEvent[] }> => {
  const [all, events] = await Promise.all([units("all=true"), unitEvents()]);
  return { all, events };
};

/** named is what a unit was called on a day, or else last. */
function named(all: Version[], id: string, on: string): string {
  const own = all.filter((v) => v.unit === id);
  const then = own.find((v) => (v.from ?? "") <= on && (!v.to || v.to >= on)) ?? own[own.length - 1];
  return then ? `${then.name} (${then.code})` : "?";
}

const dayBefore = (on: string): string => new Date(Date.parse(on) - 86_400_000).toISOString().slice(0, 10);

export function Unit({ id, today, keeps, teams }: { id: string; today: string; keeps: boolean; teams: Team[] }) {
  const load = useLoad(read, [id]);
  return (
    <>
      <p><a href={href("teams", "units")}>{t("unit.back")}</a></p>
      <Loaded of={load}>
        {({ all, events }) => {
          const own = all.filter((v) => v.unit === id).sort((a, b) => (b.from ?? "").localeCompare(a.from ?? ""));
          if (!own[0]) return <Empty text={t("unit.unknown")} icon="place" />;
          const under = all.filter((v) => v.parent === id && (v.from ?? "") <= today && (!v.to || v.to >= today));
          const here = teams.filter((x) => x.commune === id && !x.dissolved_on).length;
          const past = events.filter((e) => e.from.includes(id) || e.to.includes(id));
          return (
            <>
              <h1>{own[0].name}</h1>
              <Card title={t("unit.versions")}>
                <div class="table" tabIndex={0} role="region" aria-label={t("unit.versions")}>
                  <table>
                    <thead><tr><th scope="col">{t("units.name")}</th><th scope="col">{t("units.code")}</th><th scope="col">{t("units.parent")}</th><th scope="col">{t("units.from")}</th><th scope="col">{t("units.to")}</th><th scope="col">{t("units.basis")}</th></tr></thead>
                    <tbody>{own.map((v) => <tr key={v.from}><td>{v.name}</td><td>{v.code}</td><td>{v.parent ? named(all, v.parent, v.from ?? "") : "–"}</td><td>{day(v.from ?? "")}</td><td>{v.to ? day(v.to) : "–"}</td><td>{v.basis}</td></tr>)}</tbody>
                  </table>
                </div>
              </Card>
              <Card title={t("unit.events")}>{past.length ? <Events all={all} list={past} /> : <p class="small">{t("unit.no_events")}</p>}</Card>
              {own[0].level === "commune" ? <p>{t("unit.teams", { n: count(here) })}</p> : (
                <Card title={t("unit.under", { n: count(under.length) })}>
                  <ul class="columns">{under.map((v) => <li key={v.unit}><a href={href("teams", "units", v.unit)}>{v.name}</a></li>)}</ul>
                </Card>
              )}
              {keeps && <p><a class="button" href={href("teams", "units", "change", id)}>{t("change.go")}</a></p>}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

/** History is every change of units, newest first. */
export function History() {
  const load = useLoad(read, []);
  return <Loaded of={load} empty={{ when: (v) => v.events.length === 0, text: t("history.none"), icon: "place" }}>{(v) => <Events all={v.all} list={v.events} />}</Loaded>;
}

function Events({ all, list }: { all: Version[]; list: UnitEvent[] }) {
  const names = (ids: string[], on: string) => ids.map((id, i) => <>{i > 0 && ", "}<a key={id} href={href("teams", "units", id)}>{named(all, id, on)}</a></>);
  return (
    <ul class="jobs">
      {list.slice(0, 200).map((e, i) => (
        <li key={i}>
          <div class="row"><State tone="info">{t(`event.${e.kind}`)}</State><span class="grow">{day(e.on)} · {e.basis}</span></div>
          <p>{e.from.length > 0 && names(e.from, dayBefore(e.on))}{e.from.length > 0 && e.to.length > 0 && " → "}{names(e.to, e.on)}</p>
          {e.part && <p class="small">{t("event.part", { names: e.part.map((id) => named(all, id, dayBefore(e.on))).join(", ") })}</p>}
        </li>
      ))}
    </ul>
  );
}
