// Writing down an activity: from a draft to mutations, and back again.
import { type Draft as Step, type Fields, type Sets, type Shown, teamMonthScope } from "@banso/sync";
import { type Draft, dropDraft } from "./drafts";
import { type Activity, type Content, activityOf, text } from "./model";
import { type Phone, keepStorage } from "./phone";
import { want } from "./photos";
import { addMonths, t } from "./text";

const type = "activity";

/** empty is a fresh draft of somebody for a day. */
export function empty(p: Phone, team: string, doneOn: string, category: string): Draft {
  return {
    id: p.engine.newID(), edit: false, answers: [],
    content: { team, doneOn, category, measures: {}, participants: [p.who.id], evidence: [], place: "", note: "" },
  };
}

/** again is a new draft with the content of an earlier entry: not its day, note, photos and papers. */
export function again(p: Phone, a: Activity, doneOn: string): Draft {
  const d = empty(p, a.team, doneOn, a.category);
  return { ...d, content: { ...d.content, measures: { ...a.measures }, participants: [...a.participants], place: a.place } };
}

/** changeOf is a draft that changes an entry. */
export function changeOf(a: Activity): Draft {
  const { team, doneOn, category, measures, participants, evidence, place, note, lat, lng } = a;
  return {
    id: a.id, edit: true, answers: [],
    content: { team, doneOn, category, measures, participants, evidence, place, note, ...(lat !== undefined && { lat }), ...(lng !== undefined && { lng }) },
  };
}

/** fieldsOf are the plain fields of a content; empty ones are left out. */
function fieldsOf(c: Content): Fields {
  const f: Fields = { team: c.team, done_on: c.doneOn, category: c.category };
  if (Object.keys(c.measures).length > 0) f["measures"] = { ...c.measures };
  if (c.place.trim()) f["place"] = c.place.trim();
  if (c.note.trim()) f["note"] = c.note.trim();
  if (c.lat !== undefined && c.lng !== undefined) {
    f["lat_e6"] = c.lat;
    f["lng_e6"] = c.lng;
  }
  return f;
}

const setsOf = (c: Content): Sets => ({
  ...(c.participants.length > 0 && { participants: c.participants }), ...(c.evidence.length > 0 && { evidence: c.evidence }),
});

/**
 * store saves a draft and hands it in for review, all in one; on disk when it
 * resolves. A draft that was saved before the phone died is not saved twice.
 */
export async function store(p: Phone, d: Draft, name: string): Promise<void> {
  const key = { type, id: d.id };
  await want(p, d.content.evidence);
  const there = await p.engine.get(key);
  const steps: Step[] = [];
  if (!there) steps.push({ op: "create", ...key, set: fieldsOf(d.content), add: setsOf(d.content) });
  else if (d.edit) steps.push(...change(there, d.content));
  if (!there || !handedIn(there)) steps.push({ op: "submit", ...key });
  for (const id of d.answers) steps.push({ op: "dismiss", type: "case", id, args: { reason: t("log.mended") } });
  if (steps.length > 0) await p.engine.saveAll(steps);
  await dropDraft(p, name);
  void keepStorage();
}

/** handedIn: it is with the reviewer, or decided. */
const handedIn = (s: Shown): boolean => ["pending_review", "approved", "rejected"].includes(text(s.doc, "state"));

/** change is the difference only: what was not touched here is nobody's conflict. */
function change(there: Shown, c: Content): Step[] {
  const now = fieldsOf(c);
  const set: Fields = {};
  for (const f of ["team", "done_on", "category", "measures", "place", "note", "lat_e6", "lng_e6"]) {
    const want = now[f] ?? null;
    const have = there.doc[f] ?? null;
    if (JSON.stringify(sorted(want)) !== JSON.stringify(sorted(have))) set[f] = want;
  }
  const add: Sets = {};
  const del: Sets = {};
  const old = activityOf(there);
  for (const f of ["participants", "evidence"] as const) {
    const plus = c[f].filter((x) => !old[f].includes(x));
    const minus = old[f].filter((x) => !c[f].includes(x));
    if (plus.length) add[f] = plus;
    if (minus.length) del[f] = minus;
  }
  const none = [set, add, del].every((x) => Object.keys(x).length === 0);
  return none ? [] : [{ op: "edit", type, id: there.id, set, add, del }];
}

function sorted(v: unknown): unknown {
  if (typeof v !== "object" || v === null || Array.isArray(v)) return v;
  return Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** submitIfOpen hands in what is not handed in yet. */
export async function submitIfOpen(p: Phone, key: { type: string; id: string }): Promise<void> {
  const s = await p.engine.get(key);
  if (s && !handedIn(s)) await p.engine.submit(key);
}

/** takeBack undoes a save of a moment ago. */
export async function takeBack(p: Phone, id: string): Promise<void> {
  await p.engine.remove({ type, id });
}

/** activities of a team and a month, newest day first. */
export async function activities(p: Phone, team: string, month: string): Promise<Activity[]> {
  const list = (await p.engine.list(type, teamMonthScope(team, month))).map(activityOf);
  return list.sort((a, b) => (a.doneOn < b.doneOn ? 1 : a.doneOn > b.doneOn ? -1 : a.id < b.id ? 1 : -1));
}

/** recentKinds are what a person logs most, then what the team does, of this and the two last months. */
export async function recentKinds(p: Phone, team: string, month: string): Promise<string[]> {
  const score = new Map<string, number>();
  for (let back = 0; back < 3; back++) {
    for (const a of await activities(p, team, addMonths(month, -back))) {
      score.set(a.category, (score.get(a.category) ?? 0) + (a.author === p.who.id || a.author === "" ? 10 : 1));
    }
  }
  return [...score].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([code]) => code);
}
