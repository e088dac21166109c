import type { Key } from "./index";
import { result } from "./idb";
import { maxLog, type BaseRecord, type Item, type LogEntry, type Meta, type ScopeState, type StoreReader, type StoreTx } from "./store";

/** How a record is stored: with the names of its scopes, which the index is over. */
interface StoredRecord extends BaseRecord {
  scopes: string[];
}

const metaKey = "meta";

export class IdbReader implements StoreReader {
  constructor(protected readonly tx: IDBTransaction, protected readonly range: typeof IDBKeyRange) {}

  protected store(name: string): IDBObjectStore {
    return this.tx.objectStore(name);
  }
  async meta(): Promise<Meta | null> {
    return (await result<Meta | undefined>(this.store("meta").get(metaKey))) ?? null;
  }
  async record(key: Key): Promise<BaseRecord | null> {
    return (await result<BaseRecord | undefined>(this.store("records").get([key.type, key.id]))) ?? null;
  }
  async members(scope: string, type: string): Promise<BaseRecord[]> {
    const list = await result<BaseRecord[]>(this.store("records").index("scope").getAll(scope));
    return type === "" ? list : list.filter((r) => r.type === type);
  }
  async scope(name: string): Promise<ScopeState | null> {
    return (await result<ScopeState | undefined>(this.store("scopes").get(name))) ?? null;
  }
  scopes(): Promise<ScopeState[]> {
    return result<ScopeState[]>(this.store("scopes").getAll());
  }
  outbox(from: number, limit?: number): Promise<Item[]> {
    return result<Item[]>(this.store("outbox").getAll(this.range.lowerBound(from), limit));
  }
  outboxOf(key: Key): Promise<Item[]> {
    return result<Item[]>(this.store("outbox").index("key").getAll([key.type, key.id]));
  }
  outboxOfType(type: string): Promise<Item[]> {
    return result<Item[]>(this.store("outbox").index("key").getAll(this.range.bound([type], [type, []])));
  }
  sent(): Promise<Item[]> {
    return result<Item[]>(this.store("sent").getAll());
  }
  sentCount(): Promise<number> {
    return result(this.store("sent").count());
  }
  logCount(after: number): Promise<number> {
    return result(this.store("log").count(this.range.lowerBound(after, true)));
  }
  async log(): Promise<LogEntry[]> {
    return (await result<LogEntry[]>(this.store("log").getAll())).reverse();
  }
}

export class IdbTx extends IdbReader implements StoreTx {
  setMeta(m: Meta): void {
    this.store("meta").put(m, metaKey);
  }
  putRecord(r: BaseRecord): void {
    const stored: StoredRecord = { ...r, scopes: r.marks.map((m) => m.scope) };
    this.store("records").put(stored);
  }
  deleteRecord(key: Key): void {
    this.store("records").delete([key.type, key.id]);
  }
  putScope(s: ScopeState): void {
    this.store("scopes").put(s);
  }
  deleteScope(name: string): void {
    this.store("scopes").delete(name);
  }
  putOutbox(it: Item): void {
    this.store("outbox").put(it);
  }
  deleteOutbox(n: number): void {
    this.store("outbox").delete(n);
  }
  putSent(it: Item): void {
    this.store("sent").put(it);
  }
  deleteSent(n: number): void {
    this.store("sent").delete(n);
  }
  addLog(e: Omit<LogEntry, "seq">): void {
    const log = this.store("log");
    const r = log.add(e);
    r.onsuccess = () => {
      const old = (r.result as number) - maxLog;
      if (old > 0) log.delete(this.range.upperBound(old));
    };
  }
}
