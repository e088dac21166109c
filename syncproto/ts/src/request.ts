import { quote } from "./canonical";
import { utf8Length } from "./bytes";
import type { ID } from "./index";
import { protoVersion, schemaVersion } from "./limits";
import type { Meta, StoreTx } from "./store";

/** A message on its way, with what is needed to apply its answer. */
export interface Request {
  /** Kept in the local database until the answer is applied (rule C5). */
  id: ID;
  body: string;
  first: number;
  count: number;
  /** Scopes asked for, and whether they were called bad. */
  asked: Map<string, boolean>;
  /** More scopes are known than one request may name. */
  tooMany: boolean;
}

export interface RequestLimits {
  mutations: number;
  bytes: number;
  changes: number;
  scopes: number;
}

interface Pull {
  scope: string;
  cur: number;
  since: number;
  bad: boolean;
}

/** Builds the next request. Mutations are spliced in byte for byte: their fingerprint is over the bytes as made. */
export async function buildRequest(
  tx: StoreTx, meta: Meta, id: ID, app: string, nowMs: number, turn: number, lim: RequestLimits,
): Promise<Request> {
  const first = meta.ack + 1;
  const list: string[] = [];
  let size = 0;
  for (const it of await tx.outbox(first, lim.mutations)) {
    size += utf8Length(it.raw) + 1;
    if (list.length > 0 && size > lim.bytes) break;
    if (it.n !== first + list.length) throw new Error("the outbox has a gap");
    list.push(it.raw);
  }
  const { pulls, known } = await pullList(tx, nowMs + meta.offsetMs, turn, lim.scopes);
  const seen = meta.epoch === "" ? "" : ',"seen":{"epoch":' + quote(meta.epoch) + ',"commit":' + meta.commit + "}";
  const body =
    '{"proto":' + protoVersion + ',"schema":' + schemaVersion + ',"app":' + quote(app) + ',"client":' + quote(meta.client) + seen +
    ',"top":' + meta.top + ',"push":{"first":' + first + ',"prev":' + quote(meta.chain) + ',"list":[' + list.join(",") + "]}" +
    ',"pull":[' + pulls.map(pullText).join(",") + '],"clock":' + nowMs + ',"limit":' + lim.changes + "}";
  return { id, body, first, count: list.length, asked: new Map(pulls.map((p) => [p.scope, p.bad])), tooMany: known > lim.scopes };
}

function pullText(p: Pull): string {
  return '{"scope":' + quote(p.scope) + ',"cur":' + p.cur + (p.since !== 0 ? ',"since":' + p.since : "") + (p.bad ? ',"bad":true' : "") + "}";
}

/**
 * Names the scopes to ask for: those without a month and the newest months
 * first; where they are more than the limit, the others take turns in its
 * second half.
 */
async function pullList(tx: StoreTx, serverMs: number, turn: number, most: number): Promise<{ pulls: Pull[]; known: number }> {
  const list: Pull[] = [];
  for (const s of await tx.scopes()) {
    if (!s.revoked && !s.archived) list.push({ scope: s.scope, cur: s.cur, since: s.since, bad: s.bad && serverMs >= s.retryMs });
  }
  const known = list.length;
  if (known <= most) return { pulls: list, known };
  const month = (p: Pull): string => (p.scope.includes("/") ? p.scope.slice(p.scope.lastIndexOf("/") + 1) : "~");
  list.sort((a, b) => (month(a) < month(b) ? 1 : month(a) > month(b) ? -1 : 0));
  const fixed = most - Math.floor(most / 2);
  const rest = list.slice(fixed);
  const cut = (turn * Math.floor(most / 2)) % rest.length;
  return { pulls: [...list.slice(0, fixed), ...rest.slice(cut), ...rest.slice(0, cut)].slice(0, most), known };
}
