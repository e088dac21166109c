/**
 * @banso/sync: the sync engine of Bản Số for web apps.
 *
 * What a person does is saved as a *mutation* in a local outbox and shown at
 * once; when there is a network, one round trip pushes the outbox and pulls
 * what changed. What is shown is always base (the server's copy) with the
 * outbox laid over it. The rules are C1 to C11 of syncproto/SPEC.md, the same
 * as of the Go engine in syncproto/client.
 *
 * The engine touches no globals: clock, random bytes, storage, network, timers
 * and locks are handed in (adapters for browsers are below). One database
 * belongs to one person on one device: two people on a phone have two.
 *
 * Times: `Ms` and `t` are milliseconds since 1970 by the *phone's* clock, which
 * may be wrong by years, unless the name says server. Show times by
 * `Status.serverNow` or `Engine.toServerTime`.
 */

import type { Store } from "./store";

// ---- values ---------------------------------------------------------------

/** 22 characters of base64url: 128 bits. */
export type ID = string;
/** What a field may hold: text, whole numbers, booleans, lists, objects. No null, no fractions. */
export type Value = string | number | boolean | Value[] | { [name: string]: Value };
/** A record's document. Field names are ASCII. Never change one that the engine gave you. */
export interface Doc {
  [field: string]: Value;
}
/** Fields to set; null removes a field. */
export interface Fields {
  [field: string]: Value | null;
}
/** Elements to add to or delete from set fields (`participants`, `evidence`). */
export interface Sets {
  [field: string]: string[];
}
/** Names a record. Types: activity, report, team, grant, person, progress, case, own_case, inbox, category, code, policy. */
export interface Key {
  type: string;
  id: ID;
}
export type Op =
  | "create" | "edit" | "delete" | "submit" | "withdraw" | "review"
  | "attach" | "detach" | "adopt" | "dismiss" | "dispute";
/** Why a mutation was not simply applied; texts for people are records of type "code" in scope "ref". */
export type Code =
  | "month_closed" | "locked_review" | "conflict_material" | "deleted" | "not_member" | "invalid" | "too_large"
  | "future_date" | "unknown_op" | "internal" | "forbidden" | "parent_unknown" | "parent_aside"
  | "overwrote_newer" | "duplicate_of" | "stale_review";
/** What became of a mutation. `aside`: kept in a case. `waiting`: for another record, then decided by itself. */
export type Verb = "applied" | "merged" | "noop" | "aside" | "waiting";

// ---- opening ---------------------------------------------------------------

/** What an engine needs. */
export interface Options {
  /** The database: `openIdbStore(…)` in a browser, `memoryStore()` in tests and practice mode. */
  store: Store;
  /** The way to the server: `httpTransport(…)`. Absent: an engine that never syncs (practice mode). */
  transport?: Transport;
  /** The phone's clock: `() => Date.now()`. */
  now: () => number;
  /** n random bytes: `(n) => crypto.getRandomValues(new Uint8Array(n))`. */
  random: (n: number) => Uint8Array;
  /** Who is signed in. */
  person: ID;
  /** Version of the app, sent with each request. */
  app: string;
  /** Needed for `start()`: `{ set: (ms, fn) => { const h = setTimeout(fn, ms); return () => clearTimeout(h); } }`. */
  timers?: Timers;
  /** So that one tab syncs at a time: `webLocks(navigator.locks)`. Without it tabs are still safe, only wasteful. */
  locks?: Locks;
  /** Tells other tabs of changes: `broadcast(new BroadcastChannel("banso-" + person))`. */
  channel?: Channel;
  limits?: Limits;
}

/** Opens the engine; an empty database gets its client id. Throws OtherPersonError if it belongs to somebody else. */
export { openEngine, OtherPersonError } from "./engine";
/** A draft that the server would refuse for its size or form: nothing was saved. `code` is "too_large" or "invalid". */
export { RefusedError } from "./refuse";
/** A file that is no exported queue, or is damaged. */
export { ExportError } from "./export";

export interface Timers {
  /** Calls fn after ms; the result cancels. */
  set(ms: number, fn: () => void): () => void;
}
export interface Locks {
  /** Runs fn while no other tab runs one of the same name. */
  run<T>(name: string, fn: () => Promise<T>): Promise<T>;
}
export interface Channel {
  post(message: unknown): void;
  listen(fn: (message: unknown) => void): () => void;
}
/** Limits of one request; absent or 0: the protocol's. */
export interface Limits {
  mutations?: number;
  bytes?: number;
  changes?: number;
  scopes?: number;
}

/** Carries one request. A rejection means that no answer came; whether the server saw it is unknown, and that is no harm. */
export interface Transport {
  sync(body: string): Promise<Reply>;
}
export interface Reply {
  status: number;
  retryAfterMs: number;
  /** Whole body, inflated. */
  body: Uint8Array;
}
/** Transport over HTTP with `fetch`; refreshes the token once after a 401, bounds and times out answers. */
export { httpTransport } from "./http";
export type { HttpOptions, Tokens, Gzip } from "./http";
/** Adapters for browsers. */
export { webLocks, broadcast } from "./browser";
export type { LockManagerLike, BroadcastChannelLike } from "./browser";

// ---- the engine --------------------------------------------------------------

export interface Engine {
  readonly person: ID;

  // -- local changes: durable when the promise resolves; RefusedError: not saved --

  /** An id for a new record, to be made before the draft is saved (photos refer to it). */
  newID(): ID;
  /** Saves any draft. The methods below are short forms. Texts are put into Unicode form NFC. */
  save(draft: Draft): Promise<Saved>;
  /** Saves several in this order, all or none of them; with a new record `id` says which one the later ones are about. */
  saveAll(drafts: Draft[]): Promise<Saved[]>;
  /**
   * A new activity needs set.team, done_on ("yyyy-mm-dd", not in the future by the server's clock), category, and
   * usually measures; add.participants, add.evidence. A report's id is `derivedID("report", team, month)`.
   */
  create(type: string, set: Fields, more?: { id?: ID; add?: Sets }): Promise<Saved>;
  /** Changes fields and elements. Changing `done_on` to another month moves the record there. */
  edit(key: Key, change: { set?: Fields; add?: Sets; del?: Sets }): Promise<Saved>;
  /** Deletes a record as it is shown. A record that is only here is taken back after it arrived. */
  remove(key: Key): Promise<Saved>;
  submit(key: Key): Promise<Saved>;
  withdraw(key: Key): Promise<Saved>;
  /**
   * Decides on a record as it is shown now; pass `seen` (from `Shown.c`) if the screen may be older. All but
   * approve need a reason. waive: counts without evidence, with the reason.
   */
  review(key: Key, decision: "approve" | "return" | "reject" | "revoke", more?: { reason?: string; waive?: boolean; seen?: string }): Promise<Saved>;
  /** Pieces of evidence: "paper:…" or "photo:<sha256 in hex>". */
  attach(key: Key, ...evidence: string[]): Promise<Saved>;
  detach(key: Key, ...evidence: string[]): Promise<Saved>;
  /** Brings back what was set aside; record is what it changes (leader, chair, as the case's code says). */
  adopt(caseID: ID, record: Key): Promise<Saved>;
  /** Closes a case without effect. */
  dismiss(caseID: ID, reason: string): Promise<Saved>;

  // -- reading: base with the outbox laid over it --

  /** A record as it is shown; null if there is none. */
  get(key: Key): Promise<Shown | null>;
  /** The records of a type ("" for all) in a scope, by id (that is by time of creation). Own new and moved ones stand where the server will put them. */
  list(type: string, scope: string): Promise<Shown[]>;
  /** Own mutations that were set aside or wait, newest first. `open`: only those that still want something. */
  cases(open?: boolean): Promise<OwnCase[]>;
  /** Verdicts that a person should see, newest first; at most 1,000. */
  notices(): Promise<Notice[]>;
  /** Marks all notices up to this seq as seen (for the badge only). */
  noticesSeen(seq: number): Promise<void>;
  /** The three numbers that are never mixed, of a type and scope ("" for all that this phone holds). */
  counts(type: string, scope: string): Promise<Counts>;
  status(): Promise<Status>;
  /** The phone's best guess of the server's clock, for any time of the phone's. */
  toServerTime(phoneMs: number): Promise<number>;
  /** Whether some mutation is still kept because no backup of the server holds it; a photo may be deleted only when its attach is not held any more. */
  held(fp: string): Promise<boolean>;
  /** Called after any change of what is shown or of the status, here or in another tab. The result ends it. */
  subscribe(fn: (change: Change) => void): () => void;

  // -- syncing --

  /** Round trips until nothing is left to do or it gets no further ("Gửi lại ngay"). Never rejects because of network or server. */
  sync(): Promise<Outcome>;
  /** Syncs by itself from now on: now, after each local change, when the server's hint or the back-off says. */
  start(): void;
  stop(): void;
  /** The page came to front, the network came back, a push message arrived: sync now unless the server asked to wait. */
  wake(): void;
  /** Asks for an older month that the server does not send by itself. */
  addScope(scope: string): Promise<void>;

  // -- leaving --

  /** All that the server's backups may not hold, as a file that `banso` and another phone can take in. */
  exportQueue(): Promise<string>;
  /** Takes such a file in and returns how many mutations were new. */
  importQueue(file: string): Promise<number>;
  /** What would stay behind if the person signed out now. Signing out deletes nothing: the app decides. */
  signOutInfo(): Promise<SignOutInfo>;
  /** Recomputes all counts and sums from the documents; names scopes whose kept figures are wrong. Slow; for support. */
  verify(): Promise<string[]>;
  close(): void;
}

/** What a person did, before it is a mutation. */
export interface Draft {
  op: Op;
  type: string;
  id?: ID;
  set?: Fields;
  add?: Sets;
  del?: Sets;
  args?: Doc;
  /** Review, delete: the content that was looked at (`Shown.c`). Absent: as shown now. */
  seen?: string;
}
export interface Saved {
  id: ID;
  /** Place in the outbox. */
  n: number;
  fp: string;
}

/** "waiting": something of it is only on this phone. "received": the server has all of it. */
export type RecordState = "waiting" | "received";

export interface Shown extends Key {
  doc: Doc;
  /** Of the server's copy; 0: the server does not have the record yet. */
  rev: number;
  /** Hash of the server's copy, "" if none. */
  h: string;
  /** Hash of what a reviewer decides on, of the record as shown: hand it to `review`. */
  c: string;
  /** Own mutations of it that the server has not answered or whose effect has not come back. */
  pending: number;
  state: RecordState;
  /** Deleted here, not yet on the server (`get` only; `list` leaves such records out). */
  deleted: boolean;
  /** Phone's time of the oldest pending mutation, 0 if none. */
  waitingSince: number;
  /** Open cases of own mutations of this record. */
  cases: OwnCase[];
}

export interface OwnCase {
  id: ID;
  code: Code;
  v: "aside" | "waiting";
  /** "open", or how it ended: "adopted", "dismissed", "decided" (waited, and was then decided by itself). */
  state: string;
  op: Op | "";
  /** The record that the mutation was about; type "" if the mutation could not be read. */
  record: Key;
  fp: string;
  /** Server's time. */
  openedMs: number;
  /** Why it was dismissed. */
  reason: string;
  /** To fill a form with again ("Sửa và gửi lại"); null if the mutation could not be read. */
  draft: Draft | null;
}

export interface Notice {
  /** Rising with time. */
  seq: number;
  serverMs: number;
  fp: string;
  op: Op;
  type: string;
  verdict: Verdict;
}
export interface Verdict {
  n: number;
  v: Verb;
  id: ID;
  rev: number;
  code: Code | "";
  /** Free fields whose unseen value was overwritten (code overwrote_newer). */
  lost: string[];
  case: ID;
}

export interface Counts {
  /** Records whose every own change the server has ("đã ghi nhận"). */
  received: number;
  /** Records with something that is only on this phone ("chờ gửi"). */
  waiting: number;
  /** Own mutations set aside and still open, about records of this type and, where their month is known, scope. */
  aside: number;
}

export type OutcomeKind =
  | "ok" | "rotated" | "lost" | "busy" | "offline" | "sign_in" | "too_large" | "refused" | "garbled" | "stale";

/** How a sync ended. `garbled`: something answered that is not our server, a captive portal for instance. */
export interface Outcome {
  kind: OutcomeKind;
  pushed: number;
  acked: number;
  verdicts: Verdict[];
  changes: number;
  trips: number;
  /** There is more to do at once. */
  more: boolean;
  /** When to come again, ms from now; 0 with `more`. */
  nextMs: number;
  /** HTTP status, 0 if no answer came. */
  status: number;
  /** Technical reason for support, "" if none. */
  cause: string;
}

export type ProblemKind =
  | "copy_differs" // a scope stays different after it was read anew
  | "sign_in" // the person must sign in
  | "offline" // no answer to the newest request
  | "not_ours" // the answer was not the server's: captive portal, broken proxy
  | "busy" // the server asks to come again later
  | "refused" // the server does not take this app's requests
  | "upgrade" // the app is too old: it may push, and reads nothing new
  | "clock"; // the phone's clock is more than a day off; nothing depends on it
export interface Problem {
  kind: ProblemKind;
  scope?: string;
}

export interface Status {
  client: ID;
  epoch: string;
  commit: number;
  /** Mutations without a verdict. */
  unsent: number;
  /** Mutations with one that no backup of the server holds yet. */
  kept: number;
  /** Phone's time at which the oldest unsent mutation was made, 0 if none (remind after 3 days). */
  oldestUnsentMs: number;
  /** Phone's times; 0: never. */
  lastAttemptMs: number;
  lastSuccessMs: number;
  /** Server's time of the newest answer; 0: never. */
  lastServerMs: number;
  /** Server's clock minus the phone's. */
  offsetMs: number;
  /** The server's clock now, as well as the phone knows it. */
  serverNow: number;
  /** All counts and sums agreed with the server when last compared, and every scope was read to its end. */
  agrees: boolean;
  /** True only if everything was sent, read to its end, and agrees: then say "Đã gửi tất cả lúc …" with lastServerMs. */
  allSent: boolean;
  problems: Problem[];
  syncing: boolean;
  /** Phone's time of the next attempt by `start()`, 0 if none is planned. */
  nextAttemptMs: number;
  last: Outcome | null;
  hint: { blobs: "now" | "wifi" | "later"; upgrade: "none" | "soft" | "hard" };
  newNotices: number;
  scopes: ScopeInfo[];
}
export interface ScopeInfo {
  scope: string;
  cur: number;
  count: number;
  /** Not read to its end yet. */
  reading: boolean;
  differs: boolean;
  /** May not be read any more; kept until what waits has its verdict, or as an archive. */
  revoked: boolean;
  archived: boolean;
}

export interface SignOutInfo {
  /** Mutations without a verdict. */
  unsent: number;
  /** Mutations that only a phone can bring back if the server is restored from a backup. */
  kept: number;
  oldestUnsentMs: number;
  /** Nothing would be lost if the database were deleted now. */
  safe: boolean;
}

/** keys is null if anything may have changed. */
export interface Change {
  kind: "local" | "sync" | "status";
  keys: Key[] | null;
  /** From another tab. */
  remote: boolean;
}

// ---- storage -----------------------------------------------------------------

/** A database in memory: for tests and for the practice mode. */
export { memoryStore } from "./memory";
/** The database in IndexedDB; `app` gives the app's own stores (drafts, photos) in it. See IdbStore. */
export { openIdbStore, deleteIdbStore, APP_STORES } from "./idb";
export type { IdbOptions, IdbStore } from "./idb";
export type { Store, StoreReader, StoreTx } from "./store";
/** Asks for lasting storage and tells how full it is. */
export { askPersistence, storageState } from "./quota";
export type { StorageManagerLike, StorageState } from "./quota";

// ---- the protocol's pure parts -------------------------------------------------

/** Id of what exists once per team and month: type "report" or "progress". */
export { derivedID, fingerprint, contentHash } from "./digest";
/** Builders of scope names; month is "yyyy-mm". */
export { refScope, userScope, teamScope, teamMonthScope, communeScope, communeMonthScope, parseScope } from "./scope";
export { canonical } from "./canonical";
export { limits } from "./limits";
