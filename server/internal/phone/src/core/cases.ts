// What was set aside, and what can be done about it by whom.
import { type OwnCase, type Shown, communeScope, refScope, teamScope } from "@banso/sync";
import { type Draft, newDraft, writeDraft } from "./drafts";
import { changeOf } from "./logging";
import type { Me } from "./me";
import { type Content, activityOf, num, text } from "./model";
import type { Phone } from "./phone";
import { both } from "./text";

/** The words of a code, from the server's own list. */
export interface CodeText {
  title: string;
  next: string;
  /** "author", "leader", "chair" or "". */
  adopt: string;
}

export async function codeText(p: Phone, code: string): Promise<CodeText> {
  const all = await p.ref.list("code", refScope);
  const d = all.find((s) => text(s.doc, "code") === code)?.doc ?? {};
  return { title: both(text(d, "vi"), text(d, "en")) || code, next: both(text(d, "do_vi"), text(d, "do_en")), adopt: text(d, "adopt") };
}

/** A case of a team or commune that somebody else may settle. */
export interface TeamCase {
  id: string;
  code: string;
  by: string;
  team: string;
  record: { type: string; id: string };
  openedMs: number;
  shown: Shown;
}

/** teamCases are the open cases of others in the person's teams and communes. */
export async function teamCases(p: Phone, me: Me): Promise<TeamCase[]> {
  const scopes = [...me.teams.filter((x) => x.role === "leader" || x.role === "deputy_leader").map((x) => teamScope(x.id)), ...me.reviews.map((c) => communeScope(c))];
  const found = new Map<string, TeamCase>();
  for (const scope of scopes) {
    for (const s of await p.ref.list("case", scope)) {
      const d = s.doc;
      if (text(d, "state") !== "open" || text(d, "v") !== "aside" || text(d, "by") === me.person || s.pending > 0) continue;
      found.set(s.id, {
        id: s.id, code: text(d, "code"), by: text(d, "by"), team: text(d, "team"), openedMs: num(d, "opened"), shown: s,
        record: { type: text(d, "rtype"), id: text(d, "record") },
      });
    }
  }
  return [...found.values()].sort((a, b) => b.openedMs - a.openedMs);
}

/** mayAdopt says whether the person is the one who can bring a case back. */
export function mayAdopt(adopt: string, c: TeamCase, me: Me): boolean {
  const leader = me.teams.some((x) => x.id === c.team && (x.role === "leader" || x.role === "deputy_leader"));
  if (adopt === "chair") return me.reviews.length > 0;
  return (adopt === "leader" || adopt === "author") && leader;
}

/** draftText is what was written in a set-aside mutation of an activity; null if it is none or unreadable. */
export function contentOf(c: OwnCase): Partial<Content> | null {
  const d = c.draft;
  if (!d || d.type !== "activity") return null;
  const s = d.set ?? {};
  const str = (f: string): string | undefined => (typeof s[f] === "string" ? (s[f] as string) : undefined);
  const out: Partial<Content> = {};
  if (str("team") !== undefined) out.team = str("team")!;
  if (str("done_on") !== undefined) out.doneOn = str("done_on")!;
  if (str("category") !== undefined) out.category = str("category")!;
  if (str("place") !== undefined) out.place = str("place")!;
  if (str("note") !== undefined) out.note = str("note")!;
  if (typeof s["measures"] === "object" && s["measures"] && !Array.isArray(s["measures"])) out.measures = { ...(s["measures"] as Record<string, number>) };
  if (d.add?.["participants"]) out.participants = [...d.add["participants"]];
  if (d.add?.["evidence"]) out.evidence = [...d.add["evidence"]];
  return out;
}

/** mend makes a draft out of a set-aside mutation; the returned name is that of the draft, "" if there is nothing to fill a form with. */
export async function mend(p: Phone, me: Me, c: OwnCase): Promise<string> {
  const content = contentOf(c);
  if (!content) return "";
  const there = await p.engine.get(c.record);
  if (there && c.op !== "create") {
    const d = changeOf(activityOf(there));
    await writeDraft<Draft>(p, c.record.id, { ...d, content: { ...d.content, ...content }, answers: [c.id] });
    return c.record.id;
  }
  const blank: Content = { team: me.teams[0]?.id ?? "", doneOn: me.today, category: "KHAC", measures: {}, participants: [me.person], evidence: [], place: "", note: "" };
  await writeDraft<Draft>(p, newDraft, { id: p.engine.newID(), edit: false, answers: [c.id], content: { ...blank, ...content } });
  return newDraft;
}

/** lostCreations are own new activities that stand aside: they are in no list, but must not vanish from sight. */
export async function lostCreations(p: Phone, team: string, month: string): Promise<OwnCase[]> {
  return (await p.engine.cases(true)).filter((c) => {
    const content = c.op === "create" ? contentOf(c) : null;
    return c.v === "aside" && content?.team === team && content.doneOn?.startsWith(month);
  });
}
