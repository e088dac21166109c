// The first run: what a new server needs before teams can work, step by step.
// Each step is done when the server says so, by whatever way it came about.
import { sentence } from "@banso/kit/api";
import { href } from "@banso/kit/router";
import { Button, Card, Field, Note, State } from "@banso/kit/pieces";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get } from "../core/server";
import type { ScreenProps } from "../screens";
import type { Job } from "../jobs/api";
import { Running } from "../jobs/Running";
import { Loaded } from "../ui/loaded";
import { People } from "./People";
import { type Unit, people, takeIn, teams, units } from "./api";
import { t } from "./text";

interface Stand {
  province: Unit | undefined;
  communes: number;
  policies: number;
  heads: number;
  teams: number;
}

async function look(today: string): Promise<Stand> {
  const [top, communes, { policies }, all] = await Promise.all([units("level=province"), units("level=commune"), get<{ policies: unknown[] }>("/v1/policies"), teams()]);
  const staff = top[0] ? await people({ unit: top[0].unit }) : [];
  const heads = staff.filter((m) => m.role === "province_admin" && (!m.to || m.to >= today)).length;
  return { province: top[0], communes: communes.length, policies: policies.length, heads, teams: all.length };
}

export default function Start({ me }: ScreenProps) {
  const state = useLoad(() => look(me.today), []);
  return (
    <>
      <h1>{t("start.title")}</h1>
      <p>{t("start.why")}</p>
      <Loaded of={state}>
        {(s) => (
          <ol class="steps">
            <Step title={t("start.province")} done={!!s.province}>{s.province ? <p>{s.province.name} ({s.province.code})</p> : <Province done={state.again} />}</Step>
            <Step title={t("start.communes")} done={s.communes > 0}>
              <p>{s.communes > 0 ? t("start.communes_there", { n: s.communes }) : t("start.communes_why")}</p>
              {s.province && <p><a class="button" href={href("imports", "units")}>{t("start.import")}</a></p>}
            </Step>
            <Step title={t("start.policy")} done={s.policies > 0}>
              <p>{s.policies > 0 ? t("start.policy_there", { n: s.policies }) : t("start.policy_why")}</p>
              <p><a class="button" href={href("policies")}>{t("start.policy_go")}</a></p>
            </Step>
            <Step title={t("start.head")} done={s.heads > 0}>
              <p>{t("start.head_why")}</p>
              {s.province && <People me={me} of={{ unit: s.province.unit }} title={s.province.name} place={s.province.name} roles={["province_admin", "province_viewer", "system_admin"]} onChange={state.again} />}
            </Step>
            <Step title={t("start.teams")} done={s.teams > 0}>
              <p>{s.teams > 0 ? t("start.teams_there", { n: s.teams }) : t("start.teams_why")}</p>
              {s.communes > 0 && <p><a class="button" href={href("imports", "teams")}>{t("start.import")}</a></p>}
            </Step>
          </ol>
        )}
      </Loaded>
    </>
  );
}

function Step({ title, done, children }: { title: string; done: boolean; children: ComponentChildren }) {
  return (
    <li>
      <Card>
        <div class="row"><h2 class="grow">{title}</h2>{done ? <State tone="good">{t("start.done")}</State> : <State tone="wait">{t("start.open")}</State>}</div>
        {children}
      </Card>
    </li>
  );
}

/** Province is the only unit that is typed: it goes the way of all files, so it can be taken back. */
function Province({ done }: { done: () => Promise<void> }) {
  const [v, set] = useState({ code: "", name: "", from: "2025-07-01", basis: "" });
  const [bad, setBad] = useState("");
  const [job, setJob] = useState<Job | null>(null);
  const go = async (): Promise<void> => {
    setBad("");
    const kind = v.name.normalize("NFC").startsWith("Thành phố") ? "thanh_pho_tw" : "tinh";
    const cell = (s: string): string => `"${s.trim().normalize("NFC").replace(/"/g, '""')}"`;
    const row = ["province", v.code, kind, v.name, "", "", v.from, "", v.basis, ""].map(cell).join(",");
    const head = "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref";
    await takeIn("units", new File([`${head}\n${row}\n`], `${v.name}.csv`), false).then(setJob, (e) => setBad(sentence(e)));
  };
  const field = (name: keyof typeof v, more: { type?: "date"; hint?: string } = {}) => <Field label={t(`province.${name}`)} value={v[name]} onInput={(x) => set({ ...v, [name]: x })} {...more} />;
  return (
    <>
      <p>{t("start.province_why")}</p>
      {field("name", { hint: t("province.name_hint") })}
      {field("code", { hint: t("province.code_hint") })}
      {field("from", { type: "date", hint: t("province.from_hint") })}
      {field("basis")}
      {bad && <Note tone="bad"><p>{bad}</p></Note>}
      {job && <Running key={job.id} job={job} onDone={done} />}
      <Button look="main" onTap={go}>{t("province.go")}</Button>
    </>
  );
}
