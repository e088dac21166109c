// Imports of before, each with the way back.
import { sentence } from "@banso/kit/api";
import { Button, Note, Sheet, State, type Tone } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { type Job, undo } from "../jobs/api";
import { Running } from "../jobs/Running";
import { t as jobText } from "../jobs/text";
import { kindName } from "./Imports";
import { t, when } from "./text";

const tones: Record<Job["state"], Tone> = { waiting: "wait", running: "wait", done: "good", failed: "bad", cancelled: "" };

/** Past lists imports and their undos; an import that stands can be taken back. */
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
        {list.filter((j) => j.kind === "import" || j.kind === "undo").map((j) => (
          <li key={j.id} class="row">
            <span class="grow">
              <strong>{t(j.kind === "import" ? "past.import" : "past.undo_job", { kind: kindName(j.what) })}</strong> {j.file}
              <span class="small">{when(j.made_ms, now)} · {j.name}{j.report ? ` · ${jobText("counts", { created: j.report.created, updated: j.report.updated, unchanged: j.report.unchanged, bad: j.report.bad })}` : ""}</span>
            </span>
            {j.undone ? <State tone="" icon="undo">{t("past.undone")}</State> : <State tone={tones[j.state]}>{jobText(`job.${j.state}`)}</State>}
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
