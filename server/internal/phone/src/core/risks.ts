// What is odd about a submission: the same signs and thresholds as the server's
// queue (review/risk.go), so that the order is the same without a network. They
// decide nothing; all are assumptions.
import type { Activity } from "./model";
import { num } from "./model";
import { addDays } from "./text";

export type Risk = "risk_duplicate" | "risk_no_evidence" | "risk_outlier" | "risk_burst" | "risk_late" | "risk_first" | "risk_own";

const weights: Record<Risk, number> = {
  risk_duplicate: 8, risk_no_evidence: 6, risk_outlier: 5, risk_burst: 4, risk_late: 3, risk_first: 1, risk_own: 0,
};
const burstCount = 5;
const lateDays = 7;
const outlierTimes = 5;
const outlierSample = 4;
const outlierFloor = 20;

export const weight = (list: Risk[]): number => list.reduce((n, r) => n + weights[r], 0);

const sameKey = (a: Activity): string => [a.team, a.doneOn, a.category, ...Object.entries(a.measures).map(([k, v]) => `${k}=${v}`).sort()].join("/");

/** madeMinute uses the time in the id, which the phone's clock made: right or wrong, one minute is one minute. */
function madeMinute(a: Activity): string {
  const b = atob(a.id.slice(0, 8).replace(/-/g, "+").replace(/_/g, "/"));
  let ms = 0;
  for (let i = 0; i < 6; i++) ms = ms * 256 + b.charCodeAt(i);
  return `${a.author}/${Math.floor(ms / 60_000)}`;
}

/** Habit is what a commune's teams and authors usually log. */
export class Habit {
  private readonly values = new Map<string, number[]>();
  private readonly approved = new Set<string>();
  private readonly minutes = new Map<string, number>();
  private readonly same = new Map<string, number>();

  constructor(all: Activity[]) {
    for (const a of all) {
      const state = a.shown.doc["state"];
      if (state === "withdrawn" || state === "rejected") continue;
      if (state === "approved") this.approved.add(a.author);
      for (const [m, n] of Object.entries(a.measures)) {
        const key = `${a.team}/${a.category}/${m}`;
        this.values.set(key, [...(this.values.get(key) ?? []), n]);
      }
      this.minutes.set(madeMinute(a), (this.minutes.get(madeMinute(a)) ?? 0) + 1);
      this.same.set(sameKey(a), (this.same.get(sameKey(a)) ?? 0) + 1);
    }
  }

  risks(a: Activity, reader: string): Risk[] {
    const out: Risk[] = [];
    if ((this.same.get(sameKey(a)) ?? 0) > 1 || a.flags.some((f) => f.startsWith("duplicate_of"))) out.push("risk_duplicate");
    if (a.evidence.length === 0) out.push("risk_no_evidence");
    if (this.outlier(a)) out.push("risk_outlier");
    if ((this.minutes.get(madeMinute(a)) ?? 0) >= burstCount) out.push("risk_burst");
    if (num(a.shown.doc, "received") > Date.parse(addDays(a.doneOn, lateDays + 1) + "T00:00:00+07:00")) out.push("risk_late");
    if (!this.approved.has(a.author)) out.push("risk_first");
    if (a.author === reader) out.push("risk_own");
    return out;
  }

  private outlier(a: Activity): boolean {
    return Object.entries(a.measures).some(([m, n]) => {
      const list = [...(this.values.get(`${a.team}/${a.category}/${m}`) ?? [])].sort((x, y) => x - y);
      return n >= outlierFloor && list.length >= outlierSample && n > outlierTimes * Math.max(1, list[Math.floor(list.length / 2)]!);
    });
  }
}
