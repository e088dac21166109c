// What a policy file says, as far as screens show it, and how a new version of
// one is made.
import { both } from "@banso/kit/words";

export interface Words {
  vi: string;
  en: string;
}

export interface Rule {
  id: string;
  origin: "S" | "I" | "A";
  also?: "S" | "I" | "A";
  source: string;
  text: Words;
  todo?: Words;
  advisory?: boolean;
}

export interface File {
  id: string;
  version: string;
  replaces?: string;
  title: Words;
  instrument: string;
  status: "in_force" | "proposed" | "draft" | "expired" | "repealed";
  subject: string;
  rate_vnd?: number;
  from?: string;
  to?: string;
  preset?: string;
  presets?: { id: string; activities: number; days: number; members: number }[];
  rules: Rule[];
  assumed?: { field: string; vi: string; en: string }[];
  note?: Words;
  funded_windows?: unknown;
  top_up?: { by: string; max_permille: number };
}

export interface Stored {
  id: string;
  file: File;
}

export interface Plain {
  amount: Words[];
}

export interface Proposal {
  id: string;
  policy: string;
  version: string;
  file: string;
  state: "proposed" | "approved" | "refused" | "withdrawn";
  by: string;
  at_ms: number;
  note?: string;
}

export interface Sum {
  month?: string;
  commune?: string;
  name?: string;
  team_months: number;
  was_vnd: number;
  would_vnd: number;
  gain: number;
  gain_vnd: number;
  lose: number;
  lose_vnd: number;
}

export interface Case {
  team: string;
  name: string;
  commune_name: string;
  month: string;
  was: { amount: number };
  would: { amount: number; reason_vi: string; reason_en: string };
}

export interface WhatIf {
  from: string;
  to: string;
  total: Sum;
  communes: Sum[];
  changes: Case[];
  left_out: number;
}

export const words = (w: Words): string => both(w.vi, w.en);

export const ofTeams = (f: File): boolean => ["team_village", "team_commune", "member"].includes(f.subject);

/** current are the newest versions, those in force first. */
export function current(all: Stored[]): Stored[] {
  const newest = all.filter((p) => !all.some((o) => o.file.id === p.file.id && o.file.replaces === p.file.version));
  return newest.sort((a, b) => Number(b.file.status === "in_force") - Number(a.file.status === "in_force") || a.file.id.localeCompare(b.file.id));
}

/** judging are the files of some policies. */
export const judging = (all: Stored[], ids: string[]): File[] => current(all).map((p) => p.file).filter((f) => ids.includes(f.id));

/** asksVillage: some policy pays teams by what their village is, be it once a year. */
export const asksVillage = (all: Stored[]): boolean => current(all).some(({ file: f }) => f.status === "in_force" && ofTeams(f) && JSON.stringify(f).includes("village."));

/** badges counts the rules by where they come from. */
export function badges(f: File): [string, number][] {
  return (["S", "I", "A"] as const).map((o): [string, number] => [o, f.rules.filter((r) => r.origin === o).length]).filter(([, n]) => n > 0);
}

export interface Change {
  version: string;
  rate: string;
  preset: string;
  without: string[];
}

/** next is where a change of a file begins. */
export function next(f: File): Change {
  const n = Number(f.version);
  return { version: Number.isInteger(n) ? String(n + 1) : f.version + ".1", rate: f.rate_vnd ? String(f.rate_vnd) : "", preset: f.preset ?? "", without: [] };
}

/** changed is the text of the file that a change makes. The windows that a file
 * quotes are of its own rate. */
export function changed(f: File, c: Change): string {
  const { funded_windows: _, ...rest } = f;
  const out: File = { ...rest, version: c.version.trim(), replaces: f.version, rules: f.rules.filter((r) => !c.without.includes(r.id)) };
  if (c.rate) out.rate_vnd = Number(c.rate.replace(/\D/g, ""));
  if (c.preset) out.preset = c.preset;
  return JSON.stringify(out, null, 1) + "\n";
}
