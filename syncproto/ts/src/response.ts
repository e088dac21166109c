import { fromUtf8, isID, fromText, zero16 } from "./bytes";
import type { Code, Doc, ID, Verb, Verdict } from "./index";

/** The answer of a sync, checked. */
export interface Response {
  epoch: string;
  now: number;
  commit: number;
  durable: number;
  state: "ok" | "rotate" | "lost" | "busy";
  ack: number;
  verdicts: Verdict[];
  scopes: Page[];
  revoked: { scope: string; action: string }[];
  hint: { nextS: number; blobs: string; upgrade: string };
}
export interface Page {
  scope: string;
  from: number;
  to: number;
  more: boolean;
  reset: boolean;
  changes: Change[];
  count: number;
  sum: string;
}
export interface Change {
  op: "put" | "del" | "leave" | "ack";
  type: string;
  id: ID;
  rev: number;
  h: string;
  doc: Doc | null;
  srv: Doc | null;
}

/** An answer that is not one of the protocol: cut, or somebody else's. */
export class EnvelopeError extends Error {}

type Raw = { [name: string]: unknown };

/** Reads an answer. Unknown members are ignored, for a phone may be older than its server; what is known must be whole. */
export function decodeResponse(body: Uint8Array): Response {
  const s = fromUtf8(body);
  if (s === null) throw new EnvelopeError("not UTF-8");
  let v: unknown;
  try {
    v = JSON.parse(s);
  } catch {
    throw new EnvelopeError("not JSON");
  }
  const o = object(v);
  const hint = object(o["hint"] ?? {});
  const r: Response = {
    epoch: string(o["epoch"]), now: int(o["now"]), commit: count(o["commit"]), durable: count(o["durable"]),
    state: oneOf(o["state"], ["ok", "rotate", "lost", "busy"]), ack: count(o["ack"]),
    verdicts: list(o["verdicts"]).map(verdict), scopes: list(o["scopes"]).map(page),
    revoked: list(o["revoked"]).map((x) => {
      const q = object(x);
      return { scope: string(q["scope"]), action: string(q["action"]) };
    }),
    hint: { nextS: int(hint["next_s"]), blobs: string(hint["blobs"]), upgrade: string(hint["upgrade"]) },
  };
  if (r.epoch === "") throw new EnvelopeError("epoch is missing");
  return r;
}

function verdict(v: unknown): Verdict {
  const o = object(v);
  return {
    n: int(o["n"]), v: string(o["v"]) as Verb, id: string(o["id"]), rev: int(o["rev"]), code: string(o["code"]) as Code | "",
    lost: list(o["lost"]).map(string), case: string(o["case"]),
  };
}

function page(v: unknown): Page {
  const o = object(v);
  const p: Page = {
    scope: string(o["scope"]), from: count(o["from"]), to: count(o["to"]), more: bool(o["more"]), reset: bool(o["reset"]),
    changes: list(o["changes"]).map(change), count: count(o["count"]), sum: digest(o["sum"]),
  };
  if (p.scope === "" || p.to < p.from) throw new EnvelopeError("a page has no scope, or runs backwards");
  return p;
}

function change(v: unknown): Change {
  const o = object(v);
  const c: Change = {
    op: oneOf(o["op"], ["put", "del", "leave", "ack"]), type: string(o["type"]), id: string(o["id"]), rev: count(o["rev"]),
    h: digest(o["h"]), doc: doc(o["doc"]), srv: doc(o["srv"]),
  };
  if (!isID(c.id) || c.type === "") throw new EnvelopeError("a change has no id or type");
  if (c.op === "put" && c.doc === null) throw new EnvelopeError("a put without its document");
  return c;
}

function bad(): never {
  throw new EnvelopeError("a member has the wrong type");
}

function object(v: unknown): Raw {
  return typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Raw) : bad();
}

function doc(v: unknown): Doc | null {
  return v === undefined || v === null ? null : (object(v) as Doc);
}

function list(v: unknown): unknown[] {
  return v === undefined || v === null ? [] : Array.isArray(v) ? v : bad();
}

function string(v: unknown): string {
  return v === undefined || v === null ? "" : typeof v === "string" ? v : bad();
}

function bool(v: unknown): boolean {
  return v === undefined || v === null ? false : typeof v === "boolean" ? v : bad();
}

function int(v: unknown): number {
  return v === undefined || v === null ? 0 : Number.isSafeInteger(v) ? (v as number) : bad();
}

function count(v: unknown): number {
  const n = int(v);
  return n >= 0 ? n : bad();
}

function digest(v: unknown): string {
  const s = string(v);
  return s === "" ? zero16 : fromText(s) ? s : bad();
}

function oneOf<T extends string>(v: unknown, words: T[]): T {
  return words.includes(v as T) ? (v as T) : bad();
}
