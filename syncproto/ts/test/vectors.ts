import { fromUtf8, toText, utf8 } from "../src/bytes";
import { canonical } from "../src/canonical";
import { addend, addSum, contentHash, contentText, derivedID, fingerprint, hashDoc, nextChain, subSum } from "../src/digest";
import { limits } from "../src/limits";
import { merge, overlay } from "../src/merge";
import { decodeMutation, readMutation } from "../src/mutation";
import { decodeDoc, Parser } from "../src/parser";
import { decodeResponse } from "../src/response";
import { parseScope } from "../src/scope";
import type { Doc } from "../src/index";

export interface Result {
  checked: number;
  failures: string[];
}

interface Case {
  [name: string]: any;
}

/** Passes every file of testdata/vectors. No global of a browser or of Node is used: goja has none. */
export function vectors(files: { [name: string]: string }): Result {
  const r: Result = { checked: 0, failures: [] };
  for (const [name, check] of Object.entries(checks)) {
    const cases = JSON.parse(files[name] ?? "[]") as Case[];
    if (cases.length === 0) r.failures.push(name + " is empty or missing");
    const state: { [name: string]: string } = {};
    for (const c of cases) {
      r.checked++;
      let wrong: string;
      try {
        wrong = check(c, state);
      } catch (e) {
        wrong = "threw " + String(e);
      }
      if (wrong !== "") r.failures.push(`${name}: ${c["name"] ?? JSON.stringify(c)}: ${wrong}`);
    }
  }
  return r;
}

export { limits };

/** The bytes of a case; the text of them, null if they are no UTF-8. */
function input(c: Case, text: string, hex: string): { bytes: Uint8Array | null; text: string | null } {
  if (c[hex] === undefined) return { bytes: null, text: c[text] ?? "" };
  const bytes = new Uint8Array((c[hex] as string).match(/../g)!.map((h) => parseInt(h, 16)));
  return { bytes, text: fromUtf8(bytes) };
}

function same(got: unknown, want: unknown): string {
  const a = JSON.stringify(got);
  const b = JSON.stringify(want);
  return a === b ? "" : `${a}, want ${b}`;
}

function accepts(fn: () => unknown): boolean {
  try {
    fn();
    return true;
  } catch {
    return false;
  }
}

const checks: { [file: string]: (c: Case, state: { [name: string]: string }) => string } = {
  "canonical.json": (c) => {
    const { text } = input(c, "in", "in_hex");
    const ok = text !== null && accepts(() => decodeDoc(text));
    if (!ok || !c["ok"]) return same(ok, c["ok"]);
    const doc = decodeDoc(text!);
    return same([canonical(doc), hashDoc(doc)], [c["out"], c["h"]]) || same(canonical(decodeDoc(c["out"])), c["out"]);
  },
  "fp.json": (c, state) => {
    const { bytes, text } = input(c, "mutation", "mutation_hex");
    const fp = fingerprint(bytes ?? text!);
    state["chain"] = nextChain(state["chain"] ?? toText(new Uint8Array(16)), fp);
    return same([fp, state["chain"]], [c["fp"], c["chain"]]);
  },
  "content.json": (c) => same([contentText(c["type"], c["doc"]), contentHash(c["type"], c["doc"])], [c["of"], c["c"]]),
  "sum.json": (c, state) => {
    const a = addend(c["scope"], c["type"], c["id"], c["rev"], c["h"]);
    state["sum"] = addSum(state["sum"] ?? toText(new Uint8Array(16)), a);
    state["first"] ??= a;
    return same([a, state["sum"], subSum(state["sum"], state["first"])], [c["addend"], c["sum"], c["minus"]]);
  },
  "derived.json": (c) => same(derivedID(c["type"], c["team"], c["month"]), c["id"]),
  "merge.json": (c) => {
    const base = decodeDoc(canonical(c["base"]));
    const m = readMutation(new Parser(JSON.stringify(c["mutation"])));
    const r = merge(c["type"], base, m);
    const doc = r.conflict.length > 0 ? null : canonical(r.doc);
    const want = c["doc"] === undefined ? null : canonical(c["doc"] as Doc);
    return (
      same([doc, r.changed, r.lost, r.conflict, r.refused], [want, c["changed"], c["lost"], c["conflict"], c["refused"]]) ||
      same(canonical(overlay(c["type"], base, m)), canonical(c["shown"]))
    );
  },
  "decode.json": (c) => {
    const { bytes, text } = input(c, "in", "in_hex");
    switch (c["what"] as string) {
      case "request": // a phone makes them only
        return "";
      case "mutation":
        return same(text !== null && accepts(() => decodeMutation(text)), c["ok"]);
      default:
        return same(accepts(() => decodeResponse(bytes ?? utf8(text!))), c["ok"]);
    }
  },
  "scope.json": (c) => {
    const p = parseScope(c["scope"]);
    return same([p !== null, p?.kind ?? "", p?.id ?? "", p?.month ?? ""], [c["ok"], c["kind"] ?? "", c["id"] ?? "", c["month"] ?? ""]);
  },
  "nfc.json": (c) => {
    const text: string = c["text"];
    const doc = '{"a":' + JSON.stringify(text) + "}";
    return same(accepts(() => decodeDoc(doc)), c["nfc"]);
  },
};


