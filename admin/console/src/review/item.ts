// One submission, and how it is found, judged and grouped.
import { kindName } from "@banso/kit/kinds";
import { day, month, plain } from "../core/text";
import { known, t } from "./text";

export interface Doc {
  team: string;
  author: string;
  done_on?: string;
  category?: string;
  month?: string;
  measures?: Record<string, number>;
  participants?: string[];
  evidence?: string[];
  held?: string[];
  place?: string;
  note?: string;
  summary?: string;
  difficulties?: string;
  proposals?: string;
  reason?: string;
}

export interface Item {
  type: "activity" | "report";
  id: string;
  c: string;
  doc: Doc;
  /** What is odd about it: the server's word, the gravest first. */
  risks: string[];
  changed?: boolean;
  /** How many comments the commune's office left. */
  comments?: number;
}

export type GroupBy = "team" | "kind" | "day";

/** Names of teams and authors. */
export interface Names {
  team: (id: string) => string;
  person: (id: string) => string;
}

export const own = (i: Item): boolean => i.risks.includes("risk_own");

/** plainly says whether nothing about it asks for a look. A report is always read. */
export const unremarkable = (i: Item): boolean => i.type === "activity" && i.risks.length === 0 && !i.changed;

export function titleOf(i: Item): string {
  return i.type === "report" ? t("report", { month: month(i.doc.month ?? "") }) : kindName(i.doc.category ?? "");
}

export function measureText(key: string): string {
  const name = "measure." + key;
  return known(name) ? t(name) : key;
}

/** figures are the measures in one line. */
export function figures(i: Item): string {
  return Object.entries(i.doc.measures ?? {}).map(([k, n]) => t("figure", { name: measureText(k), n })).join("; ");
}

export function groupOf(i: Item, by: GroupBy): string {
  return (by === "team" ? i.doc.team : by === "kind" ? i.doc.category : i.doc.done_on) ?? "";
}

export function groupTitle(key: string, by: GroupBy, names: Names): string {
  return by === "team" ? names.team(key) : by === "kind" ? kindName(key) : day(key);
}

/** matcher finds by words, with or without accents. */
export function matcher(typed: string, names: Names): (i: Item) => boolean {
  const words = plain(typed).split(" ").filter(Boolean);
  return (i) => {
    if (words.length === 0) return true;
    const d = i.doc;
    const hay = plain([titleOf(i), names.team(d.team), names.person(d.author), d.note, d.place, d.summary, day(d.done_on ?? ""), ...(d.evidence ?? [])].join(" "));
    return words.every((w) => hay.includes(w));
  };
}
