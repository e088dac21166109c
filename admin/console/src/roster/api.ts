// What the roster's screens read and send.
import { get, send, upload } from "../core/server";

export interface Column {
  name: string;
  vi: string;
  en: string;
  required?: boolean;
}

export interface Kind {
  kind: string;
  columns: Column[];
}

export type Status = "created" | "updated" | "unchanged" | "bad";

export interface Row {
  line: number;
  ref: string;
  status: Status;
  field?: string;
  msg?: string;
  msg_vi?: string;
  note?: string;
  note_vi?: string;
}

export interface Report {
  read: string;
  created: number;
  updated: number;
  unchanged: number;
  bad: number;
  rows: Row[];
}

export interface Job {
  id: string;
  kind: "import" | "undo";
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  name?: string;
  made_ms: number;
  end_ms?: number;
  rows?: number;
  of?: number;
  what: string;
  file?: string;
  report?: Report;
  msg?: string;
  msg_vi?: string;
  stands?: { ref: string; msg: string; msg_vi: string }[];
  undoes?: string;
  undone?: string;
}

/** system alone takes in units and officers. */
export const ofSystem = ["units", "unit_events", "officers"];

export const kinds = (): Promise<Kind[]> => get<{ kinds: Kind[] }>("/v1/imports").then((v) => v.kinds);
export const jobs = (): Promise<Job[]> => get<{ jobs: Job[] }>("/v1/jobs").then((v) => v.jobs);
export const job = (id: string): Promise<Job> => get(`/v1/jobs/${id}`);
export const cancel = (id: string): Promise<Job> => send("POST", `/v1/jobs/${id}/cancel`);
export const undo = (id: string): Promise<Job> => send("POST", `/v1/jobs/${id}/undo`);

const mimeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const mime = (f: File): string => (/\.xlsx$/i.test(f.name) ? mimeXLSX : "text/csv");

/** tryFile says what would become of each row. */
export const tryFile = (kind: string, f: File): Promise<Report> => upload(`/v1/imports/${kind}?dry_run=true`, f, { "Content-Type": mime(f) });

/** takeIn starts the job that takes a file in. */
export function takeIn(kind: string, f: File, skipBad: boolean): Promise<Job> {
  const q = new URLSearchParams({ name: f.name.normalize("NFC").slice(0, 80), ...(skipBad && { skip_bad: "true" }) });
  return upload(`/v1/imports/${kind}?${q}`, f, { "Content-Type": mime(f), Prefer: "respond-async" });
}
