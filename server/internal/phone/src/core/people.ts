// Who uses this phone. One small database of the phone itself; what a person
// wrote lives in a database of that person alone ("banso/<person>").
import { type DBSchema, openDB } from "idb";

/** A person who has signed in on this phone. */
export interface Person {
  id: string;
  name: string;
  device: string;
  access: string;
  refresh: string;
  /** When the person was last chosen here, phone's ms. */
  usedMs: number;
  /** "": signed in. "out": signed out here. "end": the server ended the session. "push": ended, may still hand over its queue. */
  over: "" | "out" | "end" | "push";
  /** Absent: no PIN. */
  pin?: Pin;
}

/** A PIN as it is kept: only its slow hash. */
export interface Pin {
  salt: string;
  hash: string;
  /** Wrong tries in a row, and the phone's ms before which none is taken. */
  wrong: number;
  waitMs: number;
}

interface Schema extends DBSchema {
  people: { key: string; value: Person };
  app: { key: string; value: string };
}

const open = openDB<Schema>("banso", 1, {
  upgrade(db) {
    db.createObjectStore("people", { keyPath: "id" });
    db.createObjectStore("app");
  },
});

/** people lists them, the last one first. */
export async function people(): Promise<Person[]> {
  return (await (await open).getAll("people")).sort((a, b) => b.usedMs - a.usedMs);
}

export async function person(id: string): Promise<Person | undefined> {
  return (await open).get("people", id);
}

/** change rewrites a person in one transaction that is on disk when it resolves. */
export async function change(id: string, how: (p: Person) => Person): Promise<Person | undefined> {
  const tx = (await open).transaction("people", "readwrite", { durability: "strict" });
  const old = await tx.store.get(id);
  const next = old && how(old);
  if (next) await tx.store.put(next);
  await tx.done;
  return next;
}

/** put adds a person, or a new session of one who was here. */
export async function put(p: Person): Promise<void> {
  const tx = (await open).transaction("people", "readwrite", { durability: "strict" });
  await tx.store.put(p);
  await tx.done;
}

export async function forget(id: string): Promise<void> {
  await (await open).delete("people", id);
}

/** setting reads something small of the phone itself. */
export async function setting(name: string): Promise<string> {
  return (await (await open).get("app", name)) ?? "";
}

/** settings lists those whose name begins with prefix. */
export async function settings(prefix: string): Promise<[string, string][]> {
  const db = await open;
  const range = IDBKeyRange.bound(prefix, prefix + "\uffff");
  const [names, values] = [await db.getAllKeys("app", range), await db.getAll("app", range)];
  return names.map((n, i) => [n, values[i] ?? ""]);
}

export async function dropSetting(name: string): Promise<void> {
  await (await open).delete("app", name);
}

/** databaseOf names the database of a person. */
export const databaseOf = (person: string): string => "banso/" + person;

export async function setSetting(name: string, value: string): Promise<void> {
  await (await open).put("app", value, name);
}

/** install is this phone's secret by which the server knows it again. */
export async function install(): Promise<string> {
  const tx = (await open).transaction("app", "readwrite", { durability: "strict" });
  let id = await tx.store.get("install");
  if (!id) await tx.store.put((id = randomID()), "install");
  await tx.done;
  return id;
}

/** randomID is 128 random bits in base64url. */
function randomID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
