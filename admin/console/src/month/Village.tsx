// What a team's village is, by date: some policies pay by its households and
// kind. Closed months keep what they were decided by.
import { Button, Field, Sheet, Toggle, toast } from "@banso/kit/pieces";
import { count, day } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { Loaded } from "../ui/loaded";
import { t } from "./text";
import { useTrouble } from "./trouble";

const kinds = ["thon", "ban", "xom", "khoi", "to_dan_pho", "ap", "khu_pho"] as const;

interface Known {
  from: string;
  households: number;
  kind: (typeof kinds)[number];
  key?: boolean;
  border?: boolean;
  source: string;
}

export function Village({ team, name, today, writes, changed }: { team: string; name: string; today: string; writes: boolean; changed: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onTap={() => setOpen(true)}>{t("village.go")}</Button>
      {open && <Sheet title={t("village.title", { team: name })} onClose={() => setOpen(false)}><Form team={team} today={today} writes={writes} changed={changed} /></Sheet>}
    </>
  );
}

function Form({ team, today, writes, changed }: { team: string; today: string; writes: boolean; changed: () => Promise<void> }) {
  const list = useLoad(() => get<{ villages: Known[] }>(`/v1/teams/${team}/village`), [team]);
  const [from, setFrom] = useState(today.slice(0, 4) + "-01-01"), [n, setN] = useState(""), [kind, setKind] = useState<Known["kind"]>("thon");
  const [key, setKey] = useState(false), [border, setBorder] = useState(false), [source, setSource] = useState("");
  const [trouble, guard] = useTrouble();
  const save = async (): Promise<void> => {
    await send("POST", `/v1/teams/${team}/village`, { from, households: Number(n), kind, ...(key && { key }), ...(border && { border }), source: source.trim() });
    toast(t("village.done"));
    await Promise.all([list.again(), changed()]);
  };
  return (
    <div class="month">
      <Loaded of={list} empty={{ when: (v) => v.villages.length === 0, text: t("village.none") }}>
        {({ villages }) => (
          <ul class="list">
            {[...villages].reverse().map((v) => (
              <li key={v.from}>{t("village", { day: day(v.from), kind: t(`village.${v.kind}`), n: count(v.households) })}{v.key && `, ${t("village.key")}`}{v.border && `, ${t("village.border")}`}<br /><span class="small">{v.source}</span></li>
            ))}
          </ul>
        )}
      </Loaded>
      {writes && (
        <>
          <Field label={t("village.from")} type="date" value={from} onInput={setFrom} />
          <Field label={t("village.households")} value={n} onInput={setN} mode="numeric" max={5} />
          <label class="field">{t("village.kind")}<select value={kind} onChange={(e) => setKind(e.currentTarget.value as Known["kind"])}>{kinds.map((k) => <option key={k} value={k}>{t(`village.${k}`)}</option>)}</select></label>
          <Toggle label={t("village.key")} on={key} onChange={setKey} />
          <Toggle label={t("village.border")} on={border} onChange={setBorder} />
          <Field label={t("village.source")} value={source} onInput={setSource} max={200} />
          {trouble}
          <Button look="main" wide busy={!Number(n) || !source.trim()} onTap={guard(save)}>{t("village.save")}</Button>
        </>
      )}
    </div>
  );
}
