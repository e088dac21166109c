// What the server tells of a province, and what of it is shown. Nothing is
// counted here but sums of what the server counted.
import { addMonths, monthShort } from "@banso/kit/words";

export type Counts = Record<string, number>;

export interface TeamMonths {
  active: number;
  stages: Counts;
  results: Counts;
  money: Counts;
  due_vnd: number;
  decided_vnd: number;
  listed_vnd: number;
  paid_vnd: number;
  received_vnd: number;
  overdue: number;
}

export interface Figures {
  states: Counts;
  team_months: TeamMonths;
}

export interface Category {
  category: string;
  activities: number;
  measures: { measure: string; sum: number; given: number }[];
}

export interface MonthRow extends Figures {
  month: string;
}

export interface UnitRow extends Figures {
  unit: string;
  code: string;
  name: string;
  parent?: string;
  teams: number;
  silent: number;
}

export interface Silent {
  team: string;
  name: string;
  unit: string;
  last?: string;
}

export interface Watch {
  teams: number;
  communes: number;
  villages: number;
  villages_listed: number;
  villages_covered: number;
  with_leader: number;
  with_phone: number;
  silent: Silent[];
  phones: Counts;
  apps: Counts;
  set_aside: Counts;
  silent_days: number;
}

export interface Indicator {
  id: string;
  name: string;
  unit?: string;
  figure: string;
  category?: string;
  measure?: string;
  target: number;
  from: string;
  until: string;
  at_ms: number;
  have: number;
}

export interface Board {
  from: string;
  to: string;
  lens: "then" | "today";
  unit?: string;
  today: string;
  as_of_ms: number;
  total: Figures & { categories: Category[] };
  before: Figures & { categories: Category[] };
  months: MonthRow[];
  months_before: MonthRow[];
  units: UnitRow[];
  watch: Watch;
  indicators: Indicator[];
  version: string;
}

const at = (c: Counts, ...names: string[]): number => names.reduce((n, k) => n + (c[k] ?? 0), 0);

/** Metrics that charts, the league and the map can show. */
export const metrics = ["logged", "approved", "waiting", "active", "closed", "decided"] as const;
export type Metric = (typeof metrics)[number];
export const isMetric = (s: string): s is Metric => (metrics as readonly string[]).includes(s);

/** value is one metric of some figures; money is in đồng. */
export function value(f: Figures, m: Metric): number {
  switch (m) {
    case "logged":
      return at(f.states, "received", "pending_review", "approved", "returned", "rejected");
    case "approved":
      return at(f.states, "approved");
    case "waiting":
      return at(f.states, "pending_review");
    case "active":
      return f.team_months.active;
    case "closed":
      return closed(f);
    case "decided":
      return f.team_months.decided_vnd;
  }
}

export const isMoney = (m: Metric): boolean => m === "decided";
export const closed = (f: Figures): number => at(f.team_months.stages, "closed", "finalised");
export const teamMonths = (f: Figures): number => at(f.team_months.stages, "open", "grace", "closed", "finalised");

/** Step is one stage of a funnel and how much of the first it is. */
export interface Step {
  key: string;
  n: number;
  share: number;
}

const steps = (list: [string, number][]): Step[] => list.map(([key, n]) => ({ key, n, share: list[0]![1] > 0 ? n / list[0]![1] : 0 }));

/** work is the way of activities, months the way of team-months, from logged to paid. */
export function work(f: Figures): Step[] {
  return steps([["logged", value(f, "logged")], ["sent", at(f.states, "pending_review", "approved", "returned", "rejected")], ["approved", at(f.states, "approved")]]);
}

export function wayOfMonths(f: Figures): Step[] {
  const m = f.team_months.money;
  return steps([
    ["active", f.team_months.active], ["closed", closed(f)], ["eligible", at(f.team_months.results, "eligible")],
    ["funded", at(m, "funded", "listed", "paid", "settled")], ["listed", at(m, "listed", "paid", "settled")], ["paid", at(m, "paid", "settled")],
  ]);
}

/** Helped are the sums of one measure over all kinds; people, visits,
 * households and files are never added to one another. */
export interface Helped {
  measure: string;
  sum: number;
}

export function helped(categories: Category[]): Helped[] {
  const sums = new Map<string, number>();
  for (const c of categories) for (const m of c.measures) sums.set(m.measure, (sums.get(m.measure) ?? 0) + m.sum);
  return [...sums].map(([measure, sum]) => ({ measure, sum })).sort((a, b) => b.sum - a.sum);
}

/** until cuts off months that have not begun, so that a chart doesn't fall to 0. */
export function until(rows: MonthRow[], today: string): MonthRow[] {
  const past = rows.filter((r) => r.month <= today.slice(0, 7));
  return past.length > 0 ? past : rows.slice(0, 1);
}

/** Range is which months are shown: a whole year, or twelve months to today. */
export function range(year: string, today: string): { from: string; to: string } {
  if (/^\d{4}$/.test(year)) return { from: year + "-01", to: year + "-12" };
  return { from: addMonths(today.slice(0, 7), -11), to: today.slice(0, 7) };
}

export const rangeName = (b: { from: string; to: string }): string =>
  b.from.endsWith("-01") && b.to.endsWith("-12") && b.from.slice(0, 4) === b.to.slice(0, 4) ? b.from.slice(0, 4) : `${monthShort(b.from)}–${monthShort(b.to)}`;

/** ranked are units by a metric, the largest first; equal ones by name. */
export function ranked(units: UnitRow[], m: Metric): UnitRow[] {
  return [...units].sort((a, b) => value(b, m) - value(a, m) || a.name.localeCompare(b.name, "vi"));
}

/** grades sorts values above 0 into five equal groups; 0 has a group of its own. */
export function grades(values: number[]): (v: number) => number {
  const up = [...values].filter((v) => v > 0).sort((a, b) => a - b);
  return (v) => (v <= 0 || up.length === 0 ? 0 : 1 + Math.min(4, Math.floor((up.indexOf(v) / up.length) * 5)));
}

/** limits are the least and the greatest value of each group that has one. */
export function limits(values: number[]): { grade: number; from: number; to: number }[] {
  const of = grades(values);
  const out = new Map<number, { grade: number; from: number; to: number }>();
  for (const v of values) {
    const g = of(v);
    const l = out.get(g);
    out.set(g, { grade: g, from: Math.min(v, l?.from ?? v), to: Math.max(v, l?.to ?? v) });
  }
  return [...out.values()].sort((a, b) => a.grade - b.grade);
}
