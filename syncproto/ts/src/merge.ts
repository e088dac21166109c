import { canonical, copyDoc, sortedSet } from "./canonical";
import { classOf } from "./classes";
import type { Doc, Fields, Sets, Value } from "./index";

export interface Merged {
  doc: Doc;
  changed: boolean;
  /** Free fields whose unseen value was overwritten, sorted. */
  lost: string[];
  /** Material fields in conflict, sorted; doc is then not to be used. */
  conflict: string[];
  /** Fields that a phone may not set this way, sorted. */
  refused: string[];
}

/** Lays set, add and del over a document by the class of each field. */
export function merge(type: string, cur: Doc, m: { set: Fields; was: Fields; add: Sets; del: Sets }): Merged {
  const r: Merged = { doc: copyDoc(cur), changed: false, lost: [], conflict: [], refused: [] };
  for (const f of Object.keys(m.set)) {
    const value = m.set[f] ?? null;
    const old = cur[f] ?? null;
    const cls = classOf(type, f);
    if (cls === "server" || cls === "set") {
      r.refused.push(f);
      continue;
    }
    if (same(old, value)) continue;
    const unseen = !same(old, m.was[f] ?? null);
    if (cls === "material" && unseen) {
      r.conflict.push(f);
      continue;
    }
    if (cls === "free" && unseen && old !== null) r.lost.push(f);
    setField(r.doc, f, value);
    r.changed = true;
  }
  for (const f of new Set([...Object.keys(m.add), ...Object.keys(m.del)])) {
    if (classOf(type, f) !== "set") {
      r.refused.push(f);
      continue;
    }
    const gone = new Set(m.del[f] ?? []);
    const next = sortedSet([...texts(cur[f]), ...(m.add[f] ?? [])].filter((s) => !gone.has(s)));
    const value = next.length > 0 ? next : null; // absent once the last element is gone
    if (!same(cur[f] ?? null, value)) {
      setField(r.doc, f, value);
      r.changed = true;
    }
  }
  r.lost.sort();
  r.conflict.sort();
  r.refused.sort();
  return r;
}

/** What a phone shows: the mutation laid over base without asking whether the server will agree. */
export function overlay(type: string, base: Doc, m: { set: Fields; add: Sets; del: Sets }): Doc {
  return merge(type, base, { set: m.set, was: base, add: m.add, del: m.del }).doc;
}

/** The elements of a set field, none if it is something else. */
export function texts(v: Value | undefined): string[] {
  return Array.isArray(v) && v.every((s) => typeof s === "string") ? (v as string[]) : [];
}

/** The text of a field, "" if it is absent or something else. */
export function text(v: Value | undefined): string {
  return typeof v === "string" ? v : "";
}

function setField(d: Doc, f: string, v: Value | null): void {
  if (v === null) delete d[f];
  else d[f] = v;
}

function same(a: Value | null, b: Value | null): boolean {
  return a === b || canonical(a) === canonical(b);
}
