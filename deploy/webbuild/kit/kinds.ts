// The kinds of activity in our short words where we have them, else in those of
// the server's list.
import { Cell } from "./cell";
import { both, known, lang, plain, t } from "./words";

export interface Measure {
  key: string;
  /** Vietnamese, of the catalogue. */
  name: string;
  nameEn?: string;
  unit: string;
}

export interface Kind {
  code: string;
  /** Official name, Vietnamese. */
  name: string;
  nameEn?: string;
  /** Days on which it is offered; none: always. */
  from?: string;
  until?: string;
  group: string;
  measures: Measure[];
  evidence: string;
}

/** kindName is the short name of a kind. */
export function kindName(code: string, k?: Kind): string {
  const key = "kind." + code;
  if (known(key)) return t(key);
  const own = k ?? learned.get().find((x) => x.code === code);
  return own ? both(own.name, own.nameEn || own.name) : code;
}

/** learned are the kinds of the server's list, for a screen that has none at hand. */
export const learned = new Cell<readonly Kind[]>([]);

/** offered says whether a kind is there to be chosen on a day. */
export function offered(k: Kind, on: string): boolean {
  return (!k.from || k.from <= on) && (!k.until || k.until >= on);
}

export function groupName(group: string): string {
  const key = "group." + group;
  return known(key) ? t(key) : group;
}

/** measureName keeps people, visits, households and files apart by their unit. */
export function measureName(m: Measure): string {
  const key = "measure." + m.key;
  if (lang.get() === "en" && known(key)) return t(key);
  if (lang.get() === "en" && m.nameEn) return m.nameEn;
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
