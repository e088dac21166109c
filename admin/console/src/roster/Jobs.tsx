// Jobs: the one that runs, and those of before with the way back.
import { sentence } from "@banso/kit/api";
import { Button, Card, Note, Sheet, State, type Tone } from "@banso/kit/pieces";
import { useEffect, useState } from "preact/hooks";
import { Rows } from "./Outcome";
import { type Job, cancel, job as read, undo } from "./api";
import { kindName } from "./Imports";
import { both, t, when } from "./text";

const every = 700; // while one waits for it

const over = (j: Job): boolean => j.state !== "waiting" && j.state !== "running";

/** Running shows a job until it is done, and how it ended. */
export function Running({ job: first, onDone }: { job: Job; onDone: () => Promise<void> }) {
  const [job, setJob] = useState(first);
  const [lost, setLost] = useState("");
  useEffect(() => {
    if (over(job)) return void onDone();
    const timer = setTimeout(() => read(job.id).then((j) => { setLost(""); setJob({ ...j }); }, (e) => { setLost(sentence(e)); setJob({ ...job }); }), every);
    return () => clearTimeout(timer);
  }, [job]);
  const stop = async (): Promise<void> => {
    await cancel(job.id).then(setJob, (e) => setLost(sentence(e)));
  };
  if (over(job)) return <Ended job={job} />;
  return (
    <Card title={t(`doing.${job.kind}`, { file: job.file ?? "" })}>
      <p role="status">{job.of ? t("jobs.rows", { n: job.rows ?? 0, of: job.of }) : t("jobs.waiting")}</p>
      <progress max={job.of ?? 1} {...(job.of && { value: job.rows ?? 0 })} aria-label={t("jobs.far")} />
      <p class="small">{t("jobs.leave")}</p>
      {lost && <Note tone="wait"><p>{lost}</p></Note>}
      <Button icon="cross" onTap={stop}>{t("jobs.cancel")}</Button>
    </Card>
  );
}

function Ended({ job }: { job: Job }) {
  const r = job.report;
  return (
    <Note tone={job.state === "done" ? "good" : job.state === "failed" ? "bad" : "info"}>
      <p><strong>{t(`ended.${job.kind}`, { file: job.file ?? "" })}: {t(`job.${job.state}`)}.</strong> {both(job.msg_vi, job.msg)}</p>
      {r && <p>{t("jobs.counts", { created: r.created, updated: r.updated, unchanged: r.unchanged, bad: r.bad })}</p>}
      {job.stands && <ul>{job.stands.map((s) => <li key={s.ref + s.msg}><strong>{s.ref}</strong>: {both(s.msg_vi, s.msg)}</li>)}</ul>}
      {r && r.rows.length > 0 && <Rows rows={r.rows} />}
    </Note>
  );
}

const tones: Record<Job["state"], Tone> = { waiting: "wait", running: "wait", done: "good", failed: "bad", cancelled: "" };

/** Past lists the jobs; an import that stands can be taken back. */
export function Past({ list, now, again }: { list: Job[]; now: number; again: () => Promise<void> }) {
  const [asked, ask] = useState<Job | null>(null);
  const [running, setRunning] = useState<Job | null>(null);
  const [bad, setBad] = useState("");
  const go = async (): Promise<void> => {
    await undo(asked!.id).then(setRunning, (e) => setBad(sentence(e)));
    ask(null);
  };
  return (
    <>
      {bad && <Note tone="bad"><p>{bad}</p></Note>}
      {running && <Running key={running.id} job={running} onDone={again} />}
      <ul class="jobs">
        {list.map((j) => (
          <li key={j.id} class="row">
            <span class="grow">
              <strong>{t(j.kind === "import" ? "past.import" : "past.undo_job", { kind: kindName(j.what) })}</strong> {j.file}
              <span class="small">{when(j.made_ms, now)} · {j.name}{j.report ? ` · ${t("jobs.counts", { created: j.report.created, updated: j.report.updated, unchanged: j.report.unchanged, bad: j.report.bad })}` : ""}</span>
            </span>
            {j.undone ? <State tone="" icon="undo">{t("past.undone")}</State> : <State tone={tones[j.state]}>{t(`job.${j.state}`)}</State>}
            {j.kind === "import" && j.state === "done" && !j.undone && <Button icon="undo" onTap={() => { setBad(""); ask(j); }} label={t("past.undo_of", { file: j.file || kindName(j.what) })}>{t("past.undo")}</Button>}
          </li>
        ))}
      </ul>
      {asked && (
        <Sheet title={t("past.undo")} onClose={() => ask(null)}>
          <p>{t("past.sure", { file: asked.file || kindName(asked.what) })}</p>
          <p class="small">{t("past.sure_why")}</p>
          <Button look="danger" wide onTap={go}>{t("past.undo_go")}</Button>
        </Sheet>
      )}
    </>
  );
}
