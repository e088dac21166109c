// What runs on the server, what has ended and its results, and large exports.
import { Button, Card, State, type Tone } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { type Me, communeStaff, hasRole, provinceStaff, unitsOf } from "../core/me";
import { send } from "../core/server";
import { useTrouble } from "../month/trouble";
import type { ScreenProps } from "../screens";
import { Empty, Loaded } from "../ui/loaded";
import { type Job, jobs, over } from "./api";
import { Fetch, Running, called } from "./Running";
import { addMonths, both, month, t, when } from "./text";

const tones: Record<Job["state"], Tone> = { waiting: "wait", running: "wait", done: "good", failed: "bad", cancelled: "" };

export default function Work({ me }: ScreenProps) {
  const all = useLoad(jobs, []);
  const running = (all.value ?? []).filter((j) => !over(j)).reverse();
  return (
    <>
      <h1>{t("title")}</h1>
      <p class="small">{t("why")}</p>
      <Loaded of={all}>
        {(list) => (
          <>
            <h2>{t("now")}</h2>
            {running.length === 0 && <p>{t("now.none")}</p>}
            {running.map((j) => <Running key={j.id} job={j} onDone={all.again} />)}
            <Card title={t("past")}>
              {list.every((j) => !over(j)) ? <Empty text={t("past.none")} icon="inbox" /> : (
                <ul class="jobs">{list.filter(over).map((j) => <Past key={j.id} of={j} me={me} />)}</ul>
              )}
            </Card>
            <Start me={me} started={all.again} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Past({ of: j, me }: { of: Job; me: Me }) {
  const kept = j.result && j.by === me.person && j.result.until_ms > me.now_ms;
  return (
    <li class="row">
      <span class="grow">
        <strong>{called(j)}</strong>
        <span class="small">{when(j.made_ms, me.now_ms)} · {j.name}{j.msg_vi && ` · ${both(j.msg_vi, j.msg)}`}</span>
      </span>
      <State tone={tones[j.state]}>{t(`job.${j.state}`)}</State>
      {kept && <Fetch of={j} />}
    </li>
  );
}

/** Start asks for a large export. */
function Start({ me, started }: { me: Me; started: () => unknown }) {
  const unit = unitsOf(me, communeStaff)[0] ?? "";
  const kinds = unit || hasRole(me, ["province_admin"]) ? (["activities", "lists"] as const) : (["activities"] as const);
  const last = addMonths(me.today.slice(0, 7), -1);
  const [kind, setKind] = useState<"activities" | "lists">("activities"), [format, setFormat] = useState("xlsx");
  const [from, setFrom] = useState(last), [to, setTo] = useState(last);
  const [trouble, guard] = useTrouble();
  if (!unit && !hasRole(me, provinceStaff)) return null;
  const months = Array.from({ length: 36 }, (_, i) => addMonths(last, 1 - i));
  const formats = kind === "lists" ? ["pdf", "xlsx", "csv"] : ["xlsx", "csv"];
  const go = async (): Promise<void> => {
    await send("POST", "/v1/exports", { kind, from, to, format: formats.includes(format) ? format : "xlsx", ...(unit && { unit }) });
    await started();
  };
  const choice = (label: string, value: string, set: (v: string) => void, of: readonly (readonly [string, string])[]) => (
    <label class="field">{label}<select value={value} onChange={(e) => set(e.currentTarget.value)}>{of.map(([v, text]) => <option key={v} value={v}>{text}</option>)}</select></label>
  );
  return (
    <details class="card">
      <summary>{t("export.title")}</summary>
      {choice(t("export.kind"), kind, (v) => setKind(v as typeof kind), kinds.map((k) => [k, t(`export.${k}`)] as const))}
      {choice(t("export.from"), from, (v) => { setFrom(v); if (v > to) setTo(v); }, months.map((m) => [m, month(m)] as const))}
      {choice(t("export.to"), to, (v) => { setTo(v); if (v < from) setFrom(v); }, months.map((m) => [m, month(m)] as const))}
      {choice(t("export.format"), formats.includes(format) ? format : "xlsx", setFormat, formats.map((f) => [f, f.toUpperCase()] as const))}
      <p class="small">{t("export.span")}{!unit && kind === "activities" && ` ${t("export.bare")}`}</p>
      {trouble}
      <Button icon="paper" onTap={guard(go)}>{t("export.go")}</Button>
    </details>
  );
}
