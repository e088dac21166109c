// Administrative units over time, and which communes are registered in a year.
import { Chips, Field, State } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { Loaded } from "../ui/loaded";
import { type Registration, type Unit, registrations, units } from "./api";
import { count, day, plain, t } from "./text";

const before = "2025-06-30"; // the last day of the old units
const most = 100; // rows shown: who looks for one types its name

export function Units({ today, communes }: { today: string; communes: Unit[] }) {
  const [view, setView] = useState<"today" | "before" | "registered">("today");
  const [year, setYear] = useState(today.slice(0, 4));
  const years = [-1, 0, 1].map((n) => String(Number(today.slice(0, 4)) + n));
  return (
    <>
      <Chips
        label={t("units.view")} chosen={[view]} onChoose={setView}
        options={[{ value: "today", text: t("units.today") }, { value: "before", text: t("units.before") }, { value: "registered", text: t("units.registered") }]}
      />
      {view === "registered" ? (
        <>
          <Chips label={t("units.year")} options={years.map((y) => ({ value: y, text: y }))} chosen={[year]} onChoose={setYear} />
          <Registered key={year} year={year} communes={communes} />
        </>
      ) : <OnDay key={view} on={view === "before" ? before : today} />}
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
        const found = list.filter((u) => !words || plain(u.name).includes(words) || u.code === find.trim());
        const name = (id: string | undefined): string => list.find((u) => u.unit === id)?.name ?? "";
        return (
          <>
            <Field label={t("units.find")} type="search" value={find} onInput={setFind} />
            <p class="small" role="status">{t("units.found", { n: found.length, day: day(on) })}</p>
            <div class="table" tabIndex={0} role="region" aria-label={t("part.units")}>
              <table>
                <thead><tr><th scope="col">{t("units.code")}</th><th scope="col">{t("units.name")}</th><th scope="col">{t("units.parent")}</th><th scope="col">{t("units.from")}</th><th scope="col">{t("units.to")}</th><th scope="col">{t("units.basis")}</th></tr></thead>
                <tbody>{found.slice(0, most).map((u) => <tr key={u.level + u.code}><td>{u.code}</td><td>{u.name}</td><td>{name(u.parent)}</td><td>{day(u.from ?? "")}</td><td>{day(u.to ?? "")}</td><td>{u.basis}</td></tr>)}</tbody>
              </table>
            </div>
            {found.length > most && <p class="small">{t("units.more", { n: found.length - most })}</p>}
          </>
        );
      }}
    </Loaded>
  );
}

function Registered({ year, communes }: { year: string; communes: Unit[] }) {
  const all = useLoad(() => registrations(year), [year]);
  const name = (g: Registration): string => communes.find((u) => u.unit === g.commune)?.name ?? t("roster.former");
  return (
    <Loaded of={all} empty={{ when: (v) => v.length === 0, text: t("registered.none", { year }), icon: "paper" }}>
      {(list) => (
        <>
          <p class="small">{t("registered.found", { n: count(list.length), year })}</p>
          <div class="table" tabIndex={0} role="region" aria-label={t("units.registered")}>
            <table>
              <thead><tr><th scope="col">{t("team.commune")}</th><th scope="col">{t("registered.standard")}</th><th scope="col">{t("team.decision")}</th><th scope="col">{t("registered.on")}</th></tr></thead>
              <tbody>
                {list.map((g) => (
                  <tr key={g.commune}>
                    <td>{name(g)}</td><td>{t(`registered.${g.standard}`)}</td>
                    <td>{g.decision} {g.origin === "A" && <State tone="wait">{t("registered.assumed")}</State>}</td><td>{day(g.on)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Loaded>
  );
}
