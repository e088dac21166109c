import assert from "node:assert/strict";
import { test } from "node:test";

import { IDBFactory, IDBKeyRange } from "fake-indexeddb";

import { memoryStore, openEngine, openIdbStore, type Channel, type Engine, type Shown } from "../src/index";
import type { Store, StoreReader } from "../src/store";
import { Rand } from "./rand";
import { honest, person, team, type Server } from "./server";

const month = "team:" + team + "/2026-11";
const day = { team, done_on: "2026-11-05", category: "DVC_NOP_HO_SO" };
const questions = [["activity", month], ["activity", "team:" + team + "/2026-10"], ["activity", ""], ["", month]] as const;

function engineOn(store: Store, s: Server, seed: number, channel?: Channel): Promise<Engine> {
  return openEngine({ store, transport: s, now: () => 1_700_000_000_000, random: new Rand(seed).bytes, person, app: "test", ...(channel && { channel }) });
}

/** A store that counts the rows that are read from it. */
function counting(inner: Store): Store & { rows: number } {
  const spy = (r: StoreReader): StoreReader =>
    new Proxy(r, {
      get(of, name: keyof StoreReader) {
        const method = of[name] as unknown;
        if (typeof method !== "function") return method;
        return (...args: unknown[]): unknown => {
          const out: unknown = method.apply(of, args);
          if (out instanceof Promise) void out.then((v) => (self.rows += Array.isArray(v) ? v.length : 1));
          return out;
        };
      },
    });
  const self = {
    rows: 0,
    view: <T>(fn: (r: StoreReader) => Promise<T>) => inner.view((r) => fn(spy(r))),
    update: (<T>(fn: (r: never) => Promise<T>, d: "strict" | "relaxed") => inner.update((tx) => fn(spy(tx) as never), d)) as Store["update"],
    close: () => inner.close(),
  };
  return self;
}

/** A list as text, without the hash that only a review asks for. */
const flat = (list: Shown[]): string => JSON.stringify(list, (k, v: unknown) => (k === "c" ? undefined : v));

/** One entry as the app writes it down, with what its screens read after each change. */
async function entry(e: Engine): Promise<void> {
  const { id } = await e.create("activity", { ...day, measures: { nguoi: 1 } }, { add: { participants: [person] } });
  await read(e);
  if ((await e.get({ type: "activity", id }))?.state !== "waiting") throw new Error("not there");
  await e.submit({ type: "activity", id });
  await read(e);
}

async function read(e: Engine): Promise<void> {
  await e.status();
  for (const [type, scope] of questions) await e.list(type, scope);
  await e.counts("activity", "");
  await e.counts("report", "");
}

test("an entry costs the same however many wait", async () => {
  const store = counting(await openIdbStore({ indexedDB: new IDBFactory(), keyRange: IDBKeyRange, name: "banso/" + person }));
  const e = await engineOn(store, honest(), 1);
  const upTo = async (n: number): Promise<void> => {
    for (let left = n - (await e.counts("activity", "")).waiting; left > 0; left--) await e.create("activity", day);
    await read(e);
  };
  const cost = async (): Promise<{ rows: number; ms: number }> => {
    store.rows = 0;
    let ms = Infinity;
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      await entry(e);
      ms = Math.min(ms, performance.now() - began);
    }
    return { rows: store.rows, ms };
  };
  await upTo(50);
  const few = await cost();
  await upTo(1000);
  const many = await cost();
  console.log(`an entry with 50 waiting: ${few.ms.toFixed(2)} ms, ${few.rows / 5} rows; with 1000: ${many.ms.toFixed(2)} ms, ${many.rows / 5} rows`);
  assert.equal(many.rows, few.rows, "rows read of the database for five entries");
  assert.ok(many.ms < 4 * few.ms + 5, `${few.ms} ms with 50 waiting, ${many.ms} ms with 1000`);
});

test("lists that are kept say what the database says, whoever changed it", async () => {
  const s = honest();
  const store = memoryStore();
  const heard: ((m: unknown) => void)[] = [];
  const channel = (): Channel => ({ post: () => undefined, listen: (fn) => (heard.push(fn), (): void => undefined) }); // that loses everything
  const tabs = [await engineOn(store, s, 1, channel()), await engineOn(store, s, 2, channel())];
  const r = new Rand(7);
  const one = <T>(list: readonly T[]): T => list[r.bytes(1)[0]! % list.length]!;
  const ids: string[] = [];
  for (let i = 0; i < 150; i++) {
    const e = one(tabs);
    const key = { type: "activity", id: ids.length ? one(ids) : "" };
    switch (ids.length ? r.bytes(1)[0]! % 8 : 0) {
      case 0:
      case 1:
        ids.push((await e.create("activity", { ...day, note: "n" + i })).id);
        break;
      case 2:
        await e.edit(key, { set: { done_on: one(["2026-10-30", "2026-11-07"]), note: "m" + i } });
        break;
      case 3:
        await e.remove(key);
        break;
      case 4:
        await e.submit(key);
        break;
      case 5:
        await e.create("activity", { ...day, note: "twice" }, { id: key.id });
        break;
      default:
        if (r.bytes(1)[0]! < 60) await e.sync();
    }
    const fresh = await engineOn(store, s, 3);
    for (const [type, scope] of questions) {
      const want = flat(await fresh.list(type, scope));
      for (const tab of tabs) assert.equal(flat(await tab.list(type, scope)), want, `step ${i}: ${type} in ${scope}`);
      assert.deepEqual(await one(tabs).counts(type, scope), await fresh.counts(type, scope));
    }
  }
  assert.ok(ids.length > 20 && heard.length === 2);
});

test("readings that overlap saves never leave an older list behind", async () => {
  const store = await openIdbStore({ indexedDB: new IDBFactory(), keyRange: IDBKeyRange, name: "banso/" + person });
  const s = honest();
  const tabs = [await engineOn(store, s, 1), await engineOn(store, s, 2)];
  for (let i = 0; i < 20; i++) {
    const work: Promise<unknown>[] = [];
    for (const e of tabs) work.push(e.create("activity", day), e.list("activity", month), e.counts("activity", ""), e.list("activity", month));
    if (i % 5 === 4) work.push(tabs[0]!.sync());
    await Promise.all(work);
    const fresh = flat(await (await engineOn(store, s, 3)).list("activity", month));
    for (const e of tabs) assert.equal(flat(await e.list("activity", month)), fresh);
  }
});
