// Teams, staff and units: who is there, by date.
import { href } from "@banso/kit/router";
import { Card, Chips, Fact, Field, State } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { type Me, communeStaff, hasRole, provinceStaff, unitsOf } from "../core/me";
import type { ScreenProps } from "../screens";
import { Empty, Loaded } from "../ui/loaded";
import { type Team, type Unit, teams, units } from "./api";
import { People } from "./People";
import { Places } from "./Places";
import { Units } from "./Units";
import { count, day, plain, t } from "./text";

const page = 50; // rows at a time

export default function Teams({ me, rest, query }: ScreenProps) {
  const all = useLoad(async () => ({ teams: await teams(), units: await units("level=commune") }), []);
  const parts = ["", "places", "staff", "units"] as const;
  const part = parts.find((p) => p === (rest[0] ?? ""));
  return (
    <>
      {part !== undefined && rest.length < 2 && (
        <>
          <h1>{t("roster.title")}</h1>
          <nav class="chips" aria-label={t("roster.parts")}>
            {parts.map((p) => <a key={p} class="chip" aria-current={p === part ? "page" : undefined} href={href("teams", ...(p ? [p] : []))}>{t(p === "" ? "part.teams" : `part.${p}`)}</a>)}
          </nav>
        </>
      )}
      <Loaded of={all}>
        {(v) => (part === "" ? <List {...v} /> : part === "staff" ? <Staff me={me} units={v.units} />  : part === "places" ? <Places communes={v.units} bare={query.get("bare") === "1"} /> : part === "units" ? <Units me={me} rest={rest.slice(1)} communes={v.units} teams={v.teams} again={all.again} /> : <One me={me} team={v.teams.find((x) => x.id === rest[0])} units={v.units} />)}
      </Loaded>
    </>
  );
}

const unitName = (units: Unit[], id: string): string => units.find((u) => u.unit === id)?.name ?? t("roster.former");

function List({ teams: all, units: list }: { teams: Team[]; units: Unit[] }) {
  const [find, setFind] = useState("");
  const [most, setMost] = useState(page);
  if (all.length === 0) return <Empty text={t("teams.none")} icon="people" />;
  const words = plain(find);
  const found = all.filter((x) => !words || plain(`${x.name} ${x.village ?? ""} ${x.leader ?? ""} ${unitName(list, x.commune)}`).includes(words));
  return (
    <>
      <Field label={t("teams.find")} type="search" value={find} onInput={(v) => { setFind(v); setMost(page); }} />
      <p class="small" role="status">{t("teams.found", { n: found.length })}</p>
      <div class="table" tabIndex={0} role="region" aria-label={t("part.teams")}>
        <table>
          <thead><tr><th scope="col">{t("team.name")}</th><th scope="col">{t("team.commune")}</th><th scope="col">{t("team.leader")}</th><th class="n" scope="col">{t("team.members")}</th><th scope="col">{t("team.state")}</th></tr></thead>
          <tbody>
            {found.slice(0, most).map((x) => (
              <tr key={x.id}>
                <td><a href={href("teams", x.id)}>{x.name}</a>{x.village && <span class="small"> {x.village}</span>}</td>
                <td>{unitName(list, x.commune)}</td>
                <td>{x.leader ?? "–"}</td>
                <td class="n">{count(x.members)}</td>
                <td>{x.dissolved_on ? <State tone="">{t("team.dissolved", { day: day(x.dissolved_on) })}</State> : <State tone="good">{t("team.active")}</State>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > most && <button type="button" class="button" onClick={() => setMost(most + page)}>{t("teams.more", { n: found.length - most })}</button>}
    </>
  );
}

function One({ me, team, units: list }: { me: Me; team: Team | undefined; units: Unit[] }) {
  if (!team) return <Empty text={t("team.unknown")} icon="people" />;
  return (
    <>
      <p><a href={href("teams")}>{t("team.back")}</a></p>
      <h1>{team.name}</h1>
      <Card>
        <dl>
          <Fact name={t("team.commune")} value={unitName(list, team.commune)} />
          <Fact name={t("team.village")} value={team.village ?? "–"} />
          <Fact name={t("team.decision")} value={`${team.decision}, ${day(team.established_on)}`} />
          {team.dissolved_on && <Fact name={t("team.state")} value={t("team.dissolved", { day: day(team.dissolved_on) })} />}
        </dl>
      </Card>
      <People me={me} of={{ team: team.id }} title={t("team.people")} place={`${team.name}, ${unitName(list, team.commune)}`} roles={["member", "leader", "deputy_leader"]} />
    </>
  );
}

/** Staff are the people of a commune, or for the province of any commune and of itself. */
function Staff({ me, units: communes }: { me: Me; units: Unit[] }) {
  const own = unitsOf(me, communeStaff);
  const wide = hasRole(me, provinceStaff);
  const top = useLoad(() => units("level=province"), []);
  const [find, setFind] = useState("");
  const places = [...(wide ? (top.value ?? []) : []), ...communes.filter((u) => wide || own.includes(u.unit))];
  const [unit, setUnit] = useState(own[0] ?? "");
  const words = plain(find);
  const shown = places.filter((u) => !words || plain(u.name).includes(words)).slice(0, 8);
  const here = places.find((u) => u.unit === unit) ?? (wide ? undefined : places[0]);
  const commune = here?.level === "commune";
  return (
    <>
      {places.length > 1 && (
        <>
          <Field label={t("staff.find")} type="search" value={find} onInput={setFind} />
          <Chips label={t("staff.place")} options={shown.map((u) => ({ value: u.unit, text: u.name }))} chosen={[here?.unit ?? ""]} onChoose={setUnit} />
        </>
      )}
      {here && (
        <People
          key={here.unit} me={me} of={{ unit: here.unit }} title={here.name} place={here.name}
          roles={commune ? (wide ? ["commune_chair", "commune_accountant", "commune_officer", "commune_deputy"] : ["commune_accountant", "commune_officer"]) : ["province_admin", "province_viewer", "system_admin"]}
        />
      )}
    </>
  );
}
