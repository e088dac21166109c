// Pushes are hints: the inbox is the truth, and everything works without one
// ever arriving. A push says a kind, an opaque id and a tag; the service worker
// composes what it shows from the record that this phone holds.
import { authorized } from "./session";
import * as people from "./people";
import { type Phone, phone, touch } from "./phone";
import { readSetting, writeSetting } from "./drafts";

/** canPush says whether this browser could take pushes at all. */
export const canPush = (): boolean => "PushManager" in self && "Notification" in self && "serviceWorker" in navigator;

/** What stands between this person and pushes; "server" if the server has none. */
export type PushState = "on" | "ask" | "denied" | "never" | "server";

export async function pushState(p: Phone): Promise<PushState> {
  if (!canPush()) return "never";
  if (Notification.permission === "denied") return "denied";
  if ((await readSetting(p, "vapid")) === "") return "server";
  return Notification.permission === "granted" && (await readSetting(p, "pushed")) ? "on" : "ask";
}

/** allowPush asks the person, subscribes and tells the server. */
export async function allowPush(p: Phone): Promise<void> {
  if ((await Notification.requestPermission()) === "granted") await renewPush(p, true);
  touch();
}

/** stopPush takes this device off at the server; permission stays with the browser. */
export async function stopPush(p: Phone): Promise<void> {
  await authorized(p.who.id, "DELETE", "/v1/push");
  await writeSetting(p, "pushed", "");
  touch();
}

/** renewPush keeps the server's key and, if the person said yes, a subscription to it that the server knows. */
export async function renewPush(p: Phone, now = false): Promise<void> {
  if (!canPush() || p.practice) return;
  const { vapid = "" } = await authorized<{ vapid?: string }>(p.who.id, "GET", "/v1/push");
  await writeSetting(p, "vapid", vapid);
  if (!vapid || Notification.permission !== "granted" || !(now || (await readSetting(p, "pushed")))) return;
  const { pushManager } = await navigator.serviceWorker.ready;
  let sub = await pushManager.getSubscription();
  const key = bytes(vapid);
  if (sub && !same(sub.options.applicationServerKey, key)) {
    await sub.unsubscribe(); // to another server, or before its key changed
    sub = null;
  }
  sub ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key as BufferSource });
  const { endpoint, keys } = sub.toJSON();
  await authorized(p.who.id, "POST", "/v1/push", { channel: "webpush", token: endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"] });
  await writeSetting(p, "pushed", "1");
}

/** receipts tells the server, by way of the outbox, what the service worker showed and what was tapped. */
export async function receipts(p: Phone): Promise<void> {
  if (p.practice) return;
  for (const what of ["shown", "opened"]) {
    for (const [name, person] of await people.settings(what + "/")) {
      const id = name.slice(what.length + 1);
      if (person !== p.who.id) continue;
      const rec = await p.ref.get({ type: "inbox", id });
      if (!rec) continue; // the record is still on its way
      if (rec.doc[what] !== true) await p.ref.edit({ type: "inbox", id }, { set: what === "opened" ? { opened: true, read: true } : { shown: true } });
      await people.dropSetting(name);
    }
  }
}

function bytes(base64url: string): Uint8Array {
  const raw = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

function same(a: ArrayBuffer | null, b: Uint8Array): boolean {
  if (!a || a.byteLength !== b.length) return false;
  return new Uint8Array(a).every((x, i) => x === b[i]);
}

/** followPushes keeps the subscription and hands receipts on, for as long as the page lives. */
export function followPushes(): void {
  let end = (): void => undefined;
  const now = (): void => {
    const p = phone.get();
    if (p) void receipts(p).catch(() => undefined); // with the next change, then
  };
  const renew = (): void => {
    const p = phone.get();
    if (p && p.who.over === "") void renewPush(p).catch(() => undefined); // offline: with the next start
  };
  phone.follow(() => {
    end();
    end = phone.get()?.engine.subscribe(now) ?? ((): void => undefined);
    now();
    renew();
  });
  navigator.serviceWorker?.addEventListener("message", (e: MessageEvent) => {
    if (e.data === "receipts") now();
    else if (e.data === "renew") renew();
    else if (typeof e.data?.go === "string" && e.data.go.startsWith("#/")) {
      location.hash = e.data.go;
      now(); // that it was tapped
    }
  });
}
