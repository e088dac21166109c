// Long work that the server does beside the requests.
import { get, send } from "../core/server";
import type { Report } from "../roster/api";

export interface Job {
  id: string;
  kind: "import" | "undo" | "close" | "finalise" | "what_if" | "export";
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  by: string;
  name?: string;
  made_ms: number;
  end_ms?: number;
  rows?: number;
  of?: number;
  what: string;
  file?: string;
  report?: Report;
  result?: { name: string; bytes: number; until_ms: number };
  msg?: string;
  msg_vi?: string;
  stands?: { ref: string; msg: string; msg_vi: string }[];
  undoes?: string;
  undone?: string;
}

/** Walked is what became of one team-month. */
export interface Walked {
  team: string;
  name: string;
  commune_name: string;
  closed: boolean;
  detail?: string;
  detail_vi?: string;
}

/** asJob asks for a job instead of an answer. */
export const asJob = { Prefer: "respond-async" };

export const over = (j: Job): boolean => j.state !== "waiting" && j.state !== "running";

export const jobs = (): Promise<Job[]> => get<{ jobs: Job[] }>("/v1/jobs").then((v) => v.jobs);
export const job = (id: string): Promise<Job> => get(`/v1/jobs/${id}`);
export const cancel = (id: string): Promise<Job> => send("POST", `/v1/jobs/${id}/cancel`);
export const undo = (id: string): Promise<Job> => send("POST", `/v1/jobs/${id}/undo`);
export const resultPath = (id: string): string => `/v1/jobs/${id}/result`;
export const result = <T>(id: string): Promise<T> => get<T>(resultPath(id));
