import { copyDoc, emptyDoc } from "./canonical";
import { contentHash } from "./digest";
import type { Code, Doc, Draft, Key, Op, OwnCase, Shown } from "./index";
import { overlay, text } from "./merge";
import { decodeMutation, type Mutation } from "./mutation";
import { decodeDoc } from "./parser";
import { parseScope, userScope } from "./scope";
import { inScope, keyText, type BaseRecord, type Item, type Meta, type StoreReader } from "./store";

/** A record with what decides where it is listed. */
export interface Placed {
  key: Key;
  shown: Shown | null;
  rec: BaseRecord | null;
}

/** A record as it is shown, and where. */
export async function placeOf(r: StoreReader, meta: Meta, key: Key): Promise<Placed> {
  const [rec, items] = await Promise.all([r.record(key), pendingOf(r, meta, key)]);
  return { key, shown: lay(key, rec, items), rec };
}

/** A record as it is shown, null if there is none. */
export async function viewOf(r: StoreReader, meta: Meta, k: Key): Promise<Shown | null> {
  return (await placeOf(r, meta, k)).shown;
}

/** Whether base does not show a mutation of the outbox yet: after a rotation it may have had the effect for long. */
function unseen(it: Item): boolean {
  return it.v === "" || it.lag;
}

async function pendingOf(r: StoreReader, meta: Meta, k: Key): Promise<Item[]> {
  const lag = meta.lagging ? (await r.sent()).filter((it) => it.lag && it.type === k.type && it.id === k.id) : [];
  return [...lag, ...(meta.top === meta.ack ? [] : await r.outboxOf(k)).filter(unseen)];
}

/** All mutations about a type that base does not show yet, by record, in order; "" means all types. */
async function pendingAll(r: StoreReader, meta: Meta, type: string): Promise<Map<string, Item[]>> {
  const lag = meta.lagging ? (await r.sent()).filter((it) => it.lag && (type === "" || it.type === type)) : [];
  const waiting = meta.top === meta.ack ? [] : (await (type === "" ? r.outbox(0) : r.outboxOfType(type))).filter(unseen);
  const out = new Map<string, Item[]>();
  for (const it of [...lag, ...waiting]) {
    const list = out.get(keyText(it));
    if (list) list.push(it);
    else out.set(keyText(it), [it]);
  }
  return out;
}

/** Mutations read before: their bytes never change, and each list of a phone that was long without a network lays all of them. */
const read = new Map<string, Mutation>();
const mostRead = 8_192;

function decoded(it: Item): Mutation {
  let m = read.get(it.raw);
  if (!m) {
    m = decodeMutation(it.raw);
    if (read.size >= mostRead) read.clear();
    read.set(it.raw, m);
  }
  return m;
}

/** Computes what is shown of one record. */
function lay(k: Key, rec: BaseRecord | null, items: Item[]): Shown | null {
  let exists = rec !== null;
  let doc: Doc = rec ? copyDoc(JSON.parse(rec.doc) as Doc) : emptyDoc();
  let deleted = false;
  let since = 0;
  for (const it of items) {
    if (it.op === "create") exists = true;
    if (it.op === "delete") deleted = true;
    since = since === 0 ? it.t : Math.min(since, it.t);
    try {
      doc = overlay(k.type, doc, decoded(it));
    } catch {
      // an imported mutation that only the server can judge
    }
  }
  if (!exists) return null;
  return {
    type: k.type, id: k.id, doc, rev: rec?.rev ?? 0, h: rec?.h ?? "", pending: items.length,
    get c() {
      return contentHash(k.type, doc); // few ask
    },
    state: items.length > 0 ? "waiting" : "received", deleted, waitingSince: since, cases: [],
  };
}

/** The records of a type in a scope as they are shown, by type and id; scope "" means all scopes. */
export async function listOf(r: StoreReader, meta: Meta, type: string, scope: string): Promise<Shown[]> {
  const items = await pendingAll(r, meta, type);
  const recs = new Map<string, BaseRecord | null>();
  const names = scope !== "" ? [scope] : (await r.scopes()).map((s) => s.scope);
  for (const name of names) for (const rec of await r.members(name, type)) recs.set(keyText(rec), rec);
  const others = [...items].filter(([k]) => !recs.has(k));
  const found = await Promise.all(others.map(([, list]) => r.record(list[0]!)));
  others.forEach(([k], i) => recs.set(k, found[i] ?? null));
  const out: Shown[] = [];
  for (const [k, rec] of recs) {
    const own = items.get(k) ?? [];
    const key = rec ?? own[0]!;
    const placed = { key, shown: lay(key, rec, own), rec };
    if (belongs(placed, scope)) out.push(placed.shown!);
  }
  return out.sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
}

/** Whether a record is to be listed in a scope, "" for all: with own mutations its team and month say so where they can, else where base has it. */
export function belongs({ shown: s, rec }: Placed, scope: string): boolean {
  if (!s || s.deleted) return false;
  if (scope === "") return true;
  if (s.pending === 0) return inScope(rec, scope);
  const p = parseScope(scope);
  if (!p || p.month === "") return inScope(rec, scope);
  if (p.kind === "team") return p.id === text(s.doc["team"]) && p.month === monthOf(s.type, s.doc);
  return p.month === monthOf(s.type, s.doc) && rec !== null && p.id === text(s.doc["unit"]);
}

function monthOf(type: string, doc: { [f: string]: unknown }): string {
  const day = doc["done_on"];
  if (type === "activity" && typeof day === "string" && day.length >= 7) return day.slice(0, 7);
  return typeof doc["month"] === "string" ? doc["month"] : "";
}

/** Own mutations that stand aside or wait, newest first. */
export async function casesOf(r: StoreReader, person: string, open: boolean): Promise<OwnCase[]> {
  const out: OwnCase[] = [];
  for (const rec of await r.members(userScope(person), "own_case")) {
    let d: Doc;
    try {
      d = decodeDoc(rec.doc);
    } catch {
      continue;
    }
    if (open && d["state"] !== "open") continue;
    out.push({
      id: rec.id, code: text(d["code"]) as Code, v: text(d["v"]) === "waiting" ? "waiting" : "aside", state: text(d["state"]),
      op: text(d["op"]) as Op | "", record: { type: text(d["rtype"]), id: text(d["record"]) }, fp: text(d["fp"]),
      openedMs: typeof d["opened"] === "number" ? d["opened"] : 0, reason: text(d["reason"]), draft: draftOf(text(d["mutation"])),
    });
  }
  return out.sort((a, b) => b.openedMs - a.openedMs || (a.id < b.id ? 1 : -1));
}

function draftOf(raw: string): Draft | null {
  try {
    const m = decodeMutation(raw);
    return { op: m.op, type: m.type, id: m.id, set: m.set, add: m.add, del: m.del, args: m.args };
  } catch {
    return null;
  }
}

/** Whether a case is about a scope: by its record if that is listed there, else by the team and month of its own text. */
export function caseIn(c: OwnCase, scope: string, listed: Set<string>): boolean {
  if (scope === "" || listed.has(c.record.id)) return true;
  const set = c.draft?.set ?? {};
  const p = parseScope(scope);
  return p !== null && p.kind === "team" && p.id === set["team"] && p.month === monthOf(c.record.type, set);
}
