import type { Doc, Fields, Sets, Value } from "./index";

/** RFC 8785 on the record profile: names in order, no white space, only what must be is escaped. */
export function canonical(v: Value | null): string {
  switch (typeof v) {
    case "string":
      return quote(v);
    case "number":
    case "boolean":
      return String(v);
  }
  if (v === null) return "null";
  if (Array.isArray(v)) return "[" + v.map(canonical).join(",") + "]";
  return canonicalFields(v, () => true);
}

/** The canonical text of an object of the fields that keep says. */
export function canonicalFields(d: Fields, keep: (field: string) => boolean): string {
  const names = Object.keys(d).filter(keep).sort(); // ASCII names: the order of UTF-16 is that of bytes
  return "{" + names.map((k) => quote(k) + ":" + canonical(d[k]!)).join(",") + "}";
}

const special = /["\\\u0000-\u001f]/;
const specials = /["\\\u0000-\u001f]/g;
const short: { [c: string]: string } = { '"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };

/** A canonical string. */
export function quote(s: string): string {
  if (!special.test(s)) return '"' + s + '"';
  return '"' + s.replace(specials, (c) => short[c] ?? "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0")) + '"';
}

/** An object without a prototype, so that no name of a field is special. */
export function emptyDoc(): Doc {
  return Object.create(null) as Doc;
}

export function copyDoc(d: Doc): Doc {
  const out = emptyDoc();
  for (const k of Object.keys(d)) out[k] = d[k]!;
  return out;
}

export function emptySets(): Sets {
  return Object.create(null) as Sets;
}

/** Orders by code point, which is not the order of UTF-16. */
export function compareText(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      // surrogates stand for what is above all else
      x = x < 0xe000 ? x + 0x2000 : x - 0x800;
      y = y < 0xe000 ? y + 0x2000 : y - 0x800;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** Sorted and distinct. */
export function sortedSet(list: string[]): string[] {
  const out = list.slice().sort(compareText);
  return out.filter((s, i) => i === 0 || s !== out[i - 1]);
}
