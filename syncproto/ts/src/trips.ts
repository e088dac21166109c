import { Answer, idleMs } from "./answer";
import { randomID } from "./ids";
import type { Key, Options, Outcome, OutcomeKind, Reply } from "./index";
import { limits } from "./limits";
import { buildRequest, type Request, type RequestLimits } from "./request";
import { decodeResponse, type Response } from "./response";
import { needMeta } from "./store";

/** Back-off of a phone that gets no answer: doubled from backoffMin to backoffMax, half of it random. */
const backoffMin = 2_000;
const backoffMax = 15 * 60_000;
/** How many round trips in a row may ask for the next one at once without one that succeeds: a rotation needs one, a list of 200 that is too large needs eight. */
const maxHaste = 9;
/** Ends a sync with a server that never comes to an end. */
const maxTrips = 1_000;

/** Makes round trips, one at a time. */
export class Trips {
  last: Outcome | null = null;
  private running = 0;
  private tail: Promise<unknown> = Promise.resolve();
  private cap: number; // mutations in a push; halved by 413
  private failures = 0; // round trips in a row that brought nothing
  private haste = 0; // of those, the newest in a row that asked for the next one at once
  private turn = 0; // where the scopes beyond the limit go on
  private readonly lim: RequestLimits;

  constructor(private readonly o: Options, private readonly changed: (keys: Key[] | null, kind: "sync" | "status") => void) {
    const pick = (v: number | undefined, most: number): number => (v && v > 0 && v <= most ? v : most);
    this.lim = {
      mutations: pick(o.limits?.mutations, limits.MaxMutationsPerPush),
      bytes: pick(o.limits?.bytes, limits.MaxRequestBytes - limits.MaxMutationBytes), // fits even where it does not compress
      changes: pick(o.limits?.changes, limits.MaxChangesPerResponse),
      scopes: pick(o.limits?.scopes, limits.MaxScopesPerRequest),
    };
    this.cap = this.lim.mutations;
  }

  get syncing(): boolean {
    return this.running > 0;
  }

  /** Round trips until nothing is left to do or it gets no further. */
  async sync(): Promise<Outcome> {
    this.running++;
    this.changed(null, "status");
    try {
      let all = await this.alone();
      while (all.more && all.trips < maxTrips) {
        const next = await this.alone();
        all = {
          ...next, pushed: all.pushed + next.pushed, acked: all.acked + next.acked, changes: all.changes + next.changes,
          trips: all.trips + next.trips, verdicts: [...all.verdicts, ...next.verdicts],
        };
      }
      return all;
    } finally {
      this.running--;
      this.changed(null, "status");
    }
  }

  /** One round trip; no other runs meanwhile, in this tab or in others. */
  private alone(): Promise<Outcome> {
    const go = (): Promise<Outcome> => (this.o.locks ? this.o.locks.run("banso-sync/" + this.o.person, () => this.once()) : this.once());
    const p = this.tail.then(go);
    this.tail = p.catch(() => undefined);
    return p;
  }

  private async once(): Promise<Outcome> {
    const out: Outcome = {
      kind: "offline", pushed: 0, acked: 0, verdicts: [], changes: 0, trips: 1, more: false, nextMs: 0, status: 0, cause: "",
    };
    if (!this.o.transport) return { ...out, cause: "no server", nextMs: idleMs };
    const req = await this.prepare();
    out.pushed = req.count;
    let reply: Reply | null = null;
    try {
      reply = await this.o.transport.sync(req.body);
    } catch (e) {
      out.cause = e instanceof Error ? e.message : String(e);
    }
    if (reply) await this.take(req, reply, out);
    this.settle(out);
    return out;
  }

  /** Builds the next request and notes its id. */
  private async prepare(): Promise<Request> {
    const now = Math.floor(this.o.now());
    const req = await this.o.store.update(async (tx) => {
      const meta = await needMeta(tx);
      const lim = { ...this.lim, mutations: this.cap };
      const r = await buildRequest(tx, meta, randomID(this.o.random), this.o.app, now, this.turn, lim);
      tx.setMeta({ ...meta, request: r.id, attemptMs: now });
      return r;
    }, "relaxed");
    if (req.tooMany) this.turn++;
    return req;
  }

  private async take(req: Request, reply: Reply, out: Outcome): Promise<void> {
    out.status = reply.status;
    if (reply.status !== 200) {
      out.kind = kindOf(reply.status);
      out.nextMs = reply.retryAfterMs;
      out.more = out.kind === "too_large" && out.pushed > 1;
      return;
    }
    let resp: Response;
    try {
      resp = decodeResponse(reply.body);
    } catch (e) {
      out.kind = "garbled";
      out.cause = e instanceof Error ? e.message : String(e);
      return;
    }
    await this.apply(req, resp, out);
  }

  /** Lays a response down. An answer to a request that is not the newest one of this database is dropped (rule C5). */
  private async apply(req: Request, resp: Response, out: Outcome): Promise<void> {
    const now = Math.floor(this.o.now());
    const touched = await this.o.store.update(async (tx) => {
      const meta = await needMeta(tx);
      if (meta.request !== req.id) {
        out.kind = "stale";
        return [];
      }
      meta.request = "";
      meta.answers++;
      meta.offsetMs = resp.now - now;
      meta.serverMs = resp.now;
      meta.lastMs = now;
      meta.upgrade = resp.hint.upgrade;
      meta.blobs = resp.hint.blobs;
      const a = new Answer(tx, meta, req, resp, out, randomID(this.o.random));
      await a.apply();
      tx.setMeta(meta);
      return a.touched;
    }, "relaxed");
    this.changed(out.kind === "ok" || out.kind === "busy" ? touched : null, "sync");
  }

  /** Decides when to come again and keeps the outcome for the status. */
  private settle(out: Outcome): void {
    if (out.kind === "ok") {
      this.failures = 0;
      this.cap = Math.min(this.cap * 2, this.lim.mutations);
    } else {
      this.failures++;
      if (out.kind === "too_large") this.cap = Math.max(1, Math.floor(out.pushed / 2));
    }
    if (!out.more || out.kind === "ok") this.haste = 0;
    else if (++this.haste > maxHaste) out.more = false;
    if (!out.more && out.kind !== "ok" && out.nextMs === 0) out.nextMs = this.backoff();
    if (out.more) out.nextMs = 0;
    this.last = { ...out, verdicts: [] };
  }

  private backoff(): number {
    const d = Math.min(backoffMin * 2 ** Math.max(0, this.failures - 1), backoffMax);
    const b = this.o.random(2);
    return Math.floor(d / 2 + ((d / 2) * ((b[0]! << 8) | b[1]!)) / 65535);
  }
}

function kindOf(status: number): OutcomeKind {
  switch (status) {
    case 413:
      return "too_large";
    case 401:
      return "sign_in";
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
    case 507:
      return "busy";
    case 0: // a redirect that was not followed: a captive portal
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
    case 511:
      return "garbled";
    default:
      return "refused";
  }
}
