// Days that were moved later for a named reason: holidays, storms, outages, a
// delegation. None is ever taken back, and none makes a day earlier.
import { Button, Card, Field, Sheet, toast } from "@banso/kit/pieces";
import { addMonths, day, dayOf, month as monthName, monthShort } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { Loaded } from "../ui/loaded";
import { t } from "./text";
import { useTrouble } from "./trouble";

interface Extension {
  id: string;
  kind: "outage" | "storm" | "holiday" | "delegation";
  from: string;
  to: string;
  unit?: string;
  team?: string;
  days: number;
  reason: string;
  at_ms: number;
}

interface Unit {
  unit: string;
  name: string;
}

const kinds: Extension["kind"][] = ["holiday", "storm", "outage", "delegation"];

export function Extensions({ admin, today }: { admin: boolean; today: string }) {
  const list = useLoad(async () => {
    const [x, u] = await Promise.all([get<{ extensions: Extension[] }>("/v1/extensions"), get<{ units: Unit[] }>("/v1/units?level=commune")]);
    return { extensions: x.extensions, units: [...u.units].sort((a, b) => a.name.localeCompare(b.name, "vi")) };
  }, []);
  const [adding, setAdding] = useState(false);
  const where = (x: Extension, units: Unit[]): string => (x.team ? t("extension.team") : x.unit ? (units.find((u) => u.unit === x.unit)?.name ?? t("extension.unit")) : t("extension.province"));
  return (
    <Card title={t("extensions")}>
      <Loaded of={list} empty={{ when: (v) => v.extensions.length === 0, text: t("extensions.none") }}>
        {({ extensions, units }) => (
          <ul class="list">
            {[...extensions].reverse().map((x) => (
              <li key={x.id}>
                {t("extension", { kind: t(`extension.${x.kind}`), days: x.days, from: monthShort(x.from), to: monthShort(x.to) })}
                <br /><span class="small">{where(x, units)} · {x.reason} · {day(dayOf(x.at_ms))}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {admin && <Button icon="plus" onTap={() => setAdding(true)}>{t("extension.go")}</Button>}
      {adding && <Add units={list.value?.units ?? []} today={today} onClose={() => setAdding(false)} done={list.again} />}
    </Card>
  );
}

function Add({ units, today, onClose, done }: { units: Unit[]; today: string; onClose: () => void; done: () => Promise<void> }) {
  const now = today.slice(0, 7);
  const [kind, setKind] = useState<Extension["kind"]>("holiday"), [from, setFrom] = useState(now), [to, setTo] = useState(now);
  const [unit, setUnit] = useState(""), [days, setDays] = useState(""), [reason, setReason] = useState("");
  const [trouble, guard] = useTrouble();
  const add = async (): Promise<void> => {
    await send("POST", "/v1/extensions", { kind, from, to, ...(unit && { unit }), days: Number(days), reason: reason.trim() });
    toast(t("extension.done"));
    onClose();
    await done();
  };
  const months = Array.from({ length: 24 }, (_, i) => addMonths(now, 12 - i)).map((m) => ({ value: m, text: monthName(m) }));
  const choice = <T extends string>(label: string, value: T, set: (v: T) => void, options: { value: string; text: string }[]) => (
    <label class="field">{label}<select value={value} onChange={(e) => set(e.currentTarget.value as T)}>{options.map((o) => <option key={o.value} value={o.value}>{o.text}</option>)}</select></label>
  );
  return (
    <Sheet title={t("extension.go")} onClose={onClose}>
      <div class="month">
        <p>{t("extension.hint")}</p>
        {choice(t("extension.kind"), kind, setKind, kinds.map((k) => ({ value: k, text: t(`extension.${k}`) })))}
        {choice(t("draft.from"), from, setFrom, months)}
        {choice(t("draft.to"), to, setTo, months)}
        {choice(t("extension.where"), unit, setUnit, [{ value: "", text: t("extension.province") }, ...units.map((u) => ({ value: u.unit, text: u.name }))])}
        <Field label={t("extension.days")} value={days} onInput={setDays} mode="numeric" max={3} />
        <Field label={t("extension.reason")} value={reason} onInput={setReason} lines max={500} />
        {trouble}
        <Button look="main" wide busy={!Number(days) || !reason.trim()} onTap={guard(add)}>{t("extension.go")}</Button>
      </div>
    </Sheet>
  );
}
