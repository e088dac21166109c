// What is half typed. Each keystroke is on disk as soon as the disk can follow:
// while one write is under way only the newest text waits for the next.
import { result } from "./requests";
import type { Content } from "./model";
import { type Phone, touch } from "./phone";

export interface Draft {
  /** Of the record it becomes, so that saving twice makes one record. */
  id: string;
  /** Change of a record that exists. */
  edit: boolean;
  content: Content;
  /** Cases that this draft answers: dismissed once it is saved. */
  answers: string[];
}

/** The one new activity of a person; changes are kept under the record's id. */
export const newDraft = "new";

export async function readDraft<T = Draft>(p: Phone, name: string): Promise<T | undefined> {
  return p.store.app(["drafts"], "readonly", (tx) => result<T | undefined>(tx.objectStore("drafts").get(name)));
}

const waiting = new Map<string, unknown>();
const writing = new Map<string, Promise<void>>();

/** writeDraft keeps the newest version; it resolves when that is on disk. */
export function writeDraft<T = Draft>(p: Phone, name: string, d: T): Promise<void> {
  waiting.set(name, d);
  const running = writing.get(name);
  if (running) return running;
  const run = (async () => {
    for (let next = waiting.get(name); next !== undefined; next = waiting.get(name)) {
      waiting.delete(name);
      const value = next;
      await p.store.app(["drafts"], "readwrite", (tx) => result(tx.objectStore("drafts").put(value, name)), "strict");
    }
  })().finally(() => writing.delete(name));
  writing.set(name, run);
  return run;
}

/** dropDraft forgets it, after what is being written. */
export async function dropDraft(p: Phone, name: string): Promise<void> {
  waiting.delete(name);
  await writing.get(name)?.catch(() => undefined);
  await p.store.app(["drafts"], "readwrite", (tx) => result(tx.objectStore("drafts").delete(name)));
  touch();
}

/** settings: anything small of this person on this phone. */
export async function readSetting(p: Phone, name: string): Promise<string> {
  return (await p.store.app(["settings"], "readonly", (tx) => result<string | undefined>(tx.objectStore("settings").get(name)))) ?? "";
}

export async function writeSetting(p: Phone, name: string, value: string): Promise<void> {
  await p.store.app(["settings"], "readwrite", (tx) => result(tx.objectStore("settings").put(value, name)));
  touch();
}
