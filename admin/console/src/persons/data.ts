// Requests about personal data, as the server gives them.
import type { Tone } from "@banso/kit/pieces";
import { get, send } from "../core/server";

export type Kind = "export" | "correct" | "deidentify";

export interface Request {
  id: string;
  person: string;
  name: string;
  veiled?: boolean;
  kind: Kind;
  received: string;
  due: string;
  overdue?: boolean;
  left_days: number;
  note?: string;
  state: "open" | "proposed" | "done" | "refused";
  by_name: string;
  at_ms: number;
  exported_ms?: number;
  proposed_by?: string;
  proposer?: string;
  proposed_ms?: number;
  doer?: string;
  done_ms?: number;
  answered_on?: string;
  answer?: string;
  kept_until?: string;
}

export interface Role {
  role: string;
  place: string;
  from?: string;
  to?: string;
}

export interface Detail extends Request {
  roles: Role[];
  unpaid: string[];
  named: boolean;
  keep_until?: string;
}

export interface Found {
  id: string;
  name: string;
  veiled?: boolean;
  roles: Role[];
}

export interface Mention {
  type: string;
  id: string;
  team?: string;
  month?: string;
  past?: boolean;
}

export const requests = async (): Promise<Request[]> => (await get<{ requests: Request[] }>("/v1/person-requests")).requests;
export const detail = (id: string): Promise<Detail> => get(`/v1/person-requests/${id}`);
export const mentions = async (id: string): Promise<Mention[]> => (await get<{ mentions: Mention[] }>(`/v1/person-requests/${id}/mentions`)).mentions;
export const find = async (q: string): Promise<Found[]> => (await get<{ people: Found[] }>(`/v1/people/search?q=${encodeURIComponent(q.normalize("NFC"))}`)).people;
export const enter = (body: { key: string; person: string; kind: Kind; received: string; note: string }): Promise<Request> => send("POST", "/v1/person-requests", body);
export const act = (id: string, what: "correct" | "deidentify" | "answer", body: unknown): Promise<Request> => send("POST", `/v1/person-requests/${id}/${what}`, body);

export const waits = (q: Request): boolean => q.state === "open" || q.state === "proposed";

/** toneOf is how urgent a request is. */
export function toneOf(q: Request): Tone {
  if (q.overdue && waits(q)) return "bad";
  return q.state === "done" ? "good" : q.state === "refused" ? "" : "wait";
}
