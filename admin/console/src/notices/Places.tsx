// Which communes a message goes to: a chair's own, or any that the province picks.
import { Chips, Field, Toggle } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import type { Unit } from "./api";
import { plain, t } from "./text";

const most = 8; // shown at a time: who looks for one types its name

interface Props {
  all: Unit[];
  /** Those of a chair; none: the province's choice. */
  own: string[];
  some: boolean;
  chosen: string[];
  onChoose: (some: boolean, units: string[]) => void;
}

export function Places({ all, own, some, chosen, onChoose }: Props) {
  const [find, setFind] = useState("");
  const name = (id: string): string => all.find((u) => u.unit === id)?.name ?? "";
  if (own.length === 1) return <p>{name(own[0]!)}</p>;
  if (own.length > 1) all = all.filter((u) => own.includes(u.unit));
  const words = plain(find);
  const found = all.filter((u) => !words || plain(u.name).includes(words));
  const shown = found.slice(0, most);
  const set = (id: string, on: boolean): void => onChoose(true, on ? [...chosen, id] : chosen.filter((c) => c !== id));
  return (
    <>
      {own.length === 0 && (
        <Chips
          label={t("places")} options={[{ value: "all", text: t("places.all") }, { value: "some", text: t("places.some") }]} chosen={[some ? "some" : "all"]}
          onChoose={(v) => onChoose(v === "some", [])}
        />
      )}
      {some && (
        <>
          {chosen.length > 0 && <Chips label={t("places.chosen")} options={chosen.map((c) => ({ value: c, text: name(c) }))} chosen={chosen} onChoose={(c) => set(c, false)} />}
          <Field label={t("places.find")} type="search" value={find} onInput={setFind} />
          <div>{shown.map((u) => <Toggle key={u.unit} label={u.name} on={chosen.includes(u.unit)} onChange={(on) => set(u.unit, on)} />)}</div>
          {found.length > most && <p class="small">{t("places.more", { n: found.length - most })}</p>}
        </>
      )}
    </>
  );
}
