// Records of the engine as the screens use them. The phone computes no verdict
// and no amount: those are the server's, shown as of a stated time.
import type { Tone } from "@banso/kit/pieces";
import type { Doc, Shown } from "@banso/sync";

export const text = (d: Doc, field: string): string => (typeof d[field] === "string" ? (d[field] as string) : "");
export const num = (d: Doc, field: string): number => (typeof d[field] === "number" ? (d[field] as number) : 0);
export const flag = (d: Doc, field: string): boolean => d[field] === true;
export const texts = (d: Doc, field: string): string[] =>
  Array.isArray(d[field]) ? (d[field] as unknown[]).filter((x): x is string => typeof x === "string") : [];
export const docs = (d: Doc, field: string): Doc[] =>
  Array.isArray(d[field]) ? (d[field] as unknown[]).filter((x): x is Doc => typeof x === "object" && x !== null && !Array.isArray(x)) : [];

/** What a person typed about an activity. An absent measure was not taken; it is not 0. */
export interface Content {
  team: string;
  doneOn: string;
  category: string;
  measures: Record<string, number>;
  participants: string[];
  evidence: string[];
  place: string;
  note: string;
  /** Micro-degrees, only if the person allowed it for this activity. */
  lat?: number;
  lng?: number;
}

export interface Activity extends Content {
  id: string;
  author: string;
  standing: Standing;
  reason: string;
  waiver: string;
  flags: string[];
  /** Evidence whose bytes the server has. */
  held: string[];
  shown: Shown;
}

/** Where a record stands, in the one word that matters most to its author. */
export type Standing =
  | "waiting" // chờ gửi: only on this phone
  | "changed" // on the server, with a change that is only here
  | "aside" // để riêng: set aside, needs a step
  | "received" | "pending_review" | "approved" | "returned" | "rejected" | "withdrawn";

export const tones: Record<Standing, Tone> = {
  waiting: "wait", changed: "wait", aside: "bad", received: "info", pending_review: "info",
  approved: "good", returned: "bad", rejected: "bad", withdrawn: "",
};

/** standingOf never says more than the phone knows. */
export function standingOf(s: Shown): Standing {
  const decided = ["approved", "rejected"].includes(text(s.doc, "state"));
  if (s.cases.length > 0 && !decided) return "aside"; // a change that stands aside takes no decision back
  if (s.pending > 0) return s.rev === 0 ? "waiting" : "changed";
  return stateOf(text(s.doc, "state"));
}

/** stateOf is a state of the server as a standing; one that this app does not know is at least received. */
export const stateOf = (state: string): Standing => (state in tones ? (state as Standing) : "received");

/** Views stay the same object until their record changes: of hundreds in a list few are new. */
const read = new WeakMap<Shown, Activity>();

export function activityOf(s: Shown): Activity {
  let a = read.get(s);
  if (!a) read.set(s, (a = readActivity(s)));
  return a;
}

function readActivity(s: Shown): Activity {
  const d = s.doc;
  const measures: Record<string, number> = {};
  const m = d["measures"];
  if (typeof m === "object" && !Array.isArray(m)) for (const [k, v] of Object.entries(m)) if (typeof v === "number") measures[k] = v;
  return {
    id: s.id, team: text(d, "team"), doneOn: text(d, "done_on"), category: text(d, "category"), measures,
    participants: texts(d, "participants"), evidence: texts(d, "evidence"), place: text(d, "place"), note: text(d, "note"),
    ...(typeof d["lat_e6"] === "number" && { lat: d["lat_e6"] }), ...(typeof d["lng_e6"] === "number" && { lng: d["lng_e6"] }),
    author: text(d, "author"), standing: standingOf(s), reason: text(d, "reason"), waiver: text(d, "waiver"),
    flags: texts(d, "flags"), held: texts(d, "held"), shown: s,
  };
}

/** editable: until decided, or when returned. */
export const editable = (a: { shown: Shown }): boolean =>
  !["approved", "rejected"].includes(text(a.shown.doc, "state"));

/** A rule of a team-month's verdict, as the server gave it. */
export interface Rule {
  rule: string;
  have: string;
  need: string;
  pass: boolean;
  advisory: boolean;
  funding: boolean;
  origin: string;
  also: string;
  source: string;
  text: string;
  todo: string;
  by: string;
}

export function rulesOf(d: Doc, vietnamese: boolean): Rule[] {
  // Policies name their sources in Vietnamese, with English remarks in brackets.
  const source = (s: string): string => (vietnamese ? s.replace(/ \([ -'*-~]*\)/g, "") : s);
  const pick = (r: Doc, vi: string, en: string): string => (vietnamese ? text(r, vi) || text(r, en) : text(r, en) || text(r, vi));
  return docs(d, "rules").map((r) => ({
    rule: text(r, "rule"), have: pick(r, "have", "have_en"), need: pick(r, "need", "need_en"), pass: flag(r, "pass"),
    advisory: flag(r, "advisory"), funding: flag(r, "funding"), origin: text(r, "origin"), also: text(r, "also"),
    source: source(text(r, "source")), text: pick(r, "vi", "en"), todo: pick(r, "todo_vi", "todo_en"), by: text(r, "by"),
  }));
}
