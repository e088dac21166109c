// The chair's queue as this phone holds it: what waits for a decision in the
// communes the person reviews, riskiest first, and what was decided here.
import { type Shown, communeMonthScope, communeScope, refScope } from "@banso/sync";
import type { Me } from "./me";
import { type Activity, activityOf, num, text, docs } from "./model";
import { knownNames } from "./names";
import type { Phone } from "./phone";
import { Habit, type Risk, weight } from "./risks";
import { addMonths, both } from "./text";

export interface Item {
  type: "activity" | "report";
  id: string;
  team: string;
  author: string;
  month: string;
  activity: Activity | null;
  shown: Shown;
  risks: Risk[];
  /** Changed since the last decision on it. */
  changed: boolean;
}

export interface Desk {
  waiting: Item[];
  /** Decided here, on its way to the server. */
  decided: number;
  teams: Map<string, string>;
  people: Map<string, string>;
  risks: Map<string, string>;
  /** Reasons that the province words, by decision; without one the app's are offered. */
  reasons: Map<string, string[]>;
}

export async function readDesk(p: Phone, me: Me): Promise<Desk> {
  const desk: Desk = { waiting: [], decided: 0, teams: new Map(), people: await knownNames(p), risks: new Map(), reasons: new Map() };
  for (const c of me.reviews) {
    for (const s of await p.ref.list("team", communeScope(c))) desk.teams.set(s.id, text(s.doc, "name"));
    for (const s of await p.ref.list("grant", communeScope(c))) desk.people.set(text(s.doc, "person"), text(s.doc, "name"));
    const all: Shown[] = [];
    for (let back = 0; back < 3; back++) all.push(...(await p.ref.list("", communeMonthScope(c, addMonths(me.month, -back)))));
    take(desk, all, me);
  }
  for (const { doc } of await p.ref.list("code", refScope)) {
    const code = text(doc, "code");
    if (code.startsWith("risk_")) desk.risks.set(code, both(text(doc, "vi"), text(doc, "en")));
    if (code.startsWith("reasons.")) desk.reasons.set(text(doc, "of"), docs(doc, "list").map((r) => both(text(r, "vi"), text(r, "en") || text(r, "vi"))));
  }
  desk.waiting.sort((a, b) => weight(b.risks) - weight(a.risks) || num(a.shown.doc, "submitted") - num(b.shown.doc, "submitted") || (a.id < b.id ? -1 : 1));
  return desk;
}

function take(desk: Desk, all: Shown[], me: Me): void {
  const activities = all.filter((s) => s.type === "activity").map(activityOf);
  const habit = new Habit(activities);
  const byID = new Map(activities.map((a) => [a.id, a]));
  for (const s of all) {
    if (s.type !== "activity" && s.type !== "report") continue;
    if (text(s.doc, "state") !== "pending_review") continue;
    if (s.pending > 0) {
      desk.decided++;
      continue;
    }
    const a = byID.get(s.id) ?? null;
    const author = text(s.doc, "author");
    const reviewed = text(s.doc, "reviewed_c");
    desk.waiting.push({
      type: s.type, id: s.id, team: text(s.doc, "team"), author, month: a ? a.doneOn.slice(0, 7) : text(s.doc, "month"), activity: a, shown: s,
      risks: a ? habit.risks(a, me.person) : author === me.person ? ["risk_own"] : [], changed: reviewed !== "" && reviewed !== text(s.doc, "c"),
    });
  }
}

/** decide saves a decision on what was looked at; the server compares it when it arrives. */
export async function decide(p: Phone, i: Item, decision: "approve" | "return" | "reject", reason = "", waive = false): Promise<void> {
  await p.engine.review({ type: i.type, id: i.id }, decision, { seen: i.shown.c, ...(reason && { reason }), ...(waive && { waive }) });
}
