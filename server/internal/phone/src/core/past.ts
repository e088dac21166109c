// A person's own history in teams they have left. A team's book goes from the
// phone with the right to read it; what the person did there stays theirs, on
// a new phone too.
import { type Activity, num, stateOf, text } from "./model";
import { readSetting, writeSetting } from "./drafts";
import { activities } from "./logging";
import { type Me, progressKey, readMe } from "./me";
import { type Phone, phone } from "./phone";
import { authorized } from "./session";
import { addMonths } from "./text";

export type PastEntry = Pick<Activity, "id" | "doneOn" | "category" | "measures" | "place" | "note" | "standing" | "reason">;

/** One month in one team. */
export interface Past {
  team: string;
  name: string;
  month: string;
  /** Server's time at which it stood so. */
  at: number;
  list: PastEntry[];
  reason: { vi: string; en: string };
  due: number;
  paid: number;
}

const setting = "past";
/** For which left teams the server was asked. */
const asked = "past_asked";

async function read(p: Phone): Promise<Past[]> {
  return JSON.parse((await readSetting(p, setting)) || "[]") as Past[];
}

/** pastTeams are the months in teams that the person is no longer in, newest first. */
export async function pastTeams(p: Phone, now: string[]): Promise<Past[]> {
  return (await read(p)).filter((x) => !now.includes(x.team)).sort((a, b) => (a.month < b.month ? 1 : -1));
}

/** watchPast keeps it up to date after each sync, and asks the server for what a new phone never held. */
export function watchPast(p: Phone): void {
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy || phone.get() !== p) return;
    busy = true;
    try {
      const old = await read(p);
      const me = await readMe(p);
      const next = await collect(p, me, old);
      if (JSON.stringify(next) !== JSON.stringify(old)) await writeSetting(p, setting, JSON.stringify(next));
      const gone = [...new Set(next.map((x) => x.team))].filter((id) => !me.teams.some((x) => x.id === id)).sort().join();
      if (!me.empty && (await readSetting(p, asked)) !== "of " + gone) {
        await askPast(p);
        await writeSetting(p, asked, "of " + gone);
      }
    } catch {
      // no network, or the book was closed meanwhile: the next sync comes here again
    } finally {
      busy = false;
    }
  };
  p.engine.subscribe((c) => c.kind === "sync" && void look());
}

interface Told {
  months: {
    team: string; name: string; month: string; reason_vi: string; reason_en: string; due_vnd: number; paid_vnd: number;
    activities: { id: string; done_on: string; category: string; measures?: Record<string, number>; place?: string; note?: string; state: string; reason?: string }[];
  }[];
}

/** askPast takes the server's word for the teams that the person has left. */
export async function askPast(p: Phone): Promise<void> {
  if (p.practice) return;
  const told = await authorized<Told>(p.who.id, "GET", "/v1/me/history");
  const at = (await p.ref.status()).serverNow;
  const next = new Map((await read(p)).map((x) => [x.team + x.month, x]));
  for (const m of told.months) {
    next.set(m.team + m.month, {
      team: m.team, name: m.name, month: m.month, at, reason: { vi: m.reason_vi, en: m.reason_en }, due: m.due_vnd, paid: m.paid_vnd,
      list: m.activities.map((a) => ({
        id: a.id, doneOn: a.done_on, category: a.category, measures: a.measures ?? {}, place: a.place ?? "", note: a.note ?? "",
        standing: stateOf(a.state), reason: a.reason ?? "",
      })),
    });
  }
  await writeSetting(p, setting, JSON.stringify([...next.values()]));
}

async function collect(p: Phone, me: Me, old: Past[]): Promise<Past[]> {
  const at = (await p.ref.status()).lastServerMs;
  const next = new Map(old.map((x) => [x.team + x.month, x]));
  for (const team of me.teams) {
    for (let back = 0; back < 3; back++) {
      const month = addMonths(me.month, -back);
      const list = (await activities(p, team.id, month)).filter((a) => a.author === me.person).map(entryOf);
      if (list.length === 0) continue;
      const doc = (await p.ref.get(progressKey(team.id, month)))?.doc ?? {};
      const now: Past = {
        team: team.id, name: team.name, month, at, list, reason: { vi: text(doc, "reason_vi"), en: text(doc, "reason_en") },
        due: num(doc, "due_vnd"), paid: num(doc, "paid_vnd"),
      };
      const was = next.get(team.id + month);
      if (!was || JSON.stringify({ ...was, at: 0 }) !== JSON.stringify({ ...now, at: 0 })) next.set(team.id + month, now);
    }
  }
  return [...next.values()];
}

function entryOf({ id, doneOn, category, measures, place, note, standing, reason }: Activity): PastEntry {
  return { id, doneOn, category, measures, place, note, standing, reason };
}
