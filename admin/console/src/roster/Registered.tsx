// Which communes are registered in a year, and registering one.
import { Button, Chips, Field, Note, State, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { useTrouble } from "../month/trouble";
import { Loaded } from "../ui/loaded";
import { type Registration, type Unit, register, registrations, unregister } from "./api";
import { count, day, plain, t } from "./text";

export function Registered({ year, communes, keeps, today }: { year: string; communes: Unit[]; keeps: boolean; today: string }) {
  const all = useLoad(() => registrations(year), [year]);
  const [trouble, guard] = useTrouble();
  const name = (g: Registration): string => communes.find((u) => u.unit === g.commune)?.name ?? t("roster.former");
  const take = (g: Registration) => guard(async () => {
    await unregister(g.commune, g.year);
    toast(t("registered.taken", { name: name(g) }), t("registered.again"), async () => {
      await register(g);
      await all.again();
    });
    await all.again();
  });
  return (
    <>
      {keeps && <Add year={year} today={today} communes={communes.filter((u) => !all.value?.some((g) => g.commune === u.unit))} done={all.again} />}
      {trouble}
      <Loaded of={all} empty={{ when: (v) => v.length === 0, text: t("registered.none", { year }), icon: "paper" }}>
        {(list) => (
          <>
            <p class="small">{t("registered.found", { n: count(list.length), year })}</p>
            <div class="table" tabIndex={0} role="region" aria-label={t("units.registered")}>
              <table>
                <thead><tr><th scope="col">{t("team.commune")}</th><th scope="col">{t("registered.standard")}</th><th scope="col">{t("team.decision")}</th><th scope="col">{t("registered.on")}</th>{keeps && <th scope="col">{t("people.do")}</th>}</tr></thead>
                <tbody>
                  {list.map((g) => (
                    <tr key={g.commune}>
                      <td>{name(g)}</td><td>{t(`registered.${g.standard}`)}</td>
                      <td>{g.decision} {g.origin === "A" && <State tone="wait">{t("registered.assumed")}</State>}</td><td>{day(g.on)}</td>
                      {keeps && <td><Button label={t("registered.take_of", { name: name(g) })} onTap={take(g)}>{t("registered.take")}</Button></td>}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function Add({ year, today, communes, done }: { year: string; today: string; communes: Unit[]; done: () => Promise<void> }) {
  const [find, setFind] = useState(""), [commune, setCommune] = useState("");
  const [v, set] = useState({ standard: "standard" as Registration["standard"], decision: "", on: today, origin: "S" });
  const [trouble, guard] = useTrouble();
  const words = plain(find);
  const shown = communes.filter((u) => u.unit === commune || (words && plain(u.name).includes(words))).slice(0, 8);
  const add = guard(async () => {
    await register({ commune, year: Number(year), ...v, decision: v.decision.trim().normalize("NFC") });
    toast(t("registered.done"));
    setCommune("");
    setFind("");
    await done();
  });
  return (
    <details class="card">
      <summary><strong>{t("registered.add", { year })}</strong></summary>
      <Field label={t("registered.find")} type="search" value={find} onInput={setFind} />
      <Chips label={t("team.commune")} options={shown.map((u) => ({ value: u.unit, text: u.name }))} chosen={[commune]} onChoose={setCommune} />
      {commune && (
        <>
          <Chips label={t("registered.standard")} options={[{ value: "standard", text: t("registered.standard") }, { value: "advanced", text: t("registered.advanced") }]} chosen={[v.standard]} onChoose={(standard) => set({ ...v, standard })} />
          <Field label={t("registered.decision")} hint={t("registered.decision_hint")} value={v.decision} onInput={(decision) => set({ ...v, decision })} max={100} />
          <Field label={t("registered.on_of")} type="date" value={v.on} onInput={(on) => set({ ...v, on })} />
          <Chips label={t("registered.origin")} options={["S", "I", "A"].map((o) => ({ value: o, text: t(`origin.${o as "S"}`) }))} chosen={[v.origin]} onChoose={(origin) => set({ ...v, origin })} />
          <Note><p>{t("registered.why")}</p></Note>
          {trouble}
          <Button look="main" onTap={add}>{t("registered.go", { name: communes.find((u) => u.unit === commune)?.name ?? "" })}</Button>
        </>
      )}
    </details>
  );
}
