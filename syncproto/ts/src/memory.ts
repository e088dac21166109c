import { keyText, maxLog, type BaseRecord, type Item, type LogEntry, type Meta, type ScopeState, type Store, type StoreReader, type StoreTx } from "./store";
import type { Key } from "./index";

/** Everything of one moment. Never changed once it is the newest: a transaction works on a copy. */
interface State {
  meta: Meta | null;
  records: Map<string, BaseRecord>;
  scopes: Map<string, ScopeState>;
  outbox: Map<number, Item>;
  sent: Map<number, Item>;
  log: LogEntry[];
}

export interface MemoryStore extends Store {
  /** The state of now, to be restored here or opened elsewhere: a clone of the phone. */
  snapshot(): MemorySnapshot;
  restore(s: MemorySnapshot): void;
}
export interface MemorySnapshot {
  readonly state: unknown;
}

/** A database in memory. Updates run one after the other; views read the newest finished state. */
export function memoryStore(from?: MemorySnapshot): MemoryStore {
  let state: State = (from?.state as State | undefined) ?? {
    meta: null, records: new Map(), scopes: new Map(), outbox: new Map(), sent: new Map(), log: [],
  };
  let tail: Promise<unknown> = Promise.resolve();
  return {
    view: (fn) => fn(new Reader(state)),
    update: (fn) => {
      const run = async (): Promise<Awaited<ReturnType<typeof fn>>> => {
        const tx = new Tx(state);
        const out = await fn(tx);
        state = tx.done();
        return out;
      };
      const p = tail.then(run);
      tail = p.catch(() => undefined);
      return p;
    },
    close: () => undefined,
    snapshot: () => ({ state }),
    restore: (s) => {
      state = s.state as State;
    },
  };
}

class Reader implements StoreReader {
  constructor(protected s: State) {}
  async meta(): Promise<Meta | null> {
    return this.s.meta && { ...this.s.meta };
  }
  async record(key: Key): Promise<BaseRecord | null> {
    return this.s.records.get(keyText(key)) ?? null;
  }
  async members(scope: string, type: string): Promise<BaseRecord[]> {
    const list = [...this.s.records.values()].filter((r) => (type === "" || r.type === type) && r.marks.some((m) => m.scope === scope));
    return list.sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  }
  async scope(name: string): Promise<ScopeState | null> {
    const s = this.s.scopes.get(name);
    return s ? { ...s } : null;
  }
  async scopes(): Promise<ScopeState[]> {
    return [...this.s.scopes.values()].sort((a, b) => (a.scope < b.scope ? -1 : 1)).map((s) => ({ ...s }));
  }
  async outbox(from: number, limit = Infinity): Promise<Item[]> {
    return byN(this.s.outbox).filter((it) => it.n >= from).slice(0, limit);
  }
  async outboxOfType(type: string): Promise<Item[]> {
    return (await this.outbox(0)).filter((it) => it.type === type);
  }
  async outboxOf(key: Key): Promise<Item[]> {
    return byN(this.s.outbox).filter((it) => it.type === key.type && it.id === key.id);
  }
  async sent(): Promise<Item[]> {
    return byN(this.s.sent);
  }
  async sentCount(): Promise<number> {
    return this.s.sent.size;
  }
  async logCount(after: number): Promise<number> {
    return this.s.log.filter((e) => e.seq > after).length;
  }
  async log(): Promise<LogEntry[]> {
    return this.s.log.slice().reverse();
  }
}

function byN(m: Map<number, Item>): Item[] {
  return [...m.values()].sort((a, b) => a.n - b.n);
}

class Tx extends Reader implements StoreTx {
  private open = true;
  constructor(s: State) {
    super({ meta: s.meta, records: new Map(s.records), scopes: new Map(s.scopes), outbox: new Map(s.outbox), sent: new Map(s.sent), log: s.log });
  }
  done(): State {
    this.open = false;
    return this.s;
  }
  private write<T>(v: T): T {
    if (!this.open) throw new Error("the transaction has ended");
    return v;
  }
  setMeta(m: Meta): void {
    this.s.meta = this.write({ ...m });
  }
  putRecord(r: BaseRecord): void {
    this.s.records.set(keyText(r), this.write(r));
  }
  deleteRecord(key: Key): void {
    this.s.records.delete(this.write(keyText(key)));
  }
  putScope(s: ScopeState): void {
    this.s.scopes.set(s.scope, this.write({ ...s }));
  }
  deleteScope(name: string): void {
    this.s.scopes.delete(this.write(name));
  }
  putOutbox(it: Item): void {
    this.s.outbox.set(it.n, this.write({ ...it }));
  }
  deleteOutbox(n: number): void {
    this.s.outbox.delete(this.write(n));
  }
  putSent(it: Item): void {
    this.s.sent.set(it.n, this.write({ ...it }));
  }
  deleteSent(n: number): void {
    this.s.sent.delete(this.write(n));
  }
  addLog(e: Omit<LogEntry, "seq">): void {
    const last = this.s.log[this.s.log.length - 1];
    this.s.log = [...this.s.log, this.write({ ...e, seq: (last?.seq ?? 0) + 1 })].slice(-maxLog);
  }
}
