import type { Counts, Outcome, OwnCase, Problem, Shown, Status } from "./index";
import type { Meta, StoreReader } from "./store";
import { caseIn } from "./view";

/** What only the running engine knows. */
export interface Running {
  syncing: boolean;
  nextAttemptMs: number;
  last: Outcome | null;
}

/** What a person may want to know about their phone and the server. */
export async function statusOf(r: StoreReader, meta: Meta, now: number, run: Running): Promise<Status> {
  const [scopes, kept, first, newNotices] = await Promise.all([
    r.scopes(), r.sentCount(), r.outbox(meta.ack + 1, 1), r.logCount(meta.noticed),
  ]);
  const agrees = meta.lastMs > 0 && scopes.length > 0 && scopes.every((s) => s.archived || s.revoked || !(s.bad || s.more || s.reading));
  const problems: Problem[] = scopes.filter((s) => s.differs).map((s) => ({ kind: "copy_differs", scope: s.scope }));
  const kind = run.last && problemOf(run.last);
  if (kind) problems.push({ kind });
  if (meta.upgrade === "hard") problems.push({ kind: "upgrade" });
  if (Math.abs(meta.offsetMs) > 86_400_000) problems.push({ kind: "clock" });
  const unsent = meta.top - meta.ack;
  return {
    client: meta.client, epoch: meta.epoch, commit: meta.commit, unsent, kept, oldestUnsentMs: first[0]?.t ?? 0,
    lastAttemptMs: meta.attemptMs, lastSuccessMs: meta.lastMs, lastServerMs: meta.serverMs, offsetMs: meta.offsetMs,
    serverNow: now + meta.offsetMs, agrees, allSent: agrees && unsent === 0, problems, syncing: run.syncing,
    nextAttemptMs: run.nextAttemptMs, last: run.last, newNotices,
    hint: {
      blobs: meta.blobs === "now" || meta.blobs === "wifi" ? meta.blobs : "later",
      upgrade: meta.upgrade === "hard" || meta.upgrade === "soft" ? meta.upgrade : "none",
    },
    scopes: scopes.map((s) => ({
      scope: s.scope, cur: s.cur, count: s.count, reading: s.reading || s.more, differs: s.differs, revoked: s.revoked, archived: s.archived,
    })),
  };
}

function problemOf(o: Outcome): Problem["kind"] | null {
  switch (o.kind) {
    case "sign_in":
    case "offline":
    case "refused":
    case "busy":
      return o.kind;
    case "garbled":
      return "not_ours";
    default:
      return null;
  }
}

/** The three numbers that are never mixed, of the records of a type that are listed in a scope. */
export function countsOf(list: Shown[], cases: OwnCase[], type: string, scope: string): Counts {
  const waiting = list.filter((s) => s.state === "waiting").length;
  const listed = new Set(cases.length > 0 ? list.map((s) => s.id) : []);
  return {
    received: list.length - waiting, waiting,
    aside: cases.filter((c) => (type === "" || c.record.type === type) && caseIn(c, scope, listed)).length,
  };
}
