import type { ID } from "./index";
import { isID } from "./bytes";

export const refScope = "ref";
export const userScope = (person: ID): string => "user:" + person;
export const teamScope = (team: ID): string => "team:" + team;
export const teamMonthScope = (team: ID, month: string): string => "team:" + team + "/" + month;
export const communeScope = (unit: ID): string => "commune:" + unit;
export const communeMonthScope = (unit: ID, month: string): string => "commune:" + unit + "/" + month;

export interface ParsedScope {
  kind: "ref" | "user" | "team" | "commune";
  /** Person, team or unit; "" for ref. */
  id: ID;
  /** "yyyy-mm" or "". */
  month: string;
}

/** Splits the name of a scope; null for anything that is never delivered. */
export function parseScope(s: string): ParsedScope | null {
  if (s === refScope) return { kind: "ref", id: "", month: "" };
  const m = /^(user|team|commune):([^/]*)(?:\/([\s\S]*))?$/.exec(s);
  if (!m || !isID(m[2])) return null;
  const month = m[3];
  if (month !== undefined && (m[1] === "user" || !validMonth(month))) return null;
  return { kind: m[1] as ParsedScope["kind"], id: m[2], month: month ?? "" };
}

/** yyyy-mm of the years 2000 to 2199. */
export function validMonth(s: string): boolean {
  return /^2[01][0-9]{2}-(0[1-9]|1[0-2])$/.test(s);
}
