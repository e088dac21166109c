// A person's own history in teams they have left. A team's book goes from the
// phone with the right to read it; what the person did there stays theirs, as
// it was last seen.
import { type Activity, num, text } from "./model";
import { readSetting, writeSetting } from "./drafts";
import { activities } from "./logging";
import { progressKey, readMe } from "./me";
import { type Phone, phone } from "./phone";
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

async function read(p: Phone): Promise<Past[]> {
  return JSON.parse((await readSetting(p, setting)) || "[]") as Past[];
}

/** pastTeams are the months in teams that the person is no longer in, newest first. */
export async function pastTeams(p: Phone, now: string[]): Promise<Past[]> {
  return (await read(p)).filter((x) => !now.includes(x.team)).sort((a, b) => (a.month < b.month ? 1 : -1));
}

/** watchPast keeps it up to date after each sync. */
export function watchPast(p: Phone): void {
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy || phone.get() !== p) return;
    busy = true;
    try {
      const old = await read(p);
      const next = await collect(p, old);
      if (JSON.stringify(next) !== JSON.stringify(old)) await writeSetting(p, setting, JSON.stringify(next));
    } catch {
      // the book was closed meanwhile: the next sync comes here again
    } finally {
      busy = false;
    }
  };
  p.engine.subscribe((c) => c.kind === "sync" && void look());
}

async function collect(p: Phone, old: Past[]): Promise<Past[]> {
  const me = await readMe(p);
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
