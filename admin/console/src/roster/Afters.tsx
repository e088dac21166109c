// The units that there are after a change.
import { Button, Card, Field } from "@banso/kit/pieces";
import type { After, EventKind, Unit } from "./api";
import { t } from "./text";

const kinds = {
  province: ["tinh", "thanh_pho_tw"],
  district: ["huyen", "thi_xa", "thanh_pho", "quan"],
  commune: ["xa", "phuong", "thi_tran", "dac_khu"],
} as const;

interface Props {
  kind: EventKind;
  level: Unit["level"];
  before: Unit[];
  parents: Unit[];
  to: After[];
  set: (to: After[]) => void;
}

export function Afters({ kind, level, before, parents, to, set }: Props) {
  const change = (i: number, part: Partial<After>): void => set(to.map((a, n) => (n === i ? { ...a, ...part } : a)));
  const more = kind === "split" || kind === "merge";
  return (
    <Card title={t("change.after")}>
      {kind === "reparent" ? (
        <>
          <p class="small">{t("change.all_go", { n: before.length })}</p>
          <Parent parents={parents} value={to[0]?.parent ?? ""} set={(parent) => set(to.map((a) => ({ ...a, parent })))} />
        </>
      ) : to.map((a, i) => (
        <fieldset key={i} class="after">
          <legend>{to.length > 1 ? t("change.nth", { n: i + 1 }) : t("change.one")}</legend>
          {more && (
            <label class="field">{t("change.same")}
              <select value={a.unit ?? ""} onChange={(e) => change(i, goesOn(before.find((u) => u.unit === e.currentTarget.value)))}>
                <option value="">{t("change.new")}</option>
                {before.map((u) => <option key={u.unit} value={u.unit}>{t("change.goes_on", { name: u.name })}</option>)}
              </select>
            </label>
          )}
          <div class="days">
            <Field label={t("units.name")} hint={t("change.name_hint")} value={a.name ?? ""} onInput={(name) => change(i, { name })} max={120} />
            <Field label={t("units.code")} value={a.code ?? ""} onInput={(code) => change(i, { code })} mode="numeric" max={5} />
            <label class="field">{t("change.unit_kind")}
              <select value={a.kind ?? ""} onChange={(e) => change(i, { kind: e.currentTarget.value })}>
                <option value="">–</option>
                {kinds[level].map((k) => <option key={k} value={k}>{t(`unit_kind.${k}`)}</option>)}
              </select>
            </label>
          </div>
          {level !== "province" && <Parent parents={parents} value={a.parent ?? ""} set={(parent) => change(i, { parent })} />}
        </fieldset>
      ))}
      {kind === "split" && (
        <div class="row">
          <Button icon="plus" onTap={() => set([...to, goesOn(undefined)])}>{t("change.more")}</Button>
          {to.length > 2 && <Button onTap={() => set(to.slice(0, -1))}>{t("change.fewer")}</Button>}
        </div>
      )}
    </Card>
  );
}

/** goesOn is a unit as it was; undefined: a new one. */
function goesOn(u: Unit | undefined): After {
  return u ? { unit: u.unit, code: u.code, kind: u.kind, name: u.name } : { unit: "", code: "", name: "" };
}

function Parent({ parents, value, set }: { parents: Unit[]; value: string; set: (id: string) => void }) {
  return (
    <label class="field">{t("units.parent")}
      <select value={value} onChange={(e) => set(e.currentTarget.value)}>
        <option value="">{t("change.as_before")}</option>
        {parents.map((p) => <option key={p.unit} value={p.unit}>{p.name}</option>)}
      </select>
    </label>
  );
}
