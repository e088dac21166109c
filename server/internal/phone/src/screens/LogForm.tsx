// The form of an activity: everything optional but kind and day.
import { useState } from "preact/hooks";
import { type Kind, measureName, unitName } from "@banso/kit/kinds";
import type { Draft } from "../core/drafts";
import { offToday } from "../core/catalogue";
import { useLive } from "../core/live";
import { activities } from "../core/logging";
import { type Me, progressKey } from "../core/me";
import { type Content, text } from "../core/model";
import { addDays, day, t, weekday } from "../core/text";
import { Button, Card, Chips, Field, IconButton, Note, Sheet, Stepper, Toggle } from "../ui/kit";
import { PhotoField } from "../ui/photo_field";

interface Props {
  draft: Draft;
  kind: Kind | undefined;
  me: Me;
  onChange: (c: Content) => void;
  /** Returns what went wrong, "" if nothing. */
  onSave: () => Promise<string>;
}

export function LogForm({ draft, kind, me, onChange, onSave }: Props) {
  const c = draft.content;
  const [error, setError] = useState("");
  const set = (part: Partial<Content>): void => onChange({ ...c, ...part });
  const count = (key: string, v: number | undefined): void => {
    const measures = { ...c.measures };
    if (v === undefined) delete measures[key];
    else measures[key] = v;
    set({ measures });
  };
  const save = async (): Promise<void> => {
    if (c.doneOn > me.today) return setError(t("log.future"));
    setError(await onSave());
  };
  return (
    <>
      <Hints draft={draft} />
      <Card title={t("log.day")}><Day c={c} me={me} onDay={(doneOn) => set({ doneOn })} /></Card>
      {kind && kind.measures.length > 0 && (
        <Card title={t("log.counts")}>
          <p class="small">{t("log.counts_hint")}</p>
          {kind.measures.map((m) => <Stepper key={m.key} label={measureName(m)} unit={unitName(m.unit)} value={c.measures[m.key]} onChange={(v) => count(m.key, v)} />)}
        </Card>
      )}
      <Card title={t("log.evidence")}>
        {kind?.evidence && <p class="small">{t("log.evidence_hint", { what: kind.evidence })}</p>}
        <PhotoField team={c.team} evidence={c.evidence} onChange={(evidence) => set({ evidence })} />
        <Papers evidence={c.evidence} onChange={(evidence) => set({ evidence })} />
      </Card>
      <Card title={t("log.who")}><Who c={c} me={me} onChange={(participants) => set({ participants })} /></Card>
      <Card>
        <Field label={t("log.place")} value={c.place} onInput={(place) => set({ place })} max={300} />
        <Coordinates c={c} today={me.today} onChange={onChange} />
        <Field label={t("log.note")} hint={t("log.note_hint")} value={c.note} onInput={(note) => set({ note })} lines max={3000} />
      </Card>
      <div class="foot">
        {error && <p class="error" role="alert">{error}</p>}
        <Button look="main" wide icon="check" onTap={save}>{t(draft.edit ? "log.save_change" : "log.save")}</Button>
      </div>
    </>
  );
}

/** Hints say gently what the person may want to know before saving. */
function Hints({ draft }: { draft: Draft }) {
  const c = draft.content;
  const h = useLive(async (p) => {
    const same = (await activities(p, c.team, c.doneOn.slice(0, 7))).filter((a) => a.id !== draft.id && a.doneOn === c.doneOn && a.category === c.category && a.standing !== "withdrawn");
    const prog = await p.ref.get(progressKey(c.team, c.doneOn.slice(0, 7)));
    return { same: same.length, closed: ["closed", "finalised"].includes(text(prog?.doc ?? {}, "stage")) };
  }, [c.team, c.doneOn, c.category]);
  return (
    <>
      {h && h.same > 0 && <Note tone="wait"><p>{t("log.same_day", { n: h.same })}</p></Note>}
      {h?.closed && <Note tone="wait"><p>{t("log.month_closed")}</p></Note>}
    </>
  );
}

function Day({ c, me, onDay }: { c: Content; me: Me; onDay: (day: string) => void }) {
  const yesterday = addDays(me.today, -1);
  const other = c.doneOn !== me.today && c.doneOn !== yesterday;
  const [open, setOpen] = useState(other);
  return (
    <>
      <Chips
        label={t("log.day")}
        options={[{ value: me.today, text: t("log.today") }, { value: yesterday, text: t("log.yesterday") }, { value: "other", text: t("log.other_day") }]}
        chosen={[open || other ? "other" : c.doneOn]}
        onChoose={(v) => {
          setOpen(v === "other");
          if (v !== "other") onDay(v);
        }}
      />
      {(open || other) && <Field label={t("log.which_day")} type="date" value={c.doneOn} onInput={(v) => v && onDay(v > me.today ? me.today : v)} />}
      <p>{weekday(c.doneOn)}, {day(c.doneOn)}</p>
    </>
  );
}

function Who({ c, me, onChange }: { c: Content; me: Me; onChange: (who: string[]) => void }) {
  const team = me.teams.find((x) => x.id === c.team);
  const members = team?.members ?? [{ person: me.person, name: me.name, role: "member" }];
  const turn = (id: string): void => onChange(c.participants.includes(id) ? c.participants.filter((x) => x !== id) : [...c.participants, id]);
  return <Chips label={t("log.who")} options={members.map((m) => ({ value: m.person, text: m.person === me.person ? t("me_named", { name: m.name }) : m.name }))} chosen={c.participants} onChoose={turn} />;
}

/** Papers that the commune keeps, by their number or place. */
function Papers({ evidence, onChange }: { evidence: string[]; onChange: (e: string[]) => void }) {
  const [asking, setAsking] = useState(false);
  const [ref, setRef] = useState("");
  const papers = evidence.filter((e) => e.startsWith("paper:"));
  const add = (): void => {
    const name = ref.replace(/\s+/g, " ").trim();
    if (name && !evidence.includes("paper:" + name)) onChange([...evidence, "paper:" + name]);
    setRef("");
    setAsking(false);
  };
  return (
    <>
      {papers.map((e) => (
        <div class="row" key={e}>
          <span class="grow">{t("log.paper")}: {e.slice(6)}</span>
          <IconButton icon="trash" label={t("log.paper_remove", { what: e.slice(6) })} onTap={() => onChange(evidence.filter((x) => x !== e))} />
        </div>
      ))}
      <Button icon="paper" onTap={() => setAsking(true)}>{t("log.paper_add")}</Button>
      {asking && (
        <Sheet title={t("log.paper_add")} onClose={() => setAsking(false)}>
          <Field label={t("log.paper_name")} hint={t("log.paper_hint")} value={ref} onInput={setRef} max={150} focus />
          <Button look="main" wide onTap={add}>{t("add")}</Button>
        </Sheet>
      )}
    </>
  );
}

/** Coordinates only if the person turns them on, for this one activity. */
function Coordinates({ c, today, onChange }: { c: Content; today: string; onChange: (c: Content) => void }) {
  const [says, setSays] = useState("");
  const off = useLive((p) => offToday(p, "position", today), [today]);
  const turn = (on: boolean): void => {
    const { lat: _lat, lng: _lng, ...rest } = c;
    if (!on) return onChange(rest);
    setSays(t("log.locating"));
    navigator.geolocation.getCurrentPosition(
      (at) => {
        setSays("");
        onChange({ ...rest, lat: Math.round(at.coords.latitude * 1e6), lng: Math.round(at.coords.longitude * 1e6) });
      },
      (e) => setSays(t(e.code === e.PERMISSION_DENIED ? "log.location_denied" : "log.location_failed")),
      { timeout: 20_000, maximumAge: 60_000 },
    );
  };
  if (off && c.lat === undefined) return null; // what was noted may still be taken out
  return (
    <div>
      <Toggle label={t("log.location")} on={c.lat !== undefined} onChange={turn} />
      {says && <p class="small" role="status">{says}</p>}
    </div>
  );
}
