// What the server says about months and lists, and what is read out of it.
import { addMonths } from "@banso/kit/words";
import { type Me, communeStaff, unitsOf } from "../core/me";
import { get } from "../core/server";

export type Result = "eligible" | "incomplete" | "ineligible" | "out_of_window";

export interface Rule {
  rule: string;
  have: string;
  need: string;
  have_en?: string;
  need_en?: string;
  pass: boolean;
  advisory?: boolean;
  funding?: boolean;
  origin: "S" | "I" | "A";
  source?: string;
  vi?: string;
  en?: string;
  todo_vi?: string;
  todo_en?: string;
  by?: string;
}

export interface PolicyMonth {
  policy: string;
  result: Result;
  reason_vi: string;
  reason_en: string;
  amount: number;
}

export interface Progress extends PolicyMonth {
  rules: Rule[];
  stage: "open" | "grace" | "closed" | "finalised";
  money: string;
  funding?: string;
  received: number;
  approved: number;
  pending: number;
  returned: number;
  submit_by: string;
  review_by: string;
  lock_on: string;
  overdue?: boolean;
  due_vnd?: number;
  listed_vnd?: number;
  paid_vnd?: number;
  others?: PolicyMonth[];
}

export interface TeamMonth {
  team: string;
  name: string;
  month: string;
  csum: string;
  closed: boolean;
  progress: Progress;
  if_approved?: PolicyMonth[];
}

export interface CloseResult {
  team: string;
  closed: boolean;
  detail?: string;
  detail_vi?: string;
}

export interface Checkpoint {
  n: number;
  at_ms: number;
  fingerprint: string;
}

export interface Line {
  subject: string;
  period: string;
  kind: string;
  amount: number;
  name: string;
  voucher?: string;
  paid_on?: string;
}

export interface List {
  id: string;
  kind: "payment" | "correction" | "officers" | "awards" | "people";
  policy: string;
  months: string[];
  state: "draft" | "issued" | "replaced" | "discarded";
  count: number;
  total: number;
  at_ms: number;
  by: string;
  number?: string;
  on?: string;
  print?: string;
  paid?: number;
  paid_n?: number;
  next?: string;
  before?: string;
  lines?: Line[];
}

/** placeOf is the commune of the address, or the first where the person works. */
export function placeOf(me: Me, rest: string[]): string {
  const mine = unitsOf(me, communeStaff);
  return mine.includes(rest[0] ?? "") ? rest[0]! : (mine[0] ?? "");
}

/** monthOf is the month of the address, or the last that is over. */
export function monthOf(me: Me, asked = ""): string {
  return /^\d{4}-\d{2}$/.test(asked) ? asked : addMonths(me.today.slice(0, 7), -1);
}

/** failed are the rules that stand against a team-month. */
export function failed(p: Progress): Rule[] {
  return p.rules.filter((r) => !r.pass && !r.advisory && !r.funding);
}

/** granted is what all policies give. */
export function granted(list: PolicyMonth[]): number {
  return list.reduce((n, p) => n + p.amount, 0);
}

export const given = (t: TeamMonth): number => granted([t.progress, ...(t.progress.others ?? [])]);

/** hoped is what all policies would give if everything that waits were approved. */
export const hoped = (t: TeamMonth): number => (t.if_approved ? granted(t.if_approved) : given(t));

/** ready says whether a team-month can be confirmed on a day. */
export function ready(t: TeamMonth, today: string): boolean {
  return !t.closed && t.progress.pending === 0 && !t.if_approved && today.slice(0, 7) > t.month;
}

/** acceptable: only assumed rules stand against it, so the chair decides. */
export function acceptable(t: TeamMonth, today: string): boolean {
  const list = failed(t.progress);
  return ready(t, today) && t.progress.result === "incomplete" && list.length > 0 && list.every((r) => r.origin === "A");
}

/** newId is an id of 22 characters that nobody had before. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export const checkpoint = (): Promise<Checkpoint | null> => get<Checkpoint>("/v1/checkpoint").catch(() => null);
