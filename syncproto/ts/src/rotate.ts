import { zero16 } from "./bytes";
import type { Meta, StoreTx } from "./store";

/**
 * Rule C4: a new client id under which everything that is not known to be
 * durable is offered again, from n = 1 and with the same bytes. lost: the
 * server has forgotten history, so its verdicts count for nothing and every
 * scope is read anew.
 */
export async function rotate(tx: StoreTx, meta: Meta, client: string, lost: boolean): Promise<void> {
  const sent = await tx.sent();
  const waiting = await tx.outbox(0);
  for (const it of sent) tx.deleteSent(it.n);
  for (const it of waiting) tx.deleteOutbox(it.n);
  const all = [...sent, ...waiting];
  all.forEach((it, i) => {
    tx.putOutbox({ ...it, n: i + 1, stamp: 0, ...(lost && { v: "" as const, lag: false }) });
  });
  meta.client = client;
  meta.top = all.length;
  meta.ack = 0;
  meta.chain = zero16;
  if (lost) {
    meta.epoch = "";
    meta.commit = 0;
    meta.lagging = false;
  }
  for (const s of await tx.scopes()) {
    if (lost) {
      s.cur = s.since = s.retryMs = 0;
      s.bad = s.repair = s.differs = false;
      s.gen++;
      s.reading = true; // no copy is confirmed any more
    }
    if (s.revoked) s.upTo = meta.top;
    tx.putScope(s);
  }
}
