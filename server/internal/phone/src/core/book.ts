// A person's book: that person's database with the engine on it. The app has one
// open; the service worker opens one for the moment of a sync, so nothing here
// touches a page.
import {
  type Engine, type IdbStore, broadcast, httpTransport, openEngine, openIdbStore, webLocks,
} from "@banso/sync";
import * as people from "./people";
import { tokens } from "./session";
import { version } from "./version";

export interface Book {
  store: IdbStore;
  engine: Engine;
  /** Closes it; a request under way is dropped, because who closes the book sends nothing more. */
  close(): void;
}

export const timers = {
  set(ms: number, fn: () => void): () => void {
    const h = setTimeout(fn, ms);
    return () => clearTimeout(h);
  },
};

const gzip = async (b: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await new Response(new Blob([b as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());

/** openBook opens a person's book; onOutdated is called if a newer app opens the same database. */
export async function openBook(person: string, onOutdated: () => void): Promise<Book> {
  const name = people.databaseOf(person);
  const store = await openIdbStore({ indexedDB, keyRange: IDBKeyRange, name, onOutdated });
  let asking: AbortController | null = null;
  const transport = httpTransport({
    fetch: (url, init) => fetch(url, init as RequestInit),
    base: "",
    tokens: tokens(person),
    timers,
    abort: () => {
      const c = (asking = new AbortController()); // an engine has one request at a time
      return { signal: c.signal, abort: () => c.abort() };
    },
    ...("CompressionStream" in self && { gzip }),
  });
  const engine = await openEngine({
    store, transport, timers, person, app: version,
    now: () => Date.now(),
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    locks: webLocks(navigator.locks as never),
    channel: broadcast(new BroadcastChannel(name) as never),
  });
  return {
    store, engine,
    close() {
      engine.close();
      asking?.abort();
    },
  };
}

/** syncClosed syncs everybody's book while no page is open, the last one's
 * first, until enough says so. It reports whether some work still waits. */
export async function syncClosed(enough: () => Promise<boolean>): Promise<boolean> {
  const there = new Set((await indexedDB.databases()).map((d) => d.name));
  let waits = false;
  for (const p of await people.people()) {
    if (p.over === "out" || p.over === "end" || !there.has(people.databaseOf(p.id))) continue; // opening one that is not there would make it
    const book = await openBook(p.id, () => book.close());
    try {
      await book.engine.sync();
      waits ||= (await book.engine.status()).unsent > 0;
    } finally {
      book.close();
    }
    if (await enough()) break;
  }
  return waits;
}
