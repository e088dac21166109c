// Lists from a file: try it, see what would become of each row, take it in, and
// take it back as a whole.
import { sentence } from "@banso/kit/api";
import { Icon } from "@banso/kit/icons";
import { Button, Card, Chips, Note } from "@banso/kit/pieces";
import { useRef, useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { hasRole } from "../core/me";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { type Job, jobs } from "../jobs/api";
import { Running } from "../jobs/Running";
import { type Kind, type Report, kinds, ofSystem, takeIn, tryFile } from "./api";
import { Past } from "./Jobs";
import { Outcome, Rows } from "./Outcome";
import { both, t } from "./text";

export default function Imports({ me, rest }: ScreenProps) {
  const all = useLoad(kinds, []);
  const past = useLoad(jobs, []);
  const [kind, setKind] = useState(rest[0] ?? "members");
  const mine = (k: Kind): boolean => hasRole(me, ["system_admin"]) || !ofSystem.includes(k.kind);
  return (
    <>
      <h1>{t("imports.title")}</h1>
      <p class="small">{t("imports.why")}</p>
      <Loaded of={all}>
        {(list) => (
          <>
            <Chips label={t("imports.kind")} options={list.filter(mine).map((k) => ({ value: k.kind, text: kindName(k.kind) }))} chosen={[kind]} onChoose={setKind} />
            <One key={kind} kind={list.find((k) => k.kind === kind) ?? list[0]!} done={past.again} />
          </>
        )}
      </Loaded>
      <Card title={t("past.title")}>
        <Loaded of={past} empty={{ when: (v) => v.length === 0, text: t("past.none"), icon: "inbox" }}>{(list) => <Past list={list} now={me.now_ms} again={past.again} />}</Loaded>
      </Card>
    </>
  );
}

export const kindName = (k: string): string => t(`kind.${k}` as "kind.teams");

function One({ kind, done }: { kind: Kind; done: () => Promise<void> }) {
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const [job, setJob] = useState<Job | null>(null);
  const [bad, setBad] = useState("");
  const [busy, setBusy] = useState(false);
  const choose = async (f: File | undefined): Promise<void> => {
    if (!f) return;
    setFile(f);
    setReport(null);
    setJob(null);
    setBad("");
    setBusy(true);
    await tryFile(kind.kind, f).then(setReport, (e) => setBad(sentence(e)));
    setBusy(false);
  };
  const go = async (skipBad: boolean): Promise<void> => {
    setBad("");
    await takeIn(kind.kind, file!, skipBad).then((j) => { setReport(null); setJob(j); }, (e) => setBad(sentence(e)));
  };
  return (
    <>
      <Drop onFile={choose} />
      <Columns kind={kind} />
      {busy && <p class="waiting" role="status"><span />{t("imports.trying", { file: file!.name })}</p>}
      {bad && <Note tone="bad"><p>{file && <strong>{file.name}: </strong>}{bad}</p></Note>}
      {report && <Outcome file={file!.name} kind={kind} report={report} onGo={go} />}
      {job && <Running job={job} onDone={done} more={(j) => j.report && j.report.rows.length > 0 && <Rows rows={j.report.rows} />} />}
    </>
  );
}

/** Drop takes a file that is dragged onto it or chosen. */
function Drop({ onFile }: { onFile: (f: File | undefined) => Promise<void> }) {
  const [over, setOver] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  return (
    <div
      class={`drop ${over ? "over" : ""}`}
      onDragOver={(e) => { e.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => { e.preventDefault(); setOver(false); void onFile(e.dataTransfer?.files[0]); }}
    >
      <Icon name="paper" />
      <p>{t("imports.drop")}</p>
      <Button look="main" onTap={() => box.current?.click()}>{t("imports.choose")}</Button>
      <input
        ref={box} class="hidden" type="file" accept=".csv,.txt,.xlsx" aria-label={t("imports.choose")} tabIndex={-1}
        onChange={(e) => { const f = e.currentTarget.files?.[0]; e.currentTarget.value = ""; void onFile(f); }}
      />
      <p class="small">{t("imports.forms")}</p>
    </div>
  );
}

function Columns({ kind }: { kind: Kind }) {
  const name = (c: Kind["columns"][number]): string => both(c.vi, c.en);
  const template = (): void => {
    const head = kind.columns.map((c) => c.vi).join(",");
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob(["\ufeff" + head + "\n"], { type: "text/csv" }));
    a.download = `${kind.kind}.csv`;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
  };
  return (
    <details class="card">
      <summary>{t("columns.title")}</summary>
      <p>{t(`about.${kind.kind}` as "about.teams")}</p>
      <ul class="columns">{kind.columns.map((c) => <li key={c.name}><strong>{name(c)}</strong>{c.required ? " *" : ""} <code>{c.name}</code></li>)}</ul>
      <p class="small">{t("columns.hint")}</p>
      <Button icon="paper" onTap={template}>{t("columns.template")}</Button>
    </details>
  );
}
