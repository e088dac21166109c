// Administrative units over time: those of a day, one with its past, and the
// changes between them.
import { href } from "@banso/kit/router";
import { Chips, Field } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { type Me, hasRole } from "../core/me";
import { Loaded } from "../ui/loaded";
import { Change } from "./Change";
import { Registered } from "./Registered";
import { History, Unit as One } from "./Unit";
import { type Team, type Unit, units } from "./api";
import { day, plain, t } from "./text";

const before = "2025-06-30"; // the last day of the old units
const most = 100; // rows shown: who looks for one types its name

export function Units({ me, rest, communes, teams, again }: { me: Me; rest: string[]; communes: Unit[]; teams: Team[]; again: () => Promise<void> }) {
  const today = me.today;
  const [view, setView] = useState<"today" | "before" | "registered" | "history">("today");
  const [year, setYear] = useState(today.slice(0, 4));
  const keeps = hasRole(me, ["province_admin", "system_admin"]);
  if (rest[0] === "change" && keeps) return <Change today={today} first={rest[1] ?? ""} teams={teams} again={again} />;
  if (rest[0]) return <One id={rest[0]} today={today} keeps={keeps} teams={teams} />;
  const years = [-1, 0, 1].map((n) => String(Number(today.slice(0, 4)) + n));
  return (
    <>
      <div class="row">
        <Chips
          label={t("units.view")} chosen={[view]} onChoose={setView}
          options={[{ value: "today", text: t("units.today") }, { value: "before", text: t("units.before") }, { value: "history", text: t("units.history") }, { value: "registered", text: t("units.registered") }]}
        />
        {keeps && view !== "registered" && <a class="button" href={href("teams", "units", "change")}>{t("change.go")}</a>}
      </div>
      {view === "registered" ? (
        <>
          <Chips label={t("units.year")} options={years.map((y) => ({ value: y, text: y }))} chosen={[year]} onChoose={setYear} />
          <Registered key={year} year={year} communes={communes} keeps={keeps} today={today} />
        </>
      ) : view === "history" ? <History /> : <OnDay key={view} on={view === "before" ? before : today} />}
    </>
  );
}

function OnDay({ on }: { on: string }) {
  const all = useLoad(() => units(`on=${on}`), [on]);
  const [find, setFind] = useState("");
  const words = plain(find);
  return (
    <Loaded of={all} empty={{ when: (v) => v.length === 0, text: t("units.none"), icon: "place" }}>
      {(list) => {
        const found = list.filter((u) => !words || [u.name, ...(u.aliases ?? [])].some((n) => plain(n).includes(words)) || u.code === find.trim());
        const name = (id: string | undefined): string => list.find((u) => u.unit === id)?.name ?? "";
        return (
          <>
            <Field label={t("units.find")} type="search" value={find} onInput={setFind} />
            <p class="small" role="status">{t("units.found", { n: found.length, day: day(on) })}</p>
            <div class="table" tabIndex={0} role="region" aria-label={t("part.units")}>
              <table>
                <thead><tr><th scope="col">{t("units.code")}</th><th scope="col">{t("units.name")}</th><th scope="col">{t("units.parent")}</th><th scope="col">{t("units.from")}</th><th scope="col">{t("units.to")}</th><th scope="col">{t("units.basis")}</th></tr></thead>
                <tbody>{found.slice(0, most).map((u) => <tr key={u.level + u.code}><td>{u.code}</td><td><a href={href("teams", "units", u.unit)}>{u.name}</a></td><td>{name(u.parent)}</td><td>{day(u.from ?? "")}</td><td>{day(u.to ?? "")}</td><td>{u.basis}</td></tr>)}</tbody>
              </table>
            </div>
            {found.length > most && <p class="small">{t("units.more", { n: found.length - most })}</p>}
          </>
        );
      }}
    </Loaded>
  );
}
