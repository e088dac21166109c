// What would become of a file's rows, before anything is written.
import { Button, Card, Chips, Note, State, type Tone } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import type { Kind, Report, Row, Status } from "./api";
import { both, count, t } from "./text";

const most = 100; // rows shown at a time

type Only = Status | "noted";

export function Outcome({ file, kind, report, onGo }: { file: string; kind: Kind; report: Report; onGo: (skipBad: boolean) => Promise<void> }) {
  const n: Record<Only, number> = { ...report, noted: report.rows.filter((r) => r.note).length };
  const first: Only = (["bad", "noted", "created", "updated", "unchanged"] as const).find((s) => n[s] > 0) ?? "unchanged";
  const [only, setOnly] = useState<Only>(first);
  const good = report.created + report.updated;
  const shown = report.rows.filter((r) => (only === "noted" ? !!r.note : r.status === only));
  const columns = Object.fromEntries(kind.columns.map((c) => [c.name, both(c.vi, c.en)]));
  return (
    <Card title={t("outcome.title", { file })}>
      {report.read === "windows-1258" && <Note tone="wait"><p>{t("outcome.old")}</p></Note>}
      <Chips
        label={t("outcome.show")} chosen={[only]} onChoose={setOnly}
        options={(["bad", "noted", "created", "updated", "unchanged"] as const).filter((s) => n[s] > 0).map((s) => ({ value: s, text: t(`rows.${s}`, { n: n[s] }) }))}
      />
      {shown.length > 0 && <Rows rows={shown.slice(0, most)} columns={columns} />}
      {shown.length > most && <p class="small">{t("outcome.more", { n: shown.length - most })}</p>}
      {report.bad > 0 && <p>{t("outcome.bad", { n: report.bad })}</p>}
      {good === 0 && report.bad === 0 && <p>{t("outcome.nothing")}</p>}
      <div class="row">
        {good > 0 && report.bad === 0 && <Button look="main" icon="check" onTap={() => onGo(false)}>{t("outcome.go", { n: good })}</Button>}
        {good > 0 && report.bad > 0 && <Button icon="check" onTap={() => onGo(true)}>{t("outcome.skip", { n: good, bad: report.bad })}</Button>}
      </div>
    </Card>
  );
}

const tones: Record<Status, Tone> = { created: "good", updated: "info", unchanged: "", bad: "bad" };

/** Rows is a table of rows with what is wrong or worth a look. */
export function Rows({ rows, columns = {} }: { rows: Row[]; columns?: Record<string, string> }) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label={t("rows.table")}>
      <table>
        <thead><tr><th class="n" scope="col">{t("rows.line")}</th><th scope="col">{t("rows.ref")}</th><th scope="col">{t("rows.status")}</th><th scope="col">{t("rows.why")}</th></tr></thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.line}>
              <td class="n">{count(r.line)}</td>
              <td>{r.ref}</td>
              <td><State tone={r.note ? "wait" : tones[r.status]}>{t(`status.${r.status}`)}</State></td>
              <td>{r.field && <strong>{columns[r.field] ?? r.field}: </strong>}{both(r.msg_vi, r.msg) || both(r.note_vi, r.note)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
