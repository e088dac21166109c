import { zero16 } from "./bytes";
import { emptyDoc, emptySets } from "./canonical";
import type { Doc, Draft, Fields, ID, Sets, Value } from "./index";
import type { Mutation } from "./mutation";
import { RefusedError } from "./refuse";
import type { Meta, StoreReader } from "./store";
import { viewOf } from "./view";

/** Makes the mutation of a draft: who, when, what was seen. */
export async function fill(r: StoreReader, meta: Meta, d: Draft, id: ID, nowMs: number): Promise<Mutation> {
  const m: Mutation = {
    op: d.op, type: d.type, id, by: meta.person, t: Math.max(Math.floor(nowMs), meta.lastT + 1),
    at: meta.epoch === "" ? "" : meta.epoch + "/" + meta.commit,
    set: fields(d.set), was: emptyDoc(), seen: d.seen || zero16, add: sets(d.add), del: sets(d.del), args: fields(d.args) as Doc,
  };
  const looks = m.seen === zero16 && (m.op === "review" || m.op === "delete");
  const names = Object.keys(m.set);
  if (names.length === 0 && !looks) return m;
  const shown = await viewOf(r, meta, { type: m.type, id });
  if (!shown) return m;
  for (const f of names) if (f in shown.doc) m.was[f] = shown.doc[f]!;
  if (looks) m.seen = shown.c;
  return m;
}

/** A copy of what the app gave, texts in form NFC; a field that is undefined is left out. */
function fields(given: Fields | undefined): Fields {
  const out = emptyDoc() as Fields;
  for (const f of Object.keys(given ?? {})) {
    const v = given![f];
    if (v !== undefined) out[f] = v === null ? null : value(v);
  }
  return out;
}

function value(v: Value): Value {
  switch (typeof v) {
    case "string":
      return normal(v);
    case "boolean":
      return v;
    case "number":
      if (Number.isSafeInteger(v)) return v === 0 ? 0 : v; // minus zero is no integer of the profile
      break;
    case "object":
      if (Array.isArray(v)) return v.map(value);
      if (v !== null) return fields(v) as Doc;
  }
  throw new RefusedError("invalid", "a value is not of the record profile");
}

function sets(given: Sets | undefined): Sets {
  const out = emptySets();
  for (const f of Object.keys(given ?? {})) out[f] = given![f]!.map(normal);
  return out;
}

/** Keyboards give letters taken apart, and cut emoji in half. */
function normal(s: string): string {
  return s.replace(/[\ud800-\udfff]/gu, "\ufffd").normalize("NFC");
}
