import { sha256 } from "@noble/hashes/sha2.js";

import { canonicalFields } from "./canonical";
import { fromText, toText, utf8, zero16 } from "./bytes";
import { classOf } from "./classes";
import type { Doc, ID } from "./index";

/**
 * Digests of the protocol: the first 128 bits of a SHA-256, as text. The hash
 * is a plain function, not the browser's crypto.subtle: that one is missing
 * over plain http, and its promises would end an IndexedDB transaction.
 */
function first16(p: Uint8Array): string {
  return toText(sha256(p));
}

/** fp of a mutation: over its bytes exactly as sent. Also the hash of a canonical text. */
export function fingerprint(text: string | Uint8Array): string {
  return first16(typeof text === "string" ? utf8(text) : text);
}

/** The chain after one more fp. */
export function nextChain(chain: string, fp: string): string {
  const p = new Uint8Array(32);
  p.set(fromText(chain)!, 0);
  p.set(fromText(fp)!, 16);
  return first16(p);
}

/** Id of a singleton of a team-month (report, progress, close). */
export function derivedID(type: string, team: ID, month: string): ID {
  return fingerprint(type + "\u0000" + team + "\u0000" + month);
}

/** What one live record contributes to the sum of a scope. */
export function addend(scope: string, type: string, id: ID, rev: number, h: string): string {
  return fingerprint([scope, type, id, String(rev), h].join("\u0000"));
}

/** a + b modulo 2^128. */
export function addSum(a: string, b: string): string {
  return combine(a, b, 1);
}

/** a - b modulo 2^128. */
export function subSum(a: string, b: string): string {
  return combine(a, b, -1);
}

function combine(a: string, b: string, sign: 1 | -1): string {
  const x = fromText(a || zero16)!;
  const y = fromText(b || zero16)!;
  let carry = 0;
  for (let i = 15; i >= 0; i--) {
    const v = x[i]! + sign * y[i]! + carry;
    x[i] = v & 0xff;
    carry = v >> 8;
  }
  return toText(x);
}

/** h of a document. */
export function hashDoc(d: Doc): string {
  return fingerprint(canonicalFields(d, () => true));
}

/** The canonical text of what a reviewer decides on: material and set fields. */
export function contentText(type: string, d: Doc): string {
  return canonicalFields(d, (f) => {
    const c = classOf(type, f);
    return c === "material" || c === "set";
  });
}

/** c of a document: the hash of what a reviewer decides on. */
export function contentHash(type: string, d: Doc): string {
  return fingerprint(contentText(type, d));
}
