import assert from "node:assert/strict";
import { test } from "node:test";

import { IDBFactory, IDBKeyRange } from "fake-indexeddb";

import { openEngine, openIdbStore, deleteIdbStore, APP_STORES, type Engine } from "../src/index";
import { migrations, NewerDatabaseError, result, type IdbStore } from "../src/idb";
import type { Store } from "../src/store";
import { Killed, Killer } from "./killer";
import { Rand } from "./rand";
import { honest, person, team, type Server } from "./server";

function open(f: IDBFactory, more: { onOutdated?: () => void } = {}): Promise<IdbStore> {
  return openIdbStore({ indexedDB: f, keyRange: IDBKeyRange, name: "banso/" + person, ...more });
}

function engineOn(store: Store, s: Server, seed = 1): Promise<Engine> {
  return openEngine({ store, transport: s, now: () => 1_700_000_000_000, random: new Rand(seed).bytes, person, app: "test" });
}

const day = { team, done_on: "2026-11-05", category: "DVC_NOP_HO_SO" };
const month = "team:" + team + "/2026-11";

test("a phone that dies at any step loses nothing that was saved and sends nothing twice", async () => {
  for (let at = 1; ; at++) {
    const s = honest();
    const f = new IDBFactory();
    const killer = new Killer(await open(f), at);
    const saved: string[] = [];
    try {
      const e = await engineOn(killer, s);
      for (let i = 0; i < 3; i++) {
        saved.push((await e.create("activity", { ...day, note: "ghi " + i })).id);
        await e.sync();
      }
    } catch (err) {
      assert.ok(err instanceof Killed, String(err));
    }
    const e = await engineOn(await open(f), s, 2);
    const shown = new Set((await e.list("activity", month)).map((x) => x.id));
    for (const id of saved) assert.ok(shown.has(id), `killed at step ${at}: ${id} was saved and is gone`);
    await e.sync();
    const st = await e.status();
    assert.ok(st.allSent, `killed at step ${at}: ${JSON.stringify(st)}`);
    assert.deepEqual(await e.verify(), []);
    for (const id of saved) assert.equal(s.effects.get(id), 1, `killed at step ${at}`);
    assert.ok([...s.effects.values()].every((n) => n === 1), `killed at step ${at}: something was sent twice`);
    if (!killer.dead) {
      assert.ok(at > 30, "too few steps were tried: " + at);
      return;
    }
  }
});

test("what was typed is written strictly, answers are not", async () => {
  const f = new IDBFactory();
  const store = await open(f);
  const asked: string[] = [];
  const spy: Store = { view: (fn) => store.view(fn), update: (fn, d) => (asked.push(d), store.update(fn, d)), close: () => store.close() };
  const e = await engineOn(spy, honest());
  asked.length = 0;
  await e.create("activity", day);
  assert.deepEqual(asked, ["strict"]);
  await e.sync();
  assert.deepEqual(asked, ["strict", "relaxed", "relaxed"]); // one for the request, one for its answer
});

test("two tabs on one database: both save, one after the other syncs, nothing is lost", async () => {
  const s = honest();
  const f = new IDBFactory();
  const a = await engineOn(await open(f), s, 1);
  const b = await engineOn(await open(f), s, 2);
  assert.equal((await a.status()).client, (await b.status()).client);
  const ids = new Set<string>();
  for (let i = 0; i < 10; i++) {
    const work = [a.create("activity", day), b.create("activity", day), a.sync(), b.sync()] as const;
    const [x, y] = await Promise.all(work);
    ids.add(x.id).add(y.id);
  }
  await a.sync();
  await b.sync();
  assert.equal(ids.size, 20);
  assert.deepEqual(new Set((await b.list("activity", month)).map((x) => x.id)), ids);
  assert.ok((await a.status()).allSent && (await b.status()).allSent);
  assert.ok([...s.effects.values()].every((n) => n === 1));
});

test("a database of version 1 is brought up to date with all that is in it", async () => {
  const f = new IDBFactory();
  const old = await new Promise<IDBDatabase>((resolve, reject) => {
    const r = f.open("banso/" + person, 1);
    r.onupgradeneeded = () => migrations[0]!(r.result, r.transaction!);
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error);
  });
  const tx = old.transaction(["meta", "outbox"], "readwrite");
  const raw = `{"op":"create","type":"activity","id":"AZAAAAAAcACAAAAAAAAAAQ","by":"${person}","t":1,"at":"","set":{"team":"${team}","done_on":"2026-11-01"}}`;
  tx.objectStore("outbox").put({ n: 1, fp: "PMo3eQy5NBwdo7tw-O5okw", op: "create", type: "activity", id: "AZAAAAAAcACAAAAAAAAAAQ", t: 1, raw, stamp: 0, v: "", lag: false });
  tx.objectStore("meta").put(
    { person, client: "AZAAAAAAcACAAAAAAAAAAg", top: 1, ack: 0, chain: "AAAAAAAAAAAAAAAAAAAAAA", epoch: "", commit: 0, request: "", lastT: 1, lagging: false,
      offsetMs: 0, serverMs: 0, lastMs: 0, attemptMs: 0, upgrade: "none", blobs: "later", noticed: 0 }, "meta");
  await new Promise((resolve) => (tx.oncomplete = resolve));
  old.close();
  const store = await open(f);
  assert.equal(store.fresh, false);
  const e = await engineOn(store, honest());
  assert.equal((await e.list("activity", month)).length, 1);
  assert.equal((await e.get({ type: "activity", id: "AZAAAAAAcACAAAAAAAAAAQ" }))?.state, "waiting");
  for (const name of APP_STORES) {
    await store.app([name], "readwrite", async (t) => void (await result(t.objectStore(name).put({ x: 1 }, "k"))));
    assert.deepEqual(await store.app([name], "readonly", (t) => result(t.objectStore(name).get("k"))), { x: 1 });
  }
  await e.sync();
  assert.equal((await e.counts("activity", month)).waiting, 0);
});

test("a newer database is refused, a newer tab makes the older one let go", async () => {
  const f = new IDBFactory();
  let told = 0;
  const store = await open(f, { onOutdated: () => told++ });
  assert.equal(store.fresh, true);
  const r = f.open("banso/" + person, migrations.length + 1);
  (await new Promise<IDBDatabase>((resolve) => (r.onsuccess = () => resolve(r.result)))).close();
  assert.equal(told, 1);
  await assert.rejects(store.view((x) => x.meta()));
  await assert.rejects(open(f), NewerDatabaseError);
  await deleteIdbStore(f, "banso/" + person);
  assert.equal((await open(f)).fresh, true);
});

test("a transaction that fails leaves nothing behind", async () => {
  const store = await open(new IDBFactory());
  const e = await engineOn(store, honest());
  const before = await e.status();
  await assert.rejects(store.update(async (tx) => {
    tx.deleteScope("ref");
    tx.setMeta({ ...(await tx.meta())!, top: 99 });
    throw new Error("no");
  }, "strict"), /no/);
  assert.deepEqual(await e.status(), before);
});
