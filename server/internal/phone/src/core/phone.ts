// The open phone: one person, one database, one engine. Everything on screen
// is read from it; nothing else holds what a person wrote.
import {
  type Engine, type IdbStore, askPersistence, broadcast, httpTransport, openEngine, openIdbStore, webLocks,
} from "@banso/sync";
import { Cell } from "@banso/kit/cell";
import * as people from "./people";
import { tokens } from "./session";
import { version } from "./version";

export interface Phone {
  who: people.Person;
  engine: Engine;
  /** Where catalogue, team and months are read: the engine itself, but in practice mode the real one. */
  ref: Engine;
  /** Also holds drafts, photos and settings of this person. */
  store: IdbStore;
  practice: boolean;
  /** Others use this phone too: whose book is open must be seen. */
  shared: boolean;
}

/** The phone that is open; null before anybody was chosen. */
export const phone = new Cell<Phone | null>(null);

/** Turns over when drafts, photos or settings changed; the engine tells of its own changes. */
export const changed = new Cell(0);
export function touch(): void {
  changed.set(changed.get() + 1);
}

/** Set if the browser has thrown a person's database away. */
export const evicted = new Cell(false);
/** Set if another tab runs a newer app: this one must reload. */
export const outdated = new Cell(false);

export const timers = {
  set(ms: number, fn: () => void): () => void {
    const h = setTimeout(fn, ms);
    return () => clearTimeout(h);
  },
};

const gzip = async (b: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await new Response(new Blob([b as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());

/** The request under way: who closes the book sends nothing more. */
let asking: AbortController | null = null;

/** openPhone opens a person's database, starts to sync and shows it. */
export async function openPhone(who: people.Person): Promise<Phone> {
  leavePhone();
  const name = people.databaseOf(who.id);
  const store = await openIdbStore({ indexedDB, keyRange: IDBKeyRange, name, onOutdated: () => outdated.set(true) });
  const transport = httpTransport({
    fetch: (url, init) => fetch(url, init as RequestInit),
    base: "",
    tokens: tokens(who.id),
    timers,
    abort: () => {
      const c = (asking = new AbortController()); // an engine has one request at a time
      return { signal: c.signal, abort: () => c.abort() };
    },
    ...("CompressionStream" in self && { gzip }),
  });
  const engine = await openEngine({
    store, transport, timers, person: who.id, app: version,
    now: () => Date.now(),
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    locks: webLocks(navigator.locks as never),
    channel: broadcast(new BroadcastChannel(name) as never),
  });
  if (store.fresh && (await people.setting("opened/" + who.id))) evicted.set(true);
  await people.setSetting("opened/" + who.id, "1");
  await people.setSetting("last", who.id);
  await people.change(who.id, (p) => ({ ...p, usedMs: Date.now() }));
  const open = { who, engine, ref: engine, store, practice: false, shared: (await people.people()).length > 1 };
  phone.set(open);
  if (who.over !== "out") engine.start();
  return open;
}

/** leavePhone closes what is open; nothing is deleted. */
export function leavePhone(): void {
  const p = phone.get();
  if (!p) return;
  phone.set(null);
  p.engine.close();
  asking?.abort();
  asking = null;
}

/** keepStorage asks the browser once not to throw the data away. */
export async function keepStorage(): Promise<void> {
  await askPersistence(navigator.storage);
}

const wake = (): void => phone.get()?.engine.wake();
addEventListener("online", wake);
addEventListener("focus", wake);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
navigator.serviceWorker?.addEventListener("message", (e: MessageEvent) => e.data === "sync" && wake());
