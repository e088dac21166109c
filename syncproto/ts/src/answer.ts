import { nextChain } from "./digest";
import type { Outcome, Verdict } from "./index";
import { Pages, type OwnWrite } from "./pages";
import type { Request } from "./request";
import type { Response } from "./response";
import { rotate } from "./rotate";
import { keyText, type Item, type Meta, type StoreTx } from "./store";

/** Applies one response in one local transaction (rule C2). */
export class Answer {
  private readonly own = new Map<string, OwnWrite[]>();
  private lag: { item: Item; rev: number }[] = []; // acked with an effect
  touched: { type: string; id: string }[] = [];

  constructor(
    private readonly tx: StoreTx,
    private readonly meta: Meta,
    private readonly req: Request,
    private readonly resp: Response,
    private readonly out: Outcome,
    private readonly newClient: string,
  ) {}

  async apply(): Promise<void> {
    const { resp, out, meta } = this;
    if (resp.state === "rotate" || resp.state === "lost") {
      out.kind = resp.state === "lost" ? "lost" : "rotated";
      out.more = true;
      await rotate(this.tx, meta, this.newClient, resp.state === "lost");
      return;
    }
    out.kind = resp.state;
    out.nextMs = resp.hint.nextS > 0 ? resp.hint.nextS * 1000 : idleMs;
    await this.verdicts();
    await this.pull();
    meta.epoch = resp.epoch;
    meta.commit = resp.commit;
    await this.forget();
  }

  /** Moves what has a verdict from outbox to sent. */
  private async verdicts(): Promise<void> {
    const ack = Math.min(this.resp.ack, this.req.first + this.req.count - 1);
    if (ack <= this.meta.ack) return;
    const by = new Map(this.resp.verdicts.map((v) => [v.n, v]));
    const moved = await this.tx.outbox(this.meta.ack + 1, ack - this.meta.ack);
    for (const it of moved) if (it.n <= ack) this.accept(it, by.get(it.n));
  }

  private accept(old: Item, v: Verdict | undefined): void {
    const it: Item = { ...old, stamp: this.resp.commit, lag: false };
    if (v) {
      this.out.verdicts.push(v);
      if (worthLogging(v) && v.v !== old.v) {
        this.tx.addLog({ serverMs: this.resp.now, fp: it.fp, op: it.op, type: it.type, verdict: v });
      }
      it.v = v.v;
      if (v.v === "applied" || v.v === "merged") {
        const k = keyText(it);
        this.own.set(k, [...(this.own.get(k) ?? []), { item: it, rev: v.rev }]);
        this.lag.push({ item: it, rev: v.rev });
      }
    }
    this.meta.ack = it.n;
    this.meta.chain = nextChain(this.meta.chain, it.fp);
    this.tx.deleteOutbox(it.n);
    this.tx.putSent(it);
    this.touched.push({ type: it.type, id: it.id });
    this.out.acked++;
  }

  /** Applies scopes and revocations, and keeps visible what was acked but does not stand in base yet. */
  private async pull(): Promise<void> {
    const p = new Pages(this.tx, this.resp, this.own, this.req.asked);
    await p.apply();
    await this.revoke(p);
    p.flush();
    this.touched.push(...p.touched);
    this.out.changes = p.count;
    const progress = p.moved || p.count > 0 || this.out.acked > 0;
    this.out.more = this.out.kind === "ok" && (p.again || (this.meta.top > this.meta.ack && progress));
    if (this.meta.lagging || p.again) await this.settleLag(p);
  }

  /** Keeps laying acked mutations over base until every scope has been read to its end. */
  private async settleLag(p: Pages): Promise<void> {
    if (!(await this.tx.scopes()).some((s) => s.more)) return this.clearLag();
    for (const { item, rev } of this.lag) {
      const rec = await p.record(item);
      if (rec && rec.rev >= rev) continue;
      this.meta.lagging = true;
      this.tx.putSent({ ...item, lag: true });
    }
  }

  private async clearLag(): Promise<void> {
    if (!this.meta.lagging) return;
    this.meta.lagging = false;
    for (const it of await this.tx.sent()) if (it.lag) this.tx.putSent({ ...it, lag: false });
  }

  /**
   * Notes scopes that may no longer be read and purges those whose mutations
   * all have their verdict (rule C8). Which mutations belong to a scope is the
   * server's to know, so all that are waiting now count.
   */
  private async revoke(p: Pages): Promise<void> {
    for (const r of this.resp.revoked) {
      const s = await p.knownScope(r.scope);
      if (!s) continue;
      s.more = false;
      if (r.action === "archive") {
        s.archived = true;
        continue;
      }
      s.revoked = true;
      s.upTo = this.meta.top;
    }
    p.flush();
    for (const s of await this.tx.scopes()) {
      if (s.revoked && s.upTo <= this.meta.ack) await p.purge(s.scope);
    }
  }

  /** Drops what the server's backups hold (rule C3). */
  private async forget(): Promise<void> {
    for (const it of await this.tx.sent()) {
      if (it.stamp > this.resp.durable) return;
      if (!it.lag) this.tx.deleteSent(it.n);
    }
  }
}

/** Where the server says nothing. */
export const idleMs = 15 * 60_000;

/** Whether a person should see a verdict. */
function worthLogging(v: Verdict): boolean {
  return (v.v !== "applied" && v.v !== "noop") || v.code !== "";
}
