import type { ID, Key, Op, Verb, Verdict } from "./index";

/**
 * The database of one person on one device. Every update is one transaction:
 * wholly there once its promise is fulfilled, wholly absent if fn threw, the
 * transaction failed or the process died.
 *
 * Inside fn nothing may be awaited but the reader's own promises: an IndexedDB
 * transaction ends when its queue runs dry. What a reader lends is never to be
 * changed. Writes are queued at once and fail with the transaction.
 */
export interface Store {
  view<T>(fn: (r: StoreReader) => Promise<T>): Promise<T>;
  /** strict: on disk when the promise is fulfilled, as for what a person typed; relaxed: handed to the system. */
  update<T>(fn: (tx: StoreTx) => Promise<T>, durability: "strict" | "relaxed"): Promise<T>;
  close(): void;
}

export interface StoreReader {
  meta(): Promise<Meta | null>;
  record(key: Key): Promise<BaseRecord | null>;
  /** Records of base known in a scope, by type and id; "" means all types. */
  members(scope: string, type: string): Promise<BaseRecord[]>;
  scope(name: string): Promise<ScopeState | null>;
  /** By name. */
  scopes(): Promise<ScopeState[]>;
  /** Mutations without verdict with n >= from, by n; at most limit. */
  outbox(from: number, limit?: number): Promise<Item[]>;
  outboxOf(key: Key): Promise<Item[]>;
  /** Those about records of a type; the ones of a record in order. */
  outboxOfType(type: string): Promise<Item[]>;
  /** Mutations with verdict that are still kept, by n. */
  sent(): Promise<Item[]>;
  sentCount(): Promise<number>;
  /** Newest first. */
  log(): Promise<LogEntry[]>;
  /** How many verdicts are newer than seq. */
  logCount(after: number): Promise<number>;
}

/** Reads its own writes. What is handed to it belongs to it. */
export interface StoreTx extends StoreReader {
  setMeta(m: Meta): void;
  putRecord(r: BaseRecord): void;
  deleteRecord(key: Key): void;
  putScope(s: ScopeState): void;
  deleteScope(name: string): void;
  putOutbox(it: Item): void;
  deleteOutbox(n: number): void;
  putSent(it: Item): void;
  deleteSent(n: number): void;
  /** Gives it its seq; at least the newest maxLog are kept. */
  addLog(e: Omit<LogEntry, "seq">): void;
}

/** How many verdicts the log keeps. Older ones are still in the person's cases on the server. */
export const maxLog = 1000;

/** A record is known in a scope since reading number gen of it. */
export interface Mark {
  scope: string;
  gen: number;
}

/** The server's copy of a record. h is the hash of doc as it is held here, so that a damaged copy shows in the sums. */
export interface BaseRecord extends Key {
  rev: number;
  h: string;
  /** Canonical text. */
  doc: string;
  marks: Mark[];
}

/** A mutation in outbox or sent. raw never changes; n changes only when the client id does. */
export interface Item extends Key {
  n: number;
  fp: string;
  op: Op;
  t: number;
  raw: string;
  /** sent: commit of the answer that brought its verdict. */
  stamp: number;
  /** sent: the verdict; "" in the outbox unless a rotation put it back there. */
  v: Verb | "";
  /** sent: base does not have its effect yet. */
  lag: boolean;
}

/** The identity and the place in the conversation with the server. */
export interface Meta {
  person: ID;
  client: ID;
  top: number;
  ack: number;
  chain: string;
  /** Newest commit held; epoch "" before first contact. */
  epoch: string;
  commit: number;
  /** The request whose answer may be applied (rule C5). */
  request: ID;
  lastT: number;
  lagging: boolean;
  offsetMs: number;
  serverMs: number;
  lastMs: number;
  attemptMs: number;
  upgrade: string;
  blobs: string;
  /** Newest notice that the person has seen. */
  noticed: number;
  /** How many answers of the server were laid down here. */
  answers: number;
}

/** What is known of one scope. count and sum are of the records of base that bear its mark. */
export interface ScopeState {
  scope: string;
  cur: number;
  since: number;
  gen: number;
  /** Marks are not swept yet. */
  reading: boolean;
  /** The newest page was not the last. */
  more: boolean;
  count: number;
  sum: string;
  /** Ask for it anew (rule C7). */
  bad: boolean;
  /** The reading under way is because of that. */
  repair: boolean;
  /** And that did not help. */
  differs: boolean;
  /** Server's clock before which it is not asked for again. */
  retryMs: number;
  /** To be purged once upTo has its verdict (rule C8). */
  revoked: boolean;
  upTo: number;
  /** Kept, but not asked for any more. */
  archived: boolean;
}

export interface LogEntry {
  seq: number;
  serverMs: number;
  fp: string;
  op: Op;
  type: string;
  verdict: Verdict;
}

export function newScope(scope: string): ScopeState {
  return {
    scope, cur: 0, since: 0, gen: 0, reading: false, more: false, count: 0, sum: "AAAAAAAAAAAAAAAAAAAAAA", bad: false,
    repair: false, differs: false, retryMs: 0, revoked: false, upTo: 0, archived: false,
  };
}

export function keyText(k: Key): string {
  return k.type + "/" + k.id;
}

export function inScope(r: BaseRecord | null, scope: string): boolean {
  return r !== null && r.marks.some((m) => m.scope === scope);
}

export async function needMeta(r: StoreReader): Promise<Meta> {
  const m = await r.meta();
  if (!m) throw new Error("the database was emptied under the engine");
  return { ...m, answers: m.answers ?? 0 }; // written before answers were counted
}
