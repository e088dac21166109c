import { canonical } from "../src/canonical";
import { addend, addSum, fingerprint, hashDoc, nextChain } from "../src/digest";
import { zero16 } from "../src/bytes";
import type { Doc, Reply } from "../src/index";
import { merge } from "../src/merge";
import { decodeMutation } from "../src/mutation";
import { userScope, teamMonthScope } from "../src/scope";

export const person = "AZAAAAAAcACAAAAAAAAAEA";
export const team = "AZAAAAAAcACAAAAAAAAAIA";

interface Rec {
  doc: Doc;
  rev: number;
  scope: string;
  type: string;
  id: string;
}
interface Asked {
  client: string;
  top: number;
  push: { first: number; prev: string; list: unknown[] };
  pull: { scope: string; cur: number; bad?: boolean }[];
}

/** A small honest server of one person, in memory. Tests bend its answers. */
export class Server {
  seq = 100;
  readonly records = new Map<string, Rec>();
  private readonly verdicts = new Map<string, { [name: string]: unknown }>();
  private readonly clients = new Map<string, { last: number; chain: string }>();
  /** How often each record was changed by a mutation that the server had not seen. */
  readonly effects = new Map<string, number>();
  readonly requests: Asked[] = [];
  durable = 0;
  now = 1_700_000_000_000;
  /** Bends an answer before it is sent. */
  bend: (a: { [name: string]: any }) => void = () => undefined;
  /** Answers in place of the server. */
  instead: (body: string) => Reply | null = () => null;

  /** A write of somebody else. */
  put(type: string, id: string, doc: Doc, scope: string): void {
    this.records.set(type + "/" + id, { type, id, doc, rev: ++this.seq, scope });
  }

  async sync(body: string): Promise<Reply> {
    const own = this.instead(body);
    if (own) return own;
    const req = JSON.parse(body) as Asked;
    this.requests.push(req);
    const answer: { [name: string]: unknown } = {
      epoch: "run1", now: this.now, durable: this.durable, state: "ok", verdicts: [], scopes: [], revoked: [], ack: 0,
      hint: { next_s: 900, blobs: "now", upgrade: "none" },
    };
    this.push(req, body, answer);
    answer["commit"] = this.seq;
    if (answer["state"] === "ok") answer["scopes"] = this.pull(req);
    this.bend(answer);
    return { status: 200, retryAfterMs: 0, body: new TextEncoder().encode(JSON.stringify(answer)) };
  }

  private push(req: Asked, body: string, answer: { [name: string]: unknown }): void {
    const c = this.clients.get(req.client) ?? { last: 0, chain: zero16 };
    const { first, prev, list } = req.push;
    if (first > c.last + 1 || req.top < c.last || (first === c.last + 1 && prev !== c.chain)) {
      answer["state"] = "rotate";
      return;
    }
    const raws = texts(body, list.length);
    raws.forEach((raw, i) => {
      const n = first + i;
      const fp = fingerprint(raw);
      if (!this.verdicts.has(fp)) this.verdicts.set(fp, this.decide(raw));
      (answer["verdicts"] as unknown[]).push({ ...this.verdicts.get(fp), n });
      if (n === c.last + 1) {
        c.last = n;
        c.chain = nextChain(c.chain, fp);
      }
    });
    this.clients.set(req.client, c);
    answer["ack"] = c.last;
  }

  private decide(raw: string): { [name: string]: unknown } {
    const m = decodeMutation(raw);
    const key = m.type + "/" + m.id;
    const old = this.records.get(key);
    this.effects.set(m.id, (this.effects.get(m.id) ?? 0) + 1);
    const doc = merge(m.type, old?.doc ?? {}, m).doc;
    doc["state"] = "received";
    this.put(m.type, m.id, doc, teamMonthScope(doc["team"] as string, String(doc["done_on"]).slice(0, 7)));
    return { v: "applied", id: m.id, rev: this.seq };
  }

  private pull(req: Asked): unknown[] {
    const names = new Set(["ref", userScope(person), "team:" + team, ...[...this.records.values()].map((r) => r.scope), ...req.pull.map((p) => p.scope)]);
    return [...names].sort().map((scope) => {
      const asked = req.pull.find((p) => p.scope === scope);
      const from = asked?.bad ? 0 : asked?.cur ?? 0;
      const live = [...this.records.values()].filter((r) => r.scope === scope);
      const sum = live.reduce((a, r) => addSum(a, addend(scope, r.type, r.id, r.rev, hashDoc(r.doc))), zero16);
      const changes = live.filter((r) => r.rev > from).map((r) => ({ op: "put", type: r.type, id: r.id, rev: r.rev, h: hashDoc(r.doc), doc: JSON.parse(canonical(r.doc)) as Doc }));
      return { scope, from, to: this.seq, more: false, reset: from === 0, changes, count: live.length, sum };
    });
  }
}

export function honest(): Server {
  return new Server();
}

/** The bytes of each mutation of a request, as they came. */
function texts(body: string, n: number): string[] {
  const out: string[] = [];
  let at = body.indexOf('"list":[') + 8;
  for (let i = 0; i < n; i++) {
    let depth = 0;
    let j = at;
    for (; ; j++) {
      if (body[j] === '"') for (j++; body[j] !== '"'; j++) if (body[j] === "\\") j++;
      if (body[j] === "{" || body[j] === "[") depth++;
      if (body[j] === "}" || body[j] === "]") depth--;
      if (depth === 0) break;
    }
    out.push(body.slice(at, j + 1));
    at = j + 2;
  }
  return out;
}
