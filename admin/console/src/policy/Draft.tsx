// A new version of a policy: what changes, what would have come of it over past
// months, and the proposal that a second person decides.
import { Button, Card, Field, Note, Toggle } from "@banso/kit/pieces";
import { href } from "@banso/kit/router";
import { addMonths, money, month as monthName } from "@banso/kit/words";
import { useRef, useState } from "preact/hooks";
import { randomID } from "../core/id";
import { send } from "../core/server";
import { type Job, asJob, over, result } from "../jobs/api";
import { Running } from "../jobs/Running";
import { useTrouble } from "../month/trouble";
import { type Change, type File, type WhatIf, changed, next, words } from "./data";
import { Tried } from "./Tried";
import { t } from "./text";

export function Draft({ of: f, today, done }: { of: File; today: string; done: () => Promise<void> }) {
  const [c, setC] = useState(() => next(f)), [own, setOwn] = useState<string | null>(null);
  const [key] = useState(randomID), [trouble, guard] = useTrouble();
  const set = (part: Partial<Change>): void => setC({ ...c, ...part });
  const text = own ?? changed(f, c);
  const propose = async (): Promise<void> => {
    await send("POST", "/v1/policies/proposals", { key, file: text });
    await done();
  };
  return (
    <div class="month">
      <p><a href={href("policies")}>{t("back")}</a></p>
      <h1>{t("draft.title", { title: words(f.title) })}</h1>
      <Card title={t("draft.what")}>
        <Field label={t("draft.version")} value={c.version} onInput={(version) => set({ version })} max={20} />
        {f.rate_vnd !== undefined && <Field label={t("draft.rate")} value={c.rate} onInput={(rate) => set({ rate })} mode="numeric" max={15} />}
        {(f.presets?.length ?? 0) > 1 && (
          <label class="field">{t("draft.preset")}<select value={c.preset} onChange={(e) => set({ preset: e.currentTarget.value })}>
            {f.presets!.map((p) => <option key={p.id} value={p.id}>{t("preset", { a: p.activities, d: p.days, m: p.members })}</option>)}
          </select></label>
        )}
        {f.rules.filter((r) => r.origin === "A").map((r) => (
          <Toggle key={r.id} label={`${r.id} ${words(r.text)}`} on={!c.without.includes(r.id)} onChange={(on) => set({ without: on ? c.without.filter((x) => x !== r.id) : [...c.without, r.id] })} />
        ))}
        <details>
          <summary>{t("draft.file")}</summary>
          <Field label={t("draft.text")} hint={t("draft.text_hint")} value={text} onInput={setOwn} lines class="code" />
        </details>
      </Card>
      <Trial text={text} today={today} />
      {trouble}
      <Note><p>{t("two")}</p></Note>
      <Button look="main" wide onTap={guard(propose)}>{t("propose")}</Button>
    </div>
  );
}

function Trial({ text, today }: { text: string; today: string }) {
  const last = addMonths(today.slice(0, 7), -1);
  const [from, setFrom] = useState(addMonths(last, -11)), [to, setTo] = useState(last);
  const [out, setOut] = useState<{ text: string; value: WhatIf } | null>(null), [job, setJob] = useState<Job | null>(null);
  const tried = useRef("");
  const [trouble, guard] = useTrouble();
  const run = async (): Promise<void> => {
    setOut(null);
    tried.current = text;
    setJob(await send<Job>("POST", "/v1/policies/what-if", { policy: JSON.parse(text) as unknown, from, to, changes: 50 }, asJob));
  };
  const done = async (j: Job): Promise<void> => {
    if (j.state !== "done") return;
    const value = await result<WhatIf>(j.id);
    setJob(null);
    setOut({ text: tried.current, value });
  };
  const months = Array.from({ length: 36 }, (_, i) => addMonths(last, -i));
  const choice = (label: string, value: string, set: (v: string) => void) => (
    <label class="field">{label}<select value={value} onChange={(e) => set(e.currentTarget.value)}>{months.map((m) => <option key={m} value={m}>{monthName(m)}</option>)}</select></label>
  );
  return (
    <Card title={t("try")}>
      <p class="small">{t("try.hint")}</p>
      {choice(t("from"), from, setFrom)}
      {choice(t("to"), to, setTo)}
      {trouble}
      <Button wide busy={job !== null && !over(job)} onTap={guard(run)}>{t("try.go")}</Button>
      {job && <Running key={job.id} job={job} onDone={(j) => { setJob(j); return guard(() => done(j))(); }} />}
      {out && out.text !== text && <Note tone="wait"><p>{t("try.stale")}</p></Note>}
      {out && <Tried of={out.value} />}
      {out && <p class="small">{t("try.sum", { was: money(out.value.total.was_vnd), would: money(out.value.total.would_vnd) })}</p>}
    </Card>
  );
}
