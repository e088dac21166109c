// Who the person is in the world of the server, as far as this phone knows:
// teams, roles, the people beside them, and what day it is there.
import { communeScope, derivedID, teamScope } from "@banso/sync";
import { useLive } from "./live";
import { text } from "./model";
import type { Phone } from "./phone";
import { dayOf } from "./text";

export interface Member {
  person: string;
  name: string;
  role: string;
}

export interface Team {
  id: string;
  name: string;
  village: string;
  commune: string;
  /** Strongest role of the person today. */
  role: string;
  members: Member[];
}

export interface Me {
  person: string;
  name: string;
  /** By the server's clock, UTC+7. */
  today: string;
  month: string;
  teams: Team[];
  /** Communes whose work the person reviews today. */
  reviews: string[];
  /** Nothing was read from the server yet. */
  empty: boolean;
}

const rank: Record<string, number> = { member: 1, deputy_leader: 2, leader: 3 };
export const leads = (t: Team | undefined): boolean => (rank[t?.role ?? ""] ?? 0) > 1;

/** readMe collects it from the database. */
export async function readMe(p: Phone): Promise<Me> {
  const st = await p.ref.status();
  const today = dayOf(st.serverNow);
  const me: Me = { person: p.who.id, name: p.who.name, today, month: today.slice(0, 7), teams: [], reviews: [], empty: st.lastServerMs === 0 };
  for (const s of st.scopes) {
    const [kind, id = ""] = s.scope.split(":");
    if (id.includes("/")) continue;
    if (kind === "team") {
      const team = await readTeam(p, id, today);
      if (team) me.teams.push(team);
    }
    if (kind === "commune") {
      const grants = await p.ref.list("grant", communeScope(id));
      const mine = grants.filter((g) => text(g.doc, "person") === p.who.id && holds(g.doc, today));
      if (mine.some((g) => ["commune_chair", "commune_vice_chair", "commune_deputy"].includes(text(g.doc, "role")))) me.reviews.push(id);
    }
  }
  me.teams.sort((a, b) => (rank[b.role] ?? 0) - (rank[a.role] ?? 0) || a.name.localeCompare(b.name, "vi"));
  return me;
}

async function readTeam(p: Phone, id: string, today: string): Promise<Team | null> {
  const rec = await p.ref.get({ type: "team", id });
  if (!rec) return null;
  const team: Team = { id, name: text(rec.doc, "name"), village: text(rec.doc, "village"), commune: text(rec.doc, "commune"), role: "", members: [] };
  for (const g of await p.ref.list("grant", teamScope(id))) {
    if (!holds(g.doc, today)) continue;
    const m = { person: text(g.doc, "person"), name: text(g.doc, "name"), role: text(g.doc, "role") };
    if (m.person === p.who.id && (rank[m.role] ?? 0) > (rank[team.role] ?? 0)) team.role = m.role;
    const twice = team.members.find((x) => x.person === m.person);
    if (!twice) team.members.push(m);
    else if ((rank[m.role] ?? 0) > (rank[twice.role] ?? 0)) twice.role = m.role;
  }
  team.members.sort((a, b) => (rank[b.role] ?? 0) - (rank[a.role] ?? 0) || a.name.localeCompare(b.name, "vi"));
  return team;
}

function holds(d: { [k: string]: unknown }, today: string): boolean {
  const from = d["from"];
  const to = d["to"];
  return (typeof from !== "string" || from <= today) && (typeof to !== "string" || today <= to);
}

/** useMe follows it. */
export function useMe(): Me | undefined {
  return useLive(readMe);
}

/** progressKey names the verdict of a team-month. */
export const progressKey = (team: string, month: string): { type: string; id: string } => ({ type: "progress", id: derivedID("progress", team, month) });
