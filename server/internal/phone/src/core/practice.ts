// Practice: the same screens over a book of its own that has no way to the
// server. Catalogue and team are read from the real one.
import { openEngine, openIdbStore } from "@banso/sync";
import { letIn } from "./gate";
import { databaseOf } from "./people";
import { leavePhone, type Phone, phone } from "./phone";
import * as people from "./people";
import { version } from "./version";

/** startPractice puts a practice book over the open phone. */
export async function startPractice(p: Phone): Promise<void> {
  const store = await openIdbStore({ indexedDB, keyRange: IDBKeyRange, name: databaseOf(p.who.id) + "/practice" });
  const engine = await openEngine({ store, person: p.who.id, app: version, now: () => Date.now(), random: (n) => crypto.getRandomValues(new Uint8Array(n)) });
  phone.set({ who: p.who, engine, ref: p.ref, store, practice: true, shared: p.shared });
}

/** endPractice goes back to the real book. */
export async function endPractice(p: Phone): Promise<void> {
  p.engine.close();
  leavePhone();
  p.ref.close();
  const who = await people.person(p.who.id);
  if (who) await letIn(who);
}
