// Which door a person stands at: none on this phone yet, a choice of people, a
// PIN, or inside.
import { Cell } from "@banso/kit/cell";
import { watchRevoked } from "./leaving";
import * as people from "./people";
import { sweep } from "./photos";
import { watchPast } from "./past";
import { leavePhone, openPhone } from "./phone";
import { watchUploads } from "./uploads";
import { watchNews } from "./watch";

export type Gate =
  | { at: "start" }
  | { at: "enter"; code: string; again?: people.Person }
  | { at: "choose"; people: people.Person[] }
  | { at: "pin"; who: people.Person }
  | { at: "in" }
  | { at: "trouble" };

export const gate = new Cell<Gate>({ at: "start" });

/** linkCode takes the code out of an activation link and out of the address. */
export function linkCode(): string {
  const m = /^#\/vao\/([^/?]+)/.exec(location.hash);
  if (!m) return "";
  history.replaceState(null, "", "#/");
  return decodeURIComponent(m[1]!);
}

/** arrive decides at start which door is the right one. */
export async function arrive(): Promise<void> {
  try {
    const code = linkCode();
    const list = (await people.people()).filter((p) => p.over !== "out");
    if (code || list.length === 0) return gate.set({ at: "enter", code });
    if (list.length > 1 && (await people.setting("ask"))) return gate.set({ at: "choose", people: list });
    await choose(list[0]!);
  } catch (e) {
    console.error(e);
    gate.set({ at: "trouble" });
  }
}

// A link that is opened while the app is open changes only what stands behind #.
addEventListener("hashchange", () => {
  const code = linkCode();
  if (code) gate.set({ at: "enter", code });
});

/** choose opens a person's phone, behind the PIN if there is one. */
export async function choose(who: people.Person): Promise<void> {
  if (who.pin) gate.set({ at: "pin", who });
  else await letIn(who);
}

export async function letIn(who: people.Person): Promise<void> {
  const p = await openPhone(who);
  watchRevoked(p);
  watchUploads(p);
  void sweep(p).catch(() => undefined); // the book was closed meanwhile: next time
  watchNews(p);
  watchPast(p);
  gate.set({ at: "in" });
}

/** atHome makes the next person begin at the first screen, not where the last one was. */
export function atHome(): void {
  location.replace("#/");
}

/** others shows who else uses this phone, or a form for one more. */
export async function others(): Promise<void> {
  leavePhone();
  atHome();
  await people.setSetting("ask", "1");
  gate.set({ at: "choose", people: await people.people() });
}

/** lock shuts the screen; the data stay as they are. */
export async function lock(id: string): Promise<void> {
  leavePhone();
  const who = await people.person(id);
  if (who) await choose(who);
}
