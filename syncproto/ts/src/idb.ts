import { IdbReader, IdbTx } from "./idb_tx";
import type { Store } from "./store";

/** Stores of the engine; names and keys are fixed by the migrations below. */
export const engineStores = ["meta", "records", "scopes", "outbox", "sent", "log"] as const;

/**
 * Stores that belong to the app and live in the same database, so that they
 * are kept, copied and deleted with it. Keys are given with each put:
 *
 * - `drafts`: what is half typed; key: the app's own name of the form.
 * - `photos`: state of each photo, small; key: sha256 in hex.
 * - `photo_bytes`: the bytes of each photo, a Blob or ArrayBuffer; same key.
 * - `settings`: anything small of this person on this phone; key: its name.
 */
export const APP_STORES = ["drafts", "photos", "photo_bytes", "settings"] as const;
export type AppStore = (typeof APP_STORES)[number];

/**
 * The schema, one step for each version. The list is only ever appended to: a
 * phone that was off for a year runs the steps it has missed.
 */
export const migrations: ReadonlyArray<(db: IDBDatabase, tx: IDBTransaction) => void> = [
  // 1: the engine's stores
  (db) => {
    db.createObjectStore("meta");
    const records = db.createObjectStore("records", { keyPath: ["type", "id"] });
    records.createIndex("scope", "scopes", { multiEntry: true });
    db.createObjectStore("scopes", { keyPath: "scope" });
    db.createObjectStore("outbox", { keyPath: "n" });
    db.createObjectStore("sent", { keyPath: "n" });
    db.createObjectStore("log", { keyPath: "seq", autoIncrement: true });
  },
  // 2: mutations by record; the app's stores
  (db, tx) => {
    tx.objectStore("outbox").createIndex("key", ["type", "id"]);
    for (const name of APP_STORES) db.createObjectStore(name);
  },
];

export interface IdbOptions {
  /** `indexedDB` of the window or worker. */
  indexedDB: IDBFactory;
  /** `IDBKeyRange`. */
  keyRange: typeof IDBKeyRange;
  /** One database per person: "banso/" + person. */
  name: string;
  /** Another tab with a newer app needs the database: save the form and reload. The connection is closed already. */
  onOutdated?: () => void;
}

export interface IdbStore extends Store {
  /** The database was made just now. If the person had signed in here before, the browser has evicted it: say so. */
  readonly fresh: boolean;
  /**
   * A transaction of the app's own stores; fulfilled when it is complete (strict: on disk). Inside fn await nothing
   * but requests of tx. Photo and mutation are two transactions: save the photo first, then the mutation that names it.
   */
  app<T>(
    stores: AppStore[], mode: "readonly" | "readwrite",
    fn: (tx: IDBTransaction) => Promise<T>, durability?: "strict" | "relaxed",
  ): Promise<T>;
}

/** The file was written by a newer version of the app. */
export class NewerDatabaseError extends Error {}

/** Opens the database, makes it or brings it up to date. */
export async function openIdbStore(o: IdbOptions): Promise<IdbStore> {
  const store = new Database(o);
  await store.connect();
  return store;
}

/** Deletes a person's database with everything in it. Close it before, in all tabs. */
export async function deleteIdbStore(indexedDB: IDBFactory, name: string): Promise<void> {
  await result(indexedDB.deleteDatabase(name));
}

export function result<T>(r: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error);
  });
}

class Database implements IdbStore {
  fresh = false;
  private db: Promise<IDBDatabase> | null = null;
  private next: Promise<IDBTransaction> | null = null;
  private closed = false;

  constructor(private readonly o: IdbOptions) {}

  connect(): Promise<IDBDatabase> {
    if (this.closed) return Promise.reject(new Error("the database is closed"));
    this.db ??= this.open().catch((e: unknown) => {
      this.db = null;
      throw e;
    });
    return this.db;
  }

  private open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const r = this.o.indexedDB.open(this.o.name, migrations.length);
      r.onupgradeneeded = (e) => {
        this.fresh = e.oldVersion === 0;
        for (const step of migrations.slice(e.oldVersion)) step(r.result, r.transaction!);
      };
      r.onerror = () => reject(r.error?.name === "VersionError" ? new NewerDatabaseError(this.o.name) : r.error);
      r.onsuccess = () => {
        const db = r.result;
        db.onversionchange = () => {
          this.close();
          this.o.onOutdated?.();
        };
        db.onclose = () => {
          this.db = null; // the browser cut the connection; the next transaction opens it anew
        };
        resolve(db);
      };
    });
  }

  private async begin(stores: readonly string[], mode: IDBTransactionMode, durability: "strict" | "relaxed"): Promise<IDBTransaction> {
    for (let again = true; ; again = false) {
      const db = await this.connect();
      try {
        return db.transaction(stores as string[], mode, { durability });
      } catch (e) {
        if (!again || (e as DOMException).name !== "InvalidStateError") throw e;
        this.db = null; // the connection was lost without an event
      }
    }
  }

  private async run<T>(tx: IDBTransaction, fn: () => Promise<T>): Promise<T> {
    let failed: unknown = null;
    const complete = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(failed ?? tx.error ?? new Error("the transaction was aborted"));
    });
    complete.catch(() => undefined);
    let out: T;
    try {
      out = await fn();
    } catch (e) {
      failed = e;
      try {
        tx.abort();
      } catch {
        // it has ended already
      }
      await complete.catch(() => undefined);
      throw e;
    }
    await complete;
    return out;
  }

  async view<T>(fn: (r: IdbReader) => Promise<T>): Promise<T> {
    const tx = await this.reading();
    return fn(new IdbReader(tx, this.o.keyRange));
  }

  /** One transaction for all that ask in one moment: the pieces of a screen read again together after each change. */
  private reading(): Promise<IDBTransaction> {
    this.next ??= Promise.resolve().then(() => {
      this.next = null;
      return this.begin(engineStores, "readonly", "relaxed");
    });
    return this.next;
  }

  async update<T>(fn: (tx: IdbTx) => Promise<T>, durability: "strict" | "relaxed"): Promise<T> {
    const tx = await this.begin(engineStores, "readwrite", durability);
    return this.run(tx, () => fn(new IdbTx(tx, this.o.keyRange)));
  }

  async app<T>(
    stores: AppStore[], mode: "readonly" | "readwrite",
    fn: (tx: IDBTransaction) => Promise<T>, durability: "strict" | "relaxed" = "strict",
  ): Promise<T> {
    const tx = await this.begin(stores, mode, durability);
    return this.run(tx, () => fn(tx));
  }

  close(): void {
    this.closed = true;
    void this.db?.then((db) => db.close(), () => undefined);
    this.db = null;
  }
}
