// What waits on the chair's desk, and what was decided a moment ago. A decision is
// sent ten seconds after it was made, so that taking it back costs nobody
// anything; leaving the page sends it at once. Each names the content that was
// looked at: if that has changed, it is dropped by the server and comes back here.
import { ApiError } from "@banso/kit/api";
import { Cell } from "@banso/kit/cell";
import { randomID } from "../core/id";
import { get, send, sendLast } from "../core/server";
import { both } from "../core/text";
import type { Item } from "./item";

export type Choice = "approve" | "return" | "reject" | "revoke";

/** What lies on the desk: what waits, or what was decided. */
export type Standing = "pending_review" | "approved" | "returned" | "rejected";

interface Page {
  items: Item[];
  next?: string;
  total: number;
  names: Record<string, string>;
  risk_texts: { risk: string; vi: string; en: string }[];
}

interface Decision {
  key: string;
  type: string;
  id: string;
  seen: string;
  decision: Choice;
  reason?: string;
  waive?: boolean;
}

/** Plan is one stroke: decisions that are made, and taken back, together. */
export interface Plan {
  choice: Choice;
  items: Item[];
  list: Decision[];
  timer: number;
}

/** A decision that was not taken, and why. */
export interface Dropped {
  item: Item;
  choice: Choice;
  code: string;
}

interface Verdict {
  v: "applied" | "merged" | "noop" | "aside" | "waiting";
  code?: string;
}

/** passing says whether a failure may be over when it is tried again. */
export const passing = (e: unknown): boolean => e instanceof ApiError && (e.kind !== "refused" || e.status >= 500);

export const undoMs = 10_000;
const pageSize = 200;
const atOnce = 100;

export class Desk {
  readonly changed = new Cell(0);
  items: Item[] = [];
  plans: Plan[] = [];
  dropped: Dropped[] = [];
  total = 0;
  reading = true;
  readError: unknown;
  sendError: unknown;
  sent = 0;
  private names: Record<string, string> = {};
  private readonly risks = new Map<string, { vi: string; en: string }>();
  private readonly decided = new Map<string, string>(); // c of what was taken: a page may have been read before that
  private ended = false;
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly commune: string, private readonly month: string, readonly state: Standing) {}

  person = (id: string): string => this.names[id] ?? "";

  risk(code: string): string {
    const x = this.risks.get(code);
    return x ? both(x.vi, x.en) : code;
  }

  private tell(): void {
    this.changed.set(this.changed.get() + 1);
  }

  /** read reads the queue page by page; what is planned stays planned. */
  async read(): Promise<void> {
    this.reading = true;
    this.readError = undefined;
    this.tell();
    const found: Item[] = [];
    try {
      for (let next: string | undefined = ""; next !== undefined && !this.ended; ) {
        const p: Page = await get<Page>(`/v1/review/queue?commune=${this.commune}&month=${this.month}&state=${this.state}&limit=${pageSize}${next && "&cursor=" + encodeURIComponent(next)}`);
        found.push(...p.items);
        Object.assign(this.names, p.names);
        for (const r of p.risk_texts) this.risks.set(r.risk, r);
        this.total = p.total;
        next = p.next;
        const planned = new Set(this.plans.flatMap((x) => x.items.map((i) => i.id)));
        this.items = found.filter((i) => !planned.has(i.id) && this.decided.get(i.id) !== i.c);
        this.tell();
      }
    } catch (e) {
      this.readError = e;
    }
    this.reading = false;
    this.tell();
  }

  /** decide plans decisions on what was seen. Two strokes may fall before the first is drawn: what is gone already is not decided twice. */
  decide(chosen: Item[], choice: Choice, reason = "", waive = false): void {
    const here = new Set(this.items);
    const items = chosen.filter((i) => here.has(i));
    if (items.length === 0) return;
    const gone = new Set(items.map((i) => i.id));
    const list = items.map((i) => ({ key: randomID(), type: i.type, id: i.id, seen: i.c, decision: choice, ...(reason && { reason: reason.normalize("NFC") }), ...(waive && { waive }) }));
    const plan: Plan = { choice, items, list, timer: 0 };
    plan.timer = window.setTimeout(() => this.send(plan), undoMs);
    this.items = this.items.filter((i) => !gone.has(i.id));
    this.plans = [...this.plans, plan];
    this.tell();
  }

  /** undo takes the last stroke back that has not been sent. */
  undo(): Plan | undefined {
    const plan = this.plans.filter((p) => p.timer !== 0).pop();
    if (!plan) return undefined;
    this.takeBack(plan);
    this.tell();
    return plan;
  }

  /** flush sends everything now. */
  flush(): Promise<void> {
    for (const p of this.plans) if (p.timer !== 0) this.send(p);
    return this.queue;
  }

  private send(plan: Plan): void {
    clearTimeout(plan.timer);
    plan.timer = 0;
    this.queue = this.queue.then(() => this.hand(plan));
  }

  private async hand(plan: Plan): Promise<void> {
    try {
      while (plan.list.length > 0) {
        const part = plan.list.slice(0, atOnce);
        const { verdicts } = await send<{ verdicts: Verdict[] }>("POST", "/v1/review/decisions", { decisions: part });
        verdicts.forEach((v, i) => this.judge(plan.items[i]!, plan.choice, v));
        plan.list = plan.list.slice(part.length);
        plan.items = plan.items.slice(part.length);
      }
      this.plans = this.plans.filter((p) => p !== plan);
      this.sendError = undefined;
    } catch (e) {
      this.sendError = e; // the keys stay: sending again decides nothing twice
      if (passing(e)) plan.timer = window.setTimeout(() => this.send(plan), undoMs);
      else this.takeBack(plan);
    }
    this.tell();
  }

  /** takeBack puts what a plan has not yet sent on the desk again. */
  private takeBack(plan: Plan): void {
    clearTimeout(plan.timer);
    this.plans = this.plans.filter((p) => p !== plan);
    this.items = [...plan.items, ...this.items];
  }

  private judge(item: Item, choice: Choice, v: Verdict): void {
    const done = v.v === "applied" || v.v === "merged" || (v.v === "noop" && !v.code);
    if (done) {
      this.sent++;
      this.decided.set(item.id, item.c);
    } else this.dropped = [...this.dropped, { item, choice, code: v.code ?? v.v }];
  }

  /** settle forgets dropped decisions that the chair has seen, and reads what stands there now. */
  settle(list: Dropped[]): Promise<void> {
    this.dropped = this.dropped.filter((x) => !list.includes(x));
    return this.read();
  }

  /** leave sends what is planned while the page still lives. */
  leave(): void {
    for (const p of this.plans) {
      if (p.timer === 0) continue;
      clearTimeout(p.timer);
      p.timer = 0;
      for (let i = 0; i < p.list.length; i += atOnce) sendLast("/v1/review/decisions", { decisions: p.list.slice(i, i + atOnce) });
    }
  }

  /** end sends what is planned; what is read after that knows of it. */
  end(): Promise<void> {
    this.ended = true;
    return this.flush();
  }
}
