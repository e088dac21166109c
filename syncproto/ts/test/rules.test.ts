import assert from "node:assert/strict";
import { test } from "node:test";

import { memoryStore, openEngine, OtherPersonError, RefusedError, ExportError, storageState, askPersistence, type Engine, type Options } from "../src/index";
import { httpTransport } from "../src/http";
import { Loop } from "../src/loop";
import { Rand } from "./rand";
import { honest, person, team, type Server } from "./server";

const month = "team:" + team + "/2026-11";
const day = { team, done_on: "2026-11-05", category: "DVC_NOP_HO_SO" };

async function phone(s: Server, more: Partial<Options> = {}): Promise<Engine> {
  return openEngine({ store: memoryStore(), transport: s, now: () => 1_700_000_000_000, random: new Rand(3).bytes, person, app: "test", ...more });
}

test("C1: what is shown is base with the outbox laid over it", async () => {
  const s = honest();
  const e = await phone(s);
  const { id } = await e.create("activity", { ...day, note: "Hướng dẫn" }, { add: { participants: [person] } });
  const key = { type: "activity", id };
  assert.deepEqual((await e.counts("activity", month)), { received: 0, waiting: 1, aside: 0 });
  await e.sync();
  assert.deepEqual((await e.counts("activity", month)), { received: 1, waiting: 0, aside: 0 });
  await e.edit(key, { set: { note: null, place: "Lim Mong" } });
  const shown = (await e.get(key))!;
  assert.equal(shown.state, "waiting");
  assert.deepEqual([shown.doc["note"], shown.doc["place"], shown.doc["state"]], [undefined, "Lim Mong", "received"]);
  await e.edit(key, { set: { done_on: "2026-10-31" } });
  assert.equal((await e.list("activity", month)).length, 0, "it stands where the server will put it");
  assert.equal((await e.list("activity", "team:" + team + "/2026-10")).length, 1);
});

test("C3: an acked mutation is kept until the server calls it durable", async () => {
  const s = honest();
  const e = await phone(s);
  const { fp } = await e.create("activity", day);
  await e.sync();
  assert.equal(await e.held(fp), true);
  assert.deepEqual(await e.signOutInfo(), { unsent: 0, kept: 1, oldestUnsentMs: 0, safe: false });
  s.durable = s.seq;
  await e.sync();
  assert.equal(await e.held(fp), false);
  assert.equal((await e.signOutInfo()).safe, true);
});

test("C4: rotate offers the same bytes under a new client id, lost also reads everything anew", async () => {
  const s = honest();
  const e = await phone(s);
  const { id } = await e.create("activity", day);
  await e.sync();
  await e.create("activity", { ...day, note: "b" });
  const before = await e.exportQueue();
  const client = (await e.status()).client;
  let n = 0;
  s.bend = (a) => { if (n++ === 0) { a["state"] = "lost"; a["scopes"] = []; } };
  const out = await e.sync();
  assert.deepEqual([out.kind, out.trips], ["ok", 2]);
  assert.equal(await e.exportQueue(), before);
  assert.notEqual((await e.status()).client, client);
  const last = s.requests[s.requests.length - 1]!;
  assert.deepEqual([last.push.first, last.push.list.length, last.pull.every((p) => p.cur === 0)], [1, 2, true]);
  assert.equal(s.effects.get(id), 1, "the server knew it by its fp");
});

test("C5: only the answer to the newest request is applied", async () => {
  const s = honest();
  const held: (() => void)[] = [];
  const slow = { sync: async (body: string) => { const r = await s.sync(body); await new Promise<void>((ok) => held.push(ok)); return r; } };
  const store = memoryStore();
  const a = await phone(s, { store, transport: slow });
  const b = await phone(s, { store });
  await a.create("activity", day);
  const first = a.sync();
  while (held.length === 0) await new Promise((ok) => setTimeout(ok, 0));
  await b.sync();
  const seen = await b.status();
  held[0]!();
  assert.equal((await first).kind, "stale");
  assert.deepEqual({ ...(await b.status()), last: null }, { ...seen, last: null });
});

test("C10: an edit while its record is on the way is a mutation of its own", async () => {
  const s = honest();
  let e: Engine;
  let once = true;
  const t = { sync: async (body: string) => { const r = await s.sync(body); if (once) { once = false; await e.edit(key, { set: { note: "sau" } }); } return r; } };
  e = await phone(s, { transport: t });
  const { id } = await e.create("activity", { ...day, note: "trước" });
  const key = { type: "activity", id };
  const out = await e.sync();
  assert.deepEqual([out.acked, s.effects.get(id)], [2, 2]);
  assert.equal((await e.get(key))!.doc["note"], "sau");
});

test("C7: a difference is read anew at once; one that stays is reported for a day", async () => {
  const s = honest();
  s.put("category", team, { name: "x" }, "ref");
  const e = await phone(s);
  s.bend = (a) => { for (const p of a["scopes"]) if (p.scope === "ref") p.count++; };
  await e.sync();
  assert.equal(s.requests.filter((r) => r.pull.some((p) => p.bad)).length, 1);
  const st = await e.status();
  assert.deepEqual([st.agrees, st.allSent, st.problems], [false, false, [{ kind: "copy_differs", scope: "ref" }]]);
  await e.sync();
  assert.equal(s.requests.filter((r) => r.pull.some((p) => p.bad)).length, 1, "not within a day");
  s.now += 2 * 86_400_000;
  await e.sync(); // learns the time
  s.bend = () => undefined;
  await e.sync();
  assert.equal((await e.status()).agrees, true);
});

test("C8: a revoked scope goes after the verdicts of what waits, an archive stays", async () => {
  const s = honest();
  const e = await phone(s, { limits: { mutations: 1 } });
  await e.create("activity", day);
  await e.sync();
  await e.create("activity", day);
  await e.create("activity", day);
  s.bend = (a) => {
    a["scopes"] = a["scopes"].filter((p: { scope: string }) => p.scope !== month);
    a["revoked"] = s.requests.length === 2 ? [{ scope: month, action: "purge" }] : [];
  };
  const before = s.effects.size;
  await e.sync();
  assert.equal(s.effects.size, before + 2, "both were handed in");
  assert.equal((await e.status()).scopes.some((x) => x.scope === month), false);
  assert.equal((await e.list("activity", month)).length, 0);
});

test("C9: neither the phone's clock nor a refused token ends a session; only the server's word does", async () => {
  let refreshed = 0;
  const asked: string[] = [];
  const t = httpTransport({
    base: "", tokens: { token: async () => "old", refresh: async () => (refreshed++, "new") },
    fetch: async (_, init) => {
      asked.push(init.headers["Authorization"]!);
      return { status: asked.length === 1 ? 401 : 503, headers: { get: () => "17" }, arrayBuffer: async () => new ArrayBuffer(0) };
    },
  });
  assert.deepEqual(await t.sync("{}"), { status: 503, retryAfterMs: 17_000, body: new Uint8Array(0) });
  assert.deepEqual([asked, refreshed], [["Bearer old", "Bearer new"], 1]);
});

test("C11: refused when saved; 413 halves the list", async () => {
  const s = honest();
  const e = await phone(s);
  await assert.rejects(e.create("activity", { ...day, note: "ơ".repeat(9000) }), (x) => x instanceof RefusedError && x.code === "too_large");
  await assert.rejects(e.create("activity", { ...day, measures: { so_nguoi: 1.5 } }), (x) => x instanceof RefusedError && x.code === "invalid");
  assert.equal((await e.status()).unsent, 0);
  for (let i = 0; i < 9; i++) await e.create("activity", day);
  s.instead = (body) => (JSON.parse(body).push.list.length > 2 ? { status: 413, retryAfterMs: 0, body: new Uint8Array(0) } : null);
  assert.equal((await e.sync()).acked, 9);
});

test("texts are put into NFC, half an emoji does not break a record", async () => {
  const e = await phone(honest());
  const { id } = await e.create("activity", { ...day, note: "To\u0302\u0309 \ud83d" });
  assert.equal((await e.get({ type: "activity", id }))!.doc["note"], "Tổ \ufffd");
});

test("a captive portal is not the server, and nothing is lost to it", async () => {
  const s = honest();
  const e = await phone(s);
  await e.create("activity", day);
  s.instead = () => ({ status: 200, retryAfterMs: 0, body: new TextEncoder().encode("<html>Đăng nhập WiFi</html>") });
  const out = await e.sync();
  assert.equal(out.kind, "garbled");
  assert.ok(out.nextMs >= 1000 && out.nextMs <= 2000);
  assert.deepEqual((await e.status()).problems[0], { kind: "not_ours" });
  s.instead = () => null;
  await e.sync();
  assert.equal((await e.status()).allSent, true);
});

test("an exported queue is taken in elsewhere, once", async () => {
  const s = honest();
  const a = await phone(s);
  await a.create("activity", { ...day, note: 'a "b" [{]}' });
  await a.create("activity", day);
  const file = await a.exportQueue();
  const b = await phone(s, { random: new Rand(9).bytes });
  assert.equal(await b.importQueue(file), 2);
  assert.equal(await b.importQueue(file), 0);
  await a.sync();
  await b.sync();
  assert.ok([...s.effects.values()].every((n) => n === 1));
  await assert.rejects(b.importQueue("{}"), ExportError);
  await assert.rejects(b.importQueue(file.replace('"op":"create"', '"op":null')), ExportError);
});

test("somebody else's database is refused", async () => {
  const store = memoryStore();
  await phone(honest(), { store });
  await assert.rejects(phone(honest(), { store, person: team }), OtherPersonError);
});

test("changes are told here and in other tabs", async () => {
  const lines: ((m: unknown) => void)[] = [];
  const channel = (me: number): Options["channel"] => ({
    post: (m) => lines.forEach((fn, i) => i !== me && fn(m)),
    listen: (fn) => { lines[me] = fn; return () => { lines[me] = () => undefined; }; },
  });
  const store = memoryStore();
  const a = await phone(honest(), { store, channel: channel(0)! });
  const b = await phone(honest(), { store, channel: channel(1)! });
  const heard: string[] = [];
  b.subscribe((c) => heard.push(c.kind + (c.remote ? " remote" : "")));
  await a.create("activity", day);
  await a.sync();
  assert.deepEqual(heard, ["local remote", "sync remote"]);
});

test("start syncs at once, after a change, by hint, and waits when the server asks", async () => {
  const timers: { ms: number; fn: () => void; off: boolean }[] = [];
  const set = (ms: number, fn: () => void): (() => void) => {
    const t = { ms, fn, off: false };
    timers.push(t);
    return () => { t.off = true; };
  };
  const planned = (): number[] => timers.filter((t) => !t.off).map((t) => t.ms);
  const kinds: ("ok" | "busy" | "offline")[] = ["ok", "busy", "offline"];
  let syncs = 0;
  const loop = new Loop({ set }, () => 1000, async () => {
    const kind = kinds[syncs++]!;
    return { kind, pushed: 0, acked: 0, verdicts: [], changes: 0, trips: 1, more: false, nextMs: 9000, status: kind === "busy" ? 503 : 0, cause: "" };
  }, () => undefined);
  const tick = (): Promise<void> => new Promise((r) => setTimeout(r, 0));
  const fire = async (): Promise<void> => { const t = timers.filter((x) => !x.off).pop()!; t.off = true; t.fn(); await tick(); };
  loop.start();
  await tick();
  assert.deepEqual([syncs, planned(), loop.nextMs], [1, [9000], 10_000]);
  loop.nudge();
  assert.deepEqual(planned(), [300]);
  await fire(); // busy with Retry-After
  loop.nudge();
  loop.wake();
  assert.deepEqual([syncs, planned()], [2, [9000]]);
  await fire(); // offline
  loop.nudge();
  assert.deepEqual([syncs, planned()], [3, [9000]]);
  loop.stop();
  assert.deepEqual(planned(), []);
});

test("storage: asked to last, and how full it is", async () => {
  assert.equal(await askPersistence(undefined), false);
  assert.equal(await askPersistence({ persisted: async () => false, persist: async () => true }), true);
  assert.equal((await storageState(undefined)).level, "ok");
  const full = { persisted: async () => true, estimate: async () => ({ usage: 95 << 20, quota: 100 << 20 }) };
  assert.deepEqual(await storageState(full), { persisted: true, usage: 95 << 20, quota: 100 << 20, level: "full" });
});
