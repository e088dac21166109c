// The open phone: one person, one database, one engine. Everything on screen
// is read from it; nothing else holds what a person wrote.
import { type Engine, type IdbStore, askPersistence } from "@banso/sync";
import { Cell } from "@banso/kit/cell";
import { openBook } from "./book";
import * as people from "./people";

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

/** Closes what is open, with the request under way. */
let close = (): void => undefined;

/** openPhone opens a person's database, starts to sync and shows it. */
export async function openPhone(who: people.Person): Promise<Phone> {
  leavePhone();
  const book = await openBook(who.id, () => outdated.set(true));
  const { store, engine } = book;
  close = book.close;
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
  close();
}

/** keepStorage asks the browser once not to throw the data away. */
export async function keepStorage(): Promise<void> {
  await askPersistence(navigator.storage);
}

const wake = (): void => phone.get()?.engine.wake();
addEventListener("online", wake);
addEventListener("focus", wake);
document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? wake() : void handOn()));
navigator.serviceWorker?.addEventListener("message", (e: MessageEvent) => e.data === "sync" && wake());

/** handOn asks the platform, if it can, to sync by the service worker once there is a network: the app may be gone by then. */
async function handOn(): Promise<void> {
  const p = phone.get();
  if (!p || p.practice || !navigator.serviceWorker) return;
  const { unsent } = await p.engine.status();
  const there = (await navigator.serviceWorker.ready) as ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };
  if (unsent > 0) await there.sync?.register("unsent").catch(() => undefined); // switched off by the person
}
