// The service worker: the app's files of one version, kept so that it opens
// without a network. It never touches calls to the API. The server writes
// self.banso = {version, files} above this text.
/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope & { banso: { version: string; files: string[] } };
export {};

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

// Background sync, where the platform has it: wake open pages.
self.addEventListener("sync" as never, ((e: ExtendableEvent) => {
  e.waitUntil(self.clients.matchAll({ type: "window" }).then((list) => list.forEach((c) => c.postMessage("sync"))));
}) as never);
