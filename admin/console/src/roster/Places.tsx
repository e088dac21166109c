// The villages that there are, and which of them have no team.
import { href } from "@banso/kit/router";
import { Chips, Field, State } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { Loaded } from "../ui/loaded";
import { type Unit, places } from "./api";
import { count, plain, t } from "./text";

const page = 100; // rows at a time

export function Places({ communes, bare }: { communes: Unit[]; bare: boolean }) {
  const all = useLoad(places, []);
  const [only, setOnly] = useState<"bare" | "all">(bare ? "bare" : "all"), [find, setFind] = useState(""), [most, setMost] = useState(page);
  const commune = (id: string): string => communes.find((u) => u.unit === id)?.name ?? t("roster.former");
  const words = plain(find);
  return (
    <Loaded of={all} empty={{ when: (v) => v.length === 0, text: t("places.none"), icon: "place" }}>
      {(list) => {
        const found = list.filter((p) => (only === "all" || !p.team) && (!words || plain(`${p.name} ${commune(p.commune)} ${p.team_name ?? ""}`).includes(words)));
        return (
          <>
            <Chips label={t("units.view")} options={[{ value: "bare", text: t("places.bare", { n: count(list.filter((p) => !p.team).length) }) }, { value: "all", text: t("places.all", { n: count(list.length) }) }]} chosen={[only]} onChoose={setOnly} />
            <Field label={t("places.find")} type="search" value={find} onInput={(v) => { setFind(v); setMost(page); }} />
            <p class="small" role="status">{t("places.found", { n: count(found.length) })}</p>
            {found.length > 0 && (
              <div class="table" tabIndex={0} role="region" aria-label={t("part.places")}>
                <table>
                  <thead><tr><th scope="col">{t("team.village")}</th><th scope="col">{t("team.commune")}</th><th scope="col">{t("team.name")}</th><th scope="col">{t("units.basis")}</th></tr></thead>
                  <tbody>
                    {found.slice(0, most).map((p) => (
                      <tr key={p.commune + p.name}>
                        <td>{p.name}</td><td>{commune(p.commune)}</td>
                        <td>{p.team ? <a href={href("teams", p.team)}>{p.team_name}</a> : <State tone="wait">{t("places.no_team")}</State>}</td><td>{p.source}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {found.length > most && <button type="button" class="button" onClick={() => setMost(most + page)}>{t("places.more", { n: found.length - most })}</button>}
          </>
        );
      }}
    </Loaded>
  );
}
