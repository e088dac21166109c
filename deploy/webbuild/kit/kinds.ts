// The kinds of activity in our short words where we have them, else in those of
// the server's list.
import { known, lang, plain, t } from "./words";

export interface Measure {
  key: string;
  /** Vietnamese, of the catalogue. */
  name: string;
  unit: string;
}

export interface Kind {
  code: string;
  /** Official name, Vietnamese. */
  name: string;
  group: string;
  measures: Measure[];
  evidence: string;
}

/** kindName is the short name of a kind. */
export function kindName(code: string, k?: Kind): string {
  const key = "kind." + code;
  return known(key) ? t(key) : (k?.name ?? code);
}

export function groupName(group: string): string {
  const key = "group." + group;
  return known(key) ? t(key) : group;
}

/** measureName keeps people, visits, households and files apart by their unit. */
export function measureName(m: Measure): string {
  const key = "measure." + m.key;
  if (lang.get() === "en" && known(key)) return t(key);
  return m.name.charAt(0).toUpperCase() + m.name.slice(1);
}

export function unitName(unit: string): string {
  const key = "unit." + plain(unit).replace(/ /g, "_");
  return known(key) ? t(key) : unit;
}

/** matches says whether a typed text, with or without accents, is in a kind. */
export function matches(k: Kind, typed: string): boolean {
  const words = plain(typed).split(" ").filter(Boolean);
  const hay = plain([k.name, kindName(k.code, k), groupName(k.group), ...k.measures.map((m) => m.name)].join(" "));
  return words.every((w) => hay.includes(w));
}
