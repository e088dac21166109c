// The service worker: the app's files of one version, kept so that it opens
// without a network. It never touches calls to the API. The server writes
// self.banso = {version, files} above this text.
/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope & { banso: { version: string; files: string[] } };
import { syncClosed } from "./core/book";
import { badge, linkOf } from "./core/news";
import { databaseOf, people, setSetting, setting } from "./core/people";

const prefix = "banso-";
const name = prefix + self.banso.version;

self.addEventListener("install", (e) => {
  e.waitUntil(
    caches.open(name).then(async (cache) => {
      for (const url of self.banso.files) {
        if (await cache.match(url)) continue; // a cut download goes on where it stopped
        const held = url.includes("/a/") ? await caches.match(url) : undefined;
        if (held) await cache.put(url, held); // same hash, same bytes
        else await cache.add(new Request(url, { cache: "reload" }));
      }
    }),
  );
});

self.addEventListener("activate", (e) => {
  e.waitUntil(
    (async () => {
      for (const key of await caches.keys()) if (key.startsWith(prefix) && key !== name) await caches.delete(key);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (e) => {
  if (e.data === "take over") void self.skipWaiting();
});

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (e.request.mode === "navigate" && url.pathname === "/") {
    e.respondWith(fromCache("/", e.request));
    return;
  }
  if (self.banso.files.includes(url.pathname)) e.respondWith(fromCache(url.pathname, e.request));
});

async function fromCache(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(name);
  return (await cache.match(path, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}

// Background sync, where the platform has it: open pages sync, or if there is
// none the worker does. What fails is tried again by the platform.
self.addEventListener("sync" as never, ((e: ExtendableEvent) => {
  e.waitUntil(
    (async () => {
      const pages = await self.clients.matchAll({ type: "window" });
      for (const c of pages) c.postMessage("sync");
      if (pages.length === 0 && (await syncClosed(async () => false))) throw new Error("some work still waits");
    })(),
  );
}) as never);

// A push is a hint: it makes the phone sync. What is shown comes from this
// phone's own record once it is here, and says nothing in particular without.
self.addEventListener("push", (e) => {
  e.waitUntil(show(hintOf(e.data)));
});

interface Hint {
  i: string; // of the inbox record
  g: string; // tag: a newer one takes its place
}

interface News {
  person: string;
  doc: Record<string, unknown>;
  unread: number;
}

function hintOf(data: PushMessageData | null): Hint {
  try {
    const { i = "", g = "" } = data?.json() ?? {};
    return { i: String(i), g: String(g) };
  } catch {
    return { i: "", g: "" }; // a push without content, or not ours
  }
}

/** How long a notification waits for its record: a browser soon shows one of its own. */
const patienceMs = 8000;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function show(hint: Hint): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  for (const c of pages) c.postMessage("sync");
  let news = await find(hint.i);
  if (!news && hint.i && pages.length === 0) {
    const synced = syncClosed(async () => (await find(hint.i)) !== undefined).catch(() => undefined); // no network: as if it were not ours
    await Promise.race([synced, pause(patienceMs)]);
    news = await find(hint.i);
  }
  for (let waited = 0; !news && hint.i && pages.length > 0 && waited < patienceMs; waited += 250) {
    await pause(250);
    news = await find(hint.i);
  }
  const vi = (await setting("lang")) !== "en";
  const text = (name: string, other: string): string => String(news?.doc[name + (vi ? "_vi" : "_en")] ?? other);
  await self.registration.showNotification(text("title", vi ? "Bạn có tin mới" : "There is news for you"), {
    body: text("body", vi ? "Mở Bản Số để xem." : "Open Bản Số to read it."),
    tag: hint.g || "banso", lang: vi ? "vi" : "en", icon: "/icon-192.png", badge: "/icon-192.png",
    data: { id: hint.i, person: news?.person ?? "", link: (news && linkOf(news.doc)) || "#/inbox" },
  });
  if (!news) return;
  await setSetting("shown/" + hint.i, news.person);
  await badge(news.unread);
  for (const c of pages) c.postMessage("receipts");
}

/** find looks for the record among the people of this phone. */
async function find(id: string): Promise<News | undefined> {
  if (!id) return undefined;
  const there = new Set((await indexedDB.databases()).map((d) => d.name));
  for (const p of await people()) {
    if (p.over === "out" || !there.has(databaseOf(p.id))) continue; // opening one that is not there would make it
    const docs = await inbox(databaseOf(p.id));
    const doc = docs.get(id);
    if (doc) return { person: p.id, doc, unread: [...docs.values()].filter((d) => d["read"] !== true).length };
  }
  return undefined;
}

function inbox(name: string): Promise<Map<string, Record<string, unknown>>> {
  return new Promise((done, failed) => {
    const open = indexedDB.open(name);
    open.onerror = () => failed(open.error);
    open.onsuccess = () => {
      const db = open.result;
      const all = db.transaction("records").objectStore("records").getAll(IDBKeyRange.bound(["inbox"], ["inbox", []]));
      all.onerror = () => (db.close(), failed(all.error));
      all.onsuccess = () => {
        db.close();
        done(new Map((all.result as { id: string; doc: string }[]).map((r) => [r.id, JSON.parse(r.doc) as Record<string, unknown>])));
      };
    };
  });
}

self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  e.waitUntil(opened(e.notification.data as { id: string; person: string; link: string }));
});

async function opened(to: { id: string; person: string; link: string }): Promise<void> {
  if (to.person) await setSetting("opened/" + to.id, to.person);
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages[0];
  if (!page) {
    await self.clients.openWindow("/" + to.link);
    return;
  }
  await page.focus().catch(() => undefined); // some platforms bring it forward themselves
  page.postMessage({ go: to.link });
}

// The browser has dropped the subscription: an open page makes another, a
// closed one when it is opened.
self.addEventListener("pushsubscriptionchange" as never, ((e: ExtendableEvent) => {
  e.waitUntil(self.clients.matchAll({ type: "window" }).then((list) => list.forEach((c) => c.postMessage("renew"))));
}) as never);
