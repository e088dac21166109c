import { emptyDoc } from "./canonical";
import { addend, addSum, fingerprint } from "./digest";
import { fill } from "./draft";
import { exportOf, importInto, newItem, readExport } from "./export";
import { recordID, randomID } from "./ids";
import type {
  Change, Counts, Draft, Engine, Fields, ID, Key, Notice, Options, Outcome, OwnCase, Saved, Sets, Shown, SignOutInfo, Status,
} from "./index";
import { zero16 } from "./bytes";
import { Loop } from "./loop";
import { encodeChecked } from "./refuse";
import { parseScope } from "./scope";
import { Shelf } from "./shelf";
import { countsOf, statusOf } from "./status";
import { needMeta, newScope, type Meta, type StoreReader } from "./store";
import { Trips } from "./trips";
import { casesOf, viewOf } from "./view";

/** The database belongs to somebody else. */
export class OtherPersonError extends Error {}

/** Opens the engine on a database; an empty one gets its client id. */
export async function openEngine(o: Options): Promise<Engine> {
  const meta = await o.store.view((r) => r.meta());
  if (meta === null) {
    await o.store.update(async (tx) => {
      if ((await tx.meta()) === null) tx.setMeta(newMeta(o.person, randomID(o.random))); // another tab may have been first
    }, "strict");
  } else if (meta.person !== o.person) {
    throw new OtherPersonError("this database belongs to another person");
  }
  return new SyncEngine(o);
}

function newMeta(person: ID, client: ID): Meta {
  return {
    person, client, top: 0, ack: 0, chain: zero16, epoch: "", commit: 0, request: "", lastT: 0, lagging: false, offsetMs: 0,
    serverMs: 0, lastMs: 0, attemptMs: 0, upgrade: "none", blobs: "later", noticed: 0, answers: 0,
  };
}

class SyncEngine implements Engine {
  private readonly listeners = new Set<(c: Change) => void>();
  private readonly shelf = new Shelf();
  private readonly trips: Trips;
  private readonly loop: Loop;
  private readonly unlisten: () => void;

  constructor(private readonly o: Options) {
    this.trips = new Trips(o, (keys, kind) => this.tell({ kind, keys, remote: false }));
    this.loop = new Loop(o.timers, o.now, () => this.trips.sync(), () => this.tell({ kind: "status", keys: null, remote: false }));
    this.unlisten =
      o.channel?.listen((m) => {
        const c = m as Change;
        if (!c || typeof c !== "object" || !("kind" in c)) return;
        if (c.kind === "sync") this.shelf.clear(); // a tab with an older app does not count its answers
        this.hear({ ...c, remote: true });
      }) ?? ((): void => undefined);
  }

  get person(): ID {
    return this.o.person;
  }

  newID(): ID {
    return recordID(this.o.random, this.o.now());
  }

  // -- local changes

  async save(d: Draft): Promise<Saved> {
    return (await this.saveAll([d]))[0]!;
  }

  async saveAll(drafts: Draft[]): Promise<Saved[]> {
    const named = drafts.map((d) => ({ d, id: d.id || this.newID() }));
    const saved = await this.o.store.update(async (tx) => {
      const meta = await needMeta(tx);
      const out: Saved[] = [];
      for (const { d, id } of named) {
        const m = await fill(tx, meta, d, id, this.o.now());
        const raw = encodeChecked(m);
        const fp = fingerprint(raw);
        meta.top++;
        meta.lastT = m.t;
        tx.putOutbox(newItem(meta.top, fp, m, raw));
        out.push({ id, n: meta.top, fp });
      }
      tx.setMeta(meta);
      return out;
    }, "strict");
    this.tell({ kind: "local", keys: named.map(({ d, id }) => ({ type: d.type, id })), remote: false });
    this.loop.nudge();
    return saved;
  }

  create(type: string, set: Fields, more?: { id?: ID; add?: Sets }): Promise<Saved> {
    return this.save({ op: "create", type, set, ...more });
  }
  edit(key: Key, change: { set?: Fields; add?: Sets; del?: Sets }): Promise<Saved> {
    return this.save({ op: "edit", type: key.type, id: key.id, ...change });
  }
  remove(key: Key): Promise<Saved> {
    return this.save({ op: "delete", type: key.type, id: key.id });
  }
  submit(key: Key): Promise<Saved> {
    return this.save({ op: "submit", type: key.type, id: key.id });
  }
  withdraw(key: Key): Promise<Saved> {
    return this.save({ op: "withdraw", type: key.type, id: key.id });
  }
  review(key: Key, decision: string, more?: { reason?: string; waive?: boolean; seen?: string }): Promise<Saved> {
    const args = emptyDoc();
    args["decision"] = decision;
    if (more?.reason) args["reason"] = more.reason;
    if (more?.waive) args["waive"] = true;
    return this.save({ op: "review", type: key.type, id: key.id, args, ...(more?.seen && { seen: more.seen }) });
  }
  attach(key: Key, ...evidence: string[]): Promise<Saved> {
    return this.save({ op: "attach", type: key.type, id: key.id, add: { evidence } });
  }
  detach(key: Key, ...evidence: string[]): Promise<Saved> {
    return this.save({ op: "detach", type: key.type, id: key.id, del: { evidence } });
  }
  async adopt(caseID: ID, record: Key): Promise<Saved> {
    const rec = await this.o.store.view((r) => r.record(record));
    return this.save({ op: "adopt", type: "case", id: caseID, args: { h: rec?.h ?? "" } });
  }
  dismiss(caseID: ID, reason: string): Promise<Saved> {
    return this.save({ op: "dismiss", type: "case", id: caseID, args: { reason } });
  }

  // -- reading

  private view<T>(fn: (r: StoreReader, meta: Meta) => Promise<T>): Promise<T> {
    return this.o.store.view(async (r) => fn(r, await needMeta(r)));
  }

  get(key: Key): Promise<Shown | null> {
    return this.view(async (r, meta) => {
      const s = await viewOf(r, meta, key);
      if (s) s.cases = (await this.shelf.cases(r, meta)).filter((c) => c.record.type === key.type && c.record.id === key.id);
      return s;
    });
  }
  list(type: string, scope: string): Promise<Shown[]> {
    return this.view((r, meta) => this.shelf.list(r, meta, type, scope));
  }
  cases(open = false): Promise<OwnCase[]> {
    return this.o.store.view((r) => casesOf(r, this.o.person, open));
  }
  notices(): Promise<Notice[]> {
    return this.o.store.view((r) => r.log());
  }
  async noticesSeen(seq: number): Promise<void> {
    await this.o.store.update(async (tx) => {
      const meta = await needMeta(tx);
      if (seq > meta.noticed) tx.setMeta({ ...meta, noticed: seq });
    }, "relaxed");
    this.tell({ kind: "status", keys: null, remote: false });
  }
  counts(type: string, scope: string): Promise<Counts> {
    return this.view(async (r, meta) => countsOf(await this.shelf.list(r, meta, type, scope), await this.shelf.cases(r, meta), type, scope));
  }
  status(): Promise<Status> {
    const run = { syncing: this.trips.syncing, nextAttemptMs: this.loop.nextMs, last: this.trips.last };
    return this.view((r, meta) => statusOf(r, meta, this.o.now(), run));
  }
  toServerTime(phoneMs: number): Promise<number> {
    return this.view(async (_, meta) => phoneMs + meta.offsetMs);
  }
  held(fp: string): Promise<boolean> {
    return this.view(async (r) => [...(await r.outbox(0)), ...(await r.sent())].some((it) => it.fp === fp));
  }
  subscribe(fn: (c: Change) => void): () => void {
    this.listeners.add(fn);
    return () => this.listeners.delete(fn);
  }

  // -- syncing

  sync(): Promise<Outcome> {
    return this.loop.running ? this.loop.now() : this.trips.sync();
  }
  start(): void {
    this.loop.start();
  }
  stop(): void {
    this.loop.stop();
  }
  wake(): void {
    this.loop.wake();
  }
  async addScope(scope: string): Promise<void> {
    if (!parseScope(scope)) throw new Error("not a scope: " + scope);
    await this.o.store.update(async (tx) => {
      const s = await tx.scope(scope);
      if (!s || s.archived) tx.putScope({ ...(s ?? newScope(scope)), archived: false });
    }, "relaxed");
    this.loop.nudge();
  }

  // -- leaving

  exportQueue(): Promise<string> {
    return this.o.store.view((r) => exportOf(r, this.o.person));
  }
  async importQueue(file: string): Promise<number> {
    const list = readExport(file, this.o.person);
    const n = await this.o.store.update(async (tx) => {
      const meta = await needMeta(tx);
      const added = await importInto(tx, meta, list);
      tx.setMeta(meta);
      return added;
    }, "strict");
    this.tell({ kind: "local", keys: null, remote: false });
    this.loop.nudge();
    return n;
  }
  signOutInfo(): Promise<SignOutInfo> {
    return this.view(async (r, meta) => {
      const unsent = meta.top - meta.ack;
      const kept = await r.sentCount();
      return { unsent, kept, oldestUnsentMs: (await r.outbox(meta.ack + 1, 1))[0]?.t ?? 0, safe: unsent === 0 && kept === 0 };
    });
  }
  verify(): Promise<string[]> {
    return this.o.store.view(async (r) => {
      const differ: string[] = [];
      for (const s of await r.scopes()) {
        const recs = await r.members(s.scope, "");
        const sum = recs.reduce((a, rec) => addSum(a, addend(s.scope, rec.type, rec.id, rec.rev, fingerprint(rec.doc))), zero16);
        if (recs.length !== s.count || sum !== s.sum) differ.push(s.scope);
      }
      return differ;
    });
  }
  close(): void {
    this.loop.stop();
    this.unlisten();
    this.listeners.clear();
    this.o.store.close();
  }

  private tell(c: Change): void {
    this.hear(c);
    if (c.kind !== "status") this.o.channel?.post(c);
  }
  private hear(c: Change): void {
    for (const fn of [...this.listeners]) fn(c);
  }
}
