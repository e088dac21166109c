import { canonical } from "./canonical";
import { utf8 } from "./bytes";
import { fingerprint } from "./digest";
import type { ID } from "./index";
import { limits } from "./limits";
import { decodeMutation, type Mutation } from "./mutation";
import type { Item, Meta, StoreReader, StoreTx } from "./store";

/** The same file as the Go engine writes and reads. */
const format = "banso-outbox/1";

export class ExportError extends Error {}

/** Everything that the server's backups may not hold: sent and outbox. */
export async function exportOf(r: StoreReader, person: ID): Promise<string> {
  const list = [...(await r.sent()), ...(await r.outbox(0))].map((it) => it.raw);
  return '{"format":' + canonical(format) + ',"person":' + canonical(person) + ',"mutations":[' + list.join(",") + "]}";
}

/** The mutations of a file, as bytes and read. Their bytes are those in the file: a parser would change them. */
export function readExport(file: string, person: ID): { raw: string; m: Mutation }[] {
  let x: { format?: unknown; person?: unknown; mutations?: unknown };
  try {
    x = JSON.parse(file) as typeof x;
  } catch {
    throw new ExportError("not an exported queue");
  }
  if (x === null || typeof x !== "object" || x.format !== format || !Array.isArray(x.mutations)) throw new ExportError("not an exported queue");
  if (x.person !== person) throw new ExportError("the file is of another person");
  return elements(file).map((raw) => {
    try {
      const m = decodeMutation(raw);
      if (m.by === person && utf8(raw).length <= limits.MaxMutationBytes) return { raw, m };
    } catch {
      // told below
    }
    throw new ExportError("a mutation in the file is damaged");
  });
}

/** The texts of the elements of "mutations". The file is JSON already. */
function elements(file: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let inList = false;
  let start = 0;
  for (let i = 0; i < file.length; i++) {
    const c = file[i]!;
    if (c === '"') {
      const from = i;
      for (i++; file[i] !== '"'; i++) if (file[i] === "\\") i++;
      if (depth === 1 && file.slice(from, i + 1) === '"mutations"' && /^\s*:\s*\[/.test(file.slice(i + 1, i + 40))) inList = true;
    } else if (c === "{" || c === "[") {
      if (inList && depth === 2 && c === "{") start = i;
      depth++;
    } else if (c === "}" || c === "]") {
      depth--;
      if (inList && depth === 2 && c === "}") out.push(file.slice(start, i + 1));
      if (depth === 1) inList = false;
    }
  }
  return out;
}

/** Appends what this database does not have; returns how many those were. */
export async function importInto(tx: StoreTx, meta: Meta, list: { raw: string; m: Mutation }[]): Promise<number> {
  const have = new Set([...(await tx.sent()), ...(await tx.outbox(0))].map((it) => it.fp));
  let n = 0;
  for (const { raw, m } of list) {
    const fp = fingerprint(raw);
    if (have.has(fp)) continue;
    have.add(fp);
    n++;
    meta.top++;
    meta.lastT = Math.max(meta.lastT, m.t);
    tx.putOutbox(newItem(meta.top, fp, m, raw));
  }
  return n;
}

export function newItem(n: number, fp: string, m: Mutation, raw: string): Item {
  return { n, fp, op: m.op, type: m.type, id: m.id, t: m.t, raw, stamp: 0, v: "", lag: false };
}
