import { openEngine, type Engine, type ID, type Key, type Saved } from "../../src/index";
import { httpTransport } from "../../src/http";
import { memoryStore, type MemorySnapshot, type MemoryStore } from "../../src/memory";
import type { Store } from "../../src/store";
import { Killed, Killer } from "../killer";
import type { Rand } from "../rand";
import { Net } from "./net";

export interface Person {
  person: ID;
  token: string;
  chair: boolean;
}

/** A mutation that a person was told is saved. */
export interface Made {
  person: ID;
  fp: string;
  type: string;
  id: ID;
  token: string;
  raw: string;
}

/** One device of one person. */
export class Phone {
  engine!: Engine;
  killer!: Killer;
  net: Net;
  /** What was saved here and must not be lost; cut back when the storage is set back. */
  made: Made[] = [];
  private snap: { state: MemorySnapshot; made: number } | null = null;

  constructor(
    readonly who: Person, readonly r: Rand, readonly base: string, public clock: number,
    /** In memory, so that it can be cloned and set back, or any other. */
    readonly store: Store | MemoryStore = memoryStore(),
  ) {
    this.net = new Net(r, fetch);
  }

  /** A new start of the app on the same database. */
  async start(killAt = 0): Promise<void> {
    this.killer = new Killer(this.store, killAt);
    this.engine = await this.open(this.killer);
  }

  private open(store: Killer): Promise<Engine> {
    const transport = httpTransport({
      fetch: this.net.fetch, base: this.base, tokens: { token: async () => this.who.token, refresh: async () => null },
    });
    return openEngine({
      store, transport, now: () => this.clock, random: this.r.bytes, person: this.who.person, app: "test",
      limits: { mutations: 1 + this.r.int(9), changes: 1 + this.r.int(40) },
    });
  }

  /** A second tab of the same phone. */
  tab(): Promise<Engine> {
    return this.open(this.killer);
  }

  /** Saves and remembers what was promised. */
  async keep(token: string, save: () => Promise<Saved>, key: Key): Promise<void> {
    const s = await save();
    const item = (await this.store.view((r) => r.outbox(s.n, 1)))[0]!;
    this.made.push({ person: this.who.person, fp: s.fp, type: key.type, id: s.id, token, raw: item.raw });
  }

  snapshot(): void {
    if ("snapshot" in this.store) this.snap = { state: this.store.snapshot(), made: this.made.length };
  }

  /** The phone is put back to its backup: what only it knew is gone. */
  async restore(): Promise<boolean> {
    if (!this.snap || !("restore" in this.store)) return false;
    this.store.restore(this.snap.state);
    this.made.length = this.snap.made;
    await this.start();
    return true;
  }

  /** Runs fn; a phone that dies in it starts again. Returns whether it died. */
  async survive(fn: () => Promise<void>): Promise<boolean> {
    try {
      await fn();
      return false;
    } catch (e) {
      if (!(e instanceof Killed)) throw e;
      await this.start();
      return true;
    }
  }

  /** What was promised is shown, or the person was told why not. */
  async showsWhatWasSaved(gone: Set<ID>): Promise<string> {
    const notices = await this.engine.notices();
    for (const m of this.made) {
      if (m.token === "" || gone.has(m.id)) continue;
      const s = await this.engine.get({ type: m.type, id: m.id });
      if (!s && !this.made.some((c) => c.id === m.id && c.raw.startsWith('{"op":"create"'))) continue; // not read yet
      const list = s?.doc["evidence"];
      if (Array.isArray(list) && list.filter((x) => x === m.token).length === 1) continue;
      if (notices.some((n) => n.fp === m.fp && n.verdict.v !== "applied")) continue;
      return `${m.token} of ${m.id} was saved and is not shown: ${JSON.stringify(s?.doc ?? null)}, ${JSON.stringify(await this.engine.status())}`;
    }
    return "";
  }
}
