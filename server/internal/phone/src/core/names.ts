// Names of the members whose work a chair reviews. A commune's records carry ids
// only; the names are asked for once and kept here for when there is no network.
import { readSetting, writeSetting } from "./drafts";
import { type Phone, phone } from "./phone";
import { authorized } from "./session";

interface Members {
  people: { person: string; name: string }[];
}

const setting = "names";

export async function knownNames(p: Phone): Promise<Map<string, string>> {
  return new Map(Object.entries(JSON.parse((await readSetting(p, setting)) || "{}") as Record<string, string>));
}

/** learnNames asks for the members of these teams; without a network nothing changes. */
export async function learnNames(p: Phone, teams: string[]): Promise<void> {
  const names = await knownNames(p);
  const before = names.size;
  try {
    for (const team of teams) {
      const r = await authorized<Members>(p.who.id, "GET", `/v1/people?team=${team}`);
      for (const x of r.people) names.set(x.person, x.name);
    }
  } catch {
    // the next visit asks again
  }
  if (names.size > before && phone.get() === p) await writeSetting(p, setting, JSON.stringify(Object.fromEntries(names)));
}
