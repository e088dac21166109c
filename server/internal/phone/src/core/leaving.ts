// Leaving a phone: by one's own will, or because the phone was reported lost.
import { deleteIdbStore } from "@banso/sync";
import { call } from "@banso/kit/api";
import { atHome, gate } from "./gate";
import * as people from "./people";
import { databaseOf } from "./people";
import { type Phone, leavePhone, phone } from "./phone";
import { Cell } from "@banso/kit/cell";
import { handOver } from "./uploads";

const retryMs = 30_000;

/** Set after a lost phone was emptied: how many steps were handed over before. */
export const wiped = new Cell(false);

/** signOut ends the session. What was not sent stays on the phone until the person comes back; delete empties it. */
export async function signOut(p: Phone, remove: boolean): Promise<void> {
  const who = await people.person(p.who.id);
  leavePhone();
  atHome();
  if (who) void call("POST", "/v1/auth/logout", undefined, { token: who.access }).catch(() => undefined);
  await people.change(p.who.id, (x) => ({ ...x, over: "out", access: "", refresh: "" }));
  if (remove) await erase(p.who.id);
  const list = await people.people();
  gate.set(list.length ? { at: "choose", people: list } : { at: "enter", code: "" });
}

async function erase(id: string): Promise<void> {
  await deleteIdbStore(indexedDB, databaseOf(id));
  await people.forget(id);
  await people.setSetting("opened/" + id, "");
}

/**
 * watchRevoked empties a phone that was shut out, once the server has taken in
 * everything that was written on it, photos included.
 */
export function watchRevoked(p: Phone): () => void {
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy || phone.get() !== p) return;
    busy = true;
    try {
      const who = await people.person(p.who.id);
      if (who?.over !== "push") return;
      const st = await p.engine.status();
      if (st.unsent > 0 || st.last?.kind !== "ok") return;
      try {
        await handOver(p);
      } catch {
        setTimeout(look, retryMs); // the line broke: what is here stays
        return;
      }
      if (phone.get() !== p) return;
      leavePhone();
      atHome();
      await erase(p.who.id);
      wiped.set(true);
      gate.set({ at: "enter", code: "" });
    } finally {
      busy = false;
    }
  };
  return p.engine.subscribe(() => void look());
}
