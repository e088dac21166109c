// Who decides in the chair's place, and on which days.
import { sentence } from "@banso/kit/api";
import { Button, Card, Field, Note, State, type Tone, toast } from "@banso/kit/pieces";
import { href } from "@banso/kit/router";
import { useState } from "preact/hooks";
import { randomID } from "../core/id";
import { useLoad } from "../core/load";
import { type Me, communeStaff, hasRole, unitsOf } from "../core/me";
import { get, send } from "../core/server";
import { units } from "../roster/api";
import { day, plain, t as common, when } from "../core/text";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { t } from "./text";

interface Delegation {
  id: string;
  name: string;
  by_name?: string;
  at_ms?: number;
  from?: string;
  to: string;
}

interface Candidate {
  person: string;
  name: string;
  role: "commune_officer";
}

export default function Delegations({ me, rest }: ScreenProps) {
  const unit = rest[0] ?? unitsOf(me, communeStaff)[0];
  return unit ? <Of key={unit} me={me} unit={unit} wide={hasRole(me, ["province_admin", "system_admin"])} /> : <Choose />;
}

/** Choose finds the commune for who looks after all of them. */
function Choose() {
  const all = useLoad(() => units("level=commune"), []);
  const [find, setFind] = useState("");
  const words = plain(find);
  return (
    <>
      <h1>{t("title")}</h1>
      <p>{t("choose")}</p>
      <Field label={t("find")} type="search" value={find} onInput={setFind} />
      <Loaded of={all}>
        {(list) => <ul class="columns">{list.filter((u) => !words || plain(u.name).includes(words)).slice(0, 60).map((u) => <li key={u.unit}><a href={href("delegation", u.unit)}>{u.name}</a></li>)}</ul>}
      </Loaded>
    </>
  );
}

function Of({ me, unit, wide }: { me: Me; unit: string; wide: boolean }) {
  const load = useLoad(() => get<{ delegations: Delegation[]; candidates: Candidate[] }>(`/v1/communes/${unit}/delegations`), [unit]);
  const place = useLoad(async () => (wide ? ((await units("level=commune")).find((u) => u.unit === unit)?.name ?? "") : ""), [unit]);
  const gives = me.grants.some((g) => (g.unit === unit && g.role === "commune_chair") || g.role === "province_admin" || g.role === "system_admin");
  const [error, setError] = useState("");
  const end = async (d: Delegation): Promise<void> => {
    setError("");
    try {
      await send("POST", `/v1/delegations/${d.id}/end`);
      toast(t("ended"));
      await load.again();
    } catch (e) {
      setError(sentence(e));
    }
  };
  return (
    <>
      {wide && <p><a href={href("delegation")}>{t("back")}</a></p>}
      <h1>{t("title")}{place.value && `: ${place.value}`}</h1>
      <p>{t("why")} <span class="badge" title={t("assumed")}>A</span></p>
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <Loaded of={load}>
        {({ delegations, candidates }) => (
          <>
            {gives && (candidates.length > 0 ? <Give key={delegations.length} unit={unit} today={me.today} to={candidates} done={load.again} /> : <Note tone="info"><p>{t("nobody")}</p></Note>)}
            {delegations.length === 0 && <p class="small">{t("none")}</p>}
            {[...delegations].reverse().map((d) => {
              const stand = d.to < me.today ? "over" : (d.from ?? "") > me.today ? "soon" : "now";
              return (
                <Card key={d.id} title={d.name}>
                  <div class="row">
                    <State tone={({ now: "good", soon: "wait", over: "" } as Record<string, Tone>)[stand]!}>{t(`state.${stand}`)}</State>
                    <span class="grow">{t("span", { from: day(d.from ?? ""), to: day(d.to) })}</span>
                    {gives && stand !== "over" && <Button look="danger" label={`${t("end")}: ${d.name}`} onTap={() => end(d)}>{t("end")}</Button>}
                  </div>
                  {d.by_name && <p class="small">{t("by", { name: d.by_name, when: when(d.at_ms ?? 0, me.now_ms) })}</p>}
                </Card>
              );
            })}
          </>
        )}
      </Loaded>
    </>
  );
}

function Give({ unit, today, to, done }: { unit: string; today: string; to: Candidate[]; done: () => Promise<void> }) {
  const [key] = useState(randomID);
  const [person, setPerson] = useState(to[0]!.person);
  const [from, setFrom] = useState(today), [until, setUntil] = useState(today);
  const [error, setError] = useState("");
  const give = async (): Promise<void> => {
    setError("");
    try {
      const d = await send<Delegation>("POST", `/v1/communes/${unit}/delegations`, { key, person, from, to: until });
      toast(t("given", { name: d.name }));
      await done();
    } catch (e) {
      setError(sentence(e));
    }
  };
  return (
    <Card title={t("give")}>
      <label class="field">{t("person")}<select value={person} onChange={(e) => setPerson(e.currentTarget.value)}>{to.map((c) => <option key={c.person} value={c.person}>{c.name} ({common(`role.${c.role}`)})</option>)}</select></label>
      <div class="days">
        <Field label={t("from")} type="date" value={from} onInput={setFrom} />
        <Field label={t("to")} type="date" value={until} onInput={setUntil} />
      </div>
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <div><Button look="main" onTap={give}>{t("give")}</Button></div>
    </Card>
  );
}
