import type { Outcome, Timers } from "./index";

/** A pause that lets a person tap on before what was saved is sent. */
const nudgeMs = 300;
const minMs = 1_000;

/** Syncs by itself, at the times that the server and the back-off say. */
export class Loop {
  /** Phone's time of the next attempt, 0 if none is planned. */
  nextMs = 0;
  running = false;
  private cancel: (() => void) | null = null;
  private busy: Promise<Outcome> | null = null;
  private again = false; // something was saved while a sync ran
  private held = false; // the server asked to wait: only its timer or the person ends that
  private failing = false;

  constructor(
    private readonly timers: Timers | undefined,
    private readonly clock: () => number,
    private readonly sync: () => Promise<Outcome>,
    private readonly changed: () => void,
  ) {}

  start(): void {
    if (this.running) return;
    if (!this.timers) throw new Error("start needs timers");
    this.running = true;
    this.fire();
  }

  stop(): void {
    this.running = false;
    this.plan(0);
  }

  /** Something was saved. A phone without network keeps to its back-off. */
  nudge(): void {
    if (!this.running) return;
    if (this.busy) this.again = true;
    else if (!this.held && !this.failing) this.plan(nudgeMs);
  }

  /** There is hope that the network is back. */
  wake(): void {
    if (this.running && !this.held && !this.busy) this.fire();
  }

  /** The person asks. */
  now(): Promise<Outcome> {
    return this.busy ?? this.fire();
  }

  private plan(ms: number): void {
    this.cancel?.();
    this.cancel = null;
    this.nextMs = 0;
    if (ms <= 0 || !this.running) return;
    this.nextMs = this.clock() + ms;
    this.cancel = this.timers!.set(ms, () => {
      this.cancel = null;
      void this.fire();
    });
  }

  private fire(): Promise<Outcome> {
    this.plan(0);
    this.again = this.held = false;
    const run = this.sync();
    this.busy = run;
    void run.then(
      (out) => this.done(out.kind === "ok", out.kind === "busy" && out.status !== 200, out.nextMs),
      () => this.done(false, false, minMs * 30), // the database failed; it may be another tab's upgrade
    );
    return run;
  }

  private done(ok: boolean, held: boolean, nextMs: number): void {
    this.busy = null;
    this.failing = !ok;
    this.held = held;
    this.plan(this.again && ok ? nudgeMs : Math.max(minMs, nextMs));
    this.changed();
  }
}
