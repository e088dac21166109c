// A job until it is done, and how it ended.
import { sentence } from "@banso/kit/api";
import { Button, Card, Note } from "@banso/kit/pieces";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { save } from "../core/server";
import { useTrouble } from "../month/trouble";
import { type Job, type Walked, cancel, job as read, over, result, resultPath } from "./api";
import { both, day, dayOf, month, monthShort, t } from "./text";

const every = 700; // while one waits for it

interface Props {
  job: Job;
  /** Called once it has ended. */
  onDone: (job: Job) => unknown;
  /** What else there is to see of one that has ended. */
  more?: (job: Job) => ComponentChildren;
}

export function Running({ job: first, onDone, more }: Props) {
  const [job, setJob] = useState(first), [lost, setLost] = useState(""), [stopping, setStopping] = useState(false);
  useEffect(() => {
    if (over(job)) return void onDone(job);
    const timer = setTimeout(() => read(job.id).then((j) => { setLost(""); setJob({ ...j }); }, (e) => { setLost(sentence(e)); setJob({ ...job }); }), every);
    return () => clearTimeout(timer);
  }, [job]);
  const stop = async (): Promise<void> => {
    await cancel(job.id).then((j) => { setStopping(true); setJob(j); }, (e) => setLost(sentence(e)));
  };
  if (over(job)) return <Ended job={job} more={more} />;
  return (
    <Card title={called(job)}>
      <p role="status">{stopping ? t("stopping") : job.of ? t("steps", { n: job.rows ?? 0, of: job.of }) : t("waiting")}</p>
      <progress max={job.of ?? 1} {...(job.of && { value: job.rows ?? 0 })} aria-label={t("far")} />
      <p class="small">{t("leave")}</p>
      {lost && <Note tone="wait"><p>{lost}</p></Note>}
      {!stopping && <Button icon="cross" onTap={stop}>{t("cancel")}</Button>}
    </Card>
  );
}

/** called is what a job is about. */
export function called(j: Job): string {
  switch (j.kind) {
    case "import":
    case "undo":
      return j.file ? t(`what.${j.kind}`, { file: j.file }) : t(`what.${j.kind}.list`);
    case "close":
    case "finalise":
      return t(`what.${j.kind}`, { month: month(j.what) });
    case "what_if": {
      const [from = "", to = ""] = j.what.split("/");
      return t("what.what_if", { from: monthShort(from), to: monthShort(to) });
    }
    case "export":
      return t(`what.export.${j.what as "lists"}`);
  }
}

function Ended({ job, more }: { job: Job; more: Props["more"] | undefined }) {
  const r = job.report;
  return (
    <Note tone={job.state === "done" ? "good" : job.state === "failed" ? "bad" : "info"}>
      <p><strong>{called(job)}: {t(`job.${job.state}`)}.</strong> {both(job.msg_vi, job.msg)}</p>
      {r && <p>{t("counts", { created: r.created, updated: r.updated, unchanged: r.unchanged, bad: r.bad })}</p>}
      {job.stands && <ul>{job.stands.map((s) => <li key={s.ref + s.msg}><strong>{s.ref}</strong>: {both(s.msg_vi, s.msg)}</li>)}</ul>}
      {job.result && (job.kind === "close" || job.kind === "finalise") && <Open of={job} />}
      {job.result && <Fetch of={job} />}
      {more?.(job)}
    </Note>
  );
}

const most = 30; // teams that are named

/** Open names the teams whose month is not closed, and why. */
function Open({ of: j }: { of: Job }) {
  const list = useLoad(() => result<{ results: Walked[] }>(j.id), [j.id]);
  const open = (list.value?.results ?? []).filter((w) => !w.closed);
  if (open.length === 0) return null;
  return (
    <>
      <p>{t("closed")}:</p>
      <ul>{open.slice(0, most).map((w) => <li key={w.team}>{w.commune_name}, {w.name}: {both(w.detail_vi, w.detail)}</li>)}</ul>
      {open.length > most && <p class="small">{t("closed.more", { n: open.length - most })}</p>}
    </>
  );
}

/** Fetch keeps what a job made as a file. */
export function Fetch({ of: j }: { of: Job }) {
  const [trouble, guard] = useTrouble();
  return (
    <div class="row">
      <Button icon="paper" label={t("result.of", { what: called(j) })} onTap={guard(() => save(resultPath(j.id), j.result!.name))}>{t("result")}</Button>
      <span class="small">{t("result.until", { day: day(dayOf(j.result!.until_ms)) })}</span>
      {trouble}
    </div>
  );
}
