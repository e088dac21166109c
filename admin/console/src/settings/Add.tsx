// Adding a kind of activity, also in the place of another.
import { groupName, kindName } from "@banso/kit/kinds";
import { Button, Field, Note, Sheet, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import type { Listed } from "../core/kinds";
import { send } from "../core/server";
import { useTrouble } from "../month/trouble";
import { t } from "./text";

const tomorrow = (today: string): string => new Date(Date.parse(today) + 86_400_000).toISOString().slice(0, 10);
const tidy = (s: string): string => s.trim().normalize("NFC");

interface Props {
  list: Listed[];
  today: string;
  replaces: Listed | null;
  onClose: () => void;
  done: () => Promise<void>;
}

export function Add({ list, today, replaces: old, onClose, done }: Props) {
  const [v, set] = useState({ name: old?.name ?? "", name_en: "", group: old?.group ?? "", evidence: old?.evidence ?? "", source: "", from: old ? tomorrow(today) : today });
  const [measures, setMeasures] = useState(() => (old?.measures.filter((m) => m.unit) ?? []).map((m) => ({ name: m.name, name_en: m.nameEn ?? "", unit: m.unit })));
  const [trouble, guard] = useTrouble();
  const counts = measures.length > 0 ? measures : [{ name: "", name_en: "", unit: "" }];
  const change = (i: number, part: Partial<(typeof counts)[number]>): void => setMeasures(counts.map((m, n) => (n === i ? { ...m, ...part } : m)));
  const add = guard(async () => {
    await send("POST", "/v1/catalogue", {
      ...Object.fromEntries(Object.entries(v).map(([k, x]) => [k, tidy(x)]).filter(([, x]) => x)),
      measures: counts.map((m) => ({ name: tidy(m.name), unit: tidy(m.unit), ...(tidy(m.name_en) && { name_en: tidy(m.name_en) }) })),
      ...(old && { replaces: old.code }),
    });
    toast(t("kinds.add_done"));
    onClose();
    await done();
  });
  const field = (name: Exclude<keyof typeof v, "group">, more: { hint?: string; type?: "date" } = {}) => <Field label={t(`add.${name}`)} value={v[name]} onInput={(x) => set({ ...v, [name]: x })} max={160} {...more} />;
  return (
    <Sheet title={old ? t("kinds.replace_of", { name: kindName(old.code, old) }) : t("kinds.add")} onClose={onClose}>
      {old && <Note><p>{t("add.replaces")}</p></Note>}
      {field("name", { hint: t("add.name_hint") })}
      {field("name_en", { hint: t("add.name_en_hint") })}
      <label class="field">{t("kinds.group")}
        <select value={v.group} onChange={(e) => set({ ...v, group: e.currentTarget.value })}>
          <option value="">–</option>
          {[...new Set(list.map((k) => k.group))].map((g) => <option key={g} value={g}>{groupName(g)}</option>)}
        </select>
      </label>
      {counts.map((m, i) => (
        <fieldset key={i} class="after">
          <legend>{t("add.nth", { n: i + 1 })}</legend>
          <Field label={t("add.measure")} hint={t("add.measure_hint")} value={m.name} onInput={(name) => change(i, { name })} max={160} />
          <div class="days">
            <Field label={t("add.unit")} hint={t("add.unit_hint")} value={m.unit} onInput={(unit) => change(i, { unit })} max={20} />
            <Field label={t("add.measure_en")} value={m.name_en} onInput={(name_en) => change(i, { name_en })} max={160} />
          </div>
        </fieldset>
      ))}
      <div class="row">
        {counts.length < 6 && <Button icon="plus" onTap={() => setMeasures([...counts, { name: "", name_en: "", unit: "" }])}>{t("add.more")}</Button>}
        {counts.length > 1 && <Button onTap={() => setMeasures(counts.slice(0, -1))}>{t("add.fewer")}</Button>}
      </div>
      {field("evidence", { hint: t("add.evidence_hint") })}
      {field("source")}
      {field("from", { type: "date" })}
      {trouble}
      <Button look="main" wide onTap={add}>{t("add.go")}</Button>
    </Sheet>
  );
}
