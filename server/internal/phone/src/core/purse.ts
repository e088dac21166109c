// The team's money as this phone knows it: what was listed and paid, as the
// server says; what the leader says arrived; what it was spent on.
import { type Shown, derivedID, refScope, teamScope } from "@banso/sync";
import { docs, num, text, texts } from "./model";
import type { Phone } from "./phone";
import { want } from "./photos";
import { both } from "./text";

/** What one list says to the team; amounts of its lines are of one voucher or none. */
export interface Listed {
  list: string;
  on: string;
  months: string[];
  amount: number;
  paidOn: string;
  receivedOn: string;
  /** What the leader said arrived. */
  receipt: Shown | null;
}

export interface Use {
  policy: string;
  id: string;
  name: string;
}

export interface Spent {
  id: string;
  amount: number;
  on: string;
  use: string;
  note: string;
  evidence: string[];
  /** Photos that the server has. */
  held: string[];
  shown: Shown;
}

export interface Purse {
  lists: Listed[];
  spent: Spent[];
  uses: Use[];
}

export async function readPurse(p: Phone, team: string): Promise<Purse> {
  const payments = await p.ref.list("payment", teamScope(team));
  const receipts = new Map((await mine(p, "receipt", team)).map((s) => [text(s.doc, "list"), s]));
  const lists = new Map<string, Listed>();
  for (const s of payments) {
    for (const l of docs(s.doc, "lines")) {
      const number = text(l, "list");
      const old = lists.get(number) ?? { list: number, on: text(l, "on"), months: [], amount: 0, paidOn: "", receivedOn: "", receipt: receipts.get(number) ?? null };
      lists.set(number, {
        ...old, months: [...old.months, text(s.doc, "period")].sort(), amount: old.amount + num(l, "amount"),
        paidOn: text(l, "paid_on") || old.paidOn, receivedOn: text(l, "received_on") || old.receivedOn,
      });
    }
  }
  const uses = await usesOf(p, payments);
  const spent = (await mine(p, "spending", team)).map((s) => ({
    id: s.id, amount: num(s.doc, "amount"), on: text(s.doc, "on"), note: text(s.doc, "note"), evidence: texts(s.doc, "evidence"), held: texts(s.doc, "held"), shown: s,
    use: uses.find((u) => u.policy === text(s.doc, "policy") && u.id === text(s.doc, "category"))?.name ?? text(s.doc, "category"),
  }));
  return { lists: [...lists.values()].sort((a, b) => (a.on < b.on ? 1 : -1)), spent: spent.sort((a, b) => (a.on < b.on ? 1 : -1)), uses };
}

/** mine are a team's records of a type, those that are only here among them. */
async function mine(p: Phone, type: string, team: string): Promise<Shown[]> {
  return (await p.engine.list(type, "")).filter((s) => text(s.doc, "team") === team);
}

/** usesOf is what the money may be spent on of the policies that have paid the team, or that pay what was spent. */
async function usesOf(p: Phone, payments: Shown[]): Promise<Use[]> {
  const paying = new Set(payments.map((s) => text(s.doc, "policy")));
  const out: Use[] = [];
  for (const { doc } of await p.ref.list("policy", refScope)) {
    if (!paying.has(text(doc, "policy")) && text(doc, "basis") !== "actual_cost_capped") continue;
    for (const u of docs(doc, "spending")) out.push({ policy: text(doc, "policy"), id: text(u, "id"), name: both(text(u, "vi"), text(u, "en")) });
  }
  return out;
}

/** receive says what arrived of a list. Said on two phones it is one record. */
export async function receive(p: Phone, team: string, list: string, amount: number, on: string, note: string): Promise<void> {
  await p.engine.create("receipt", { team, list, amount, on, ...(note.trim() && { note: note.trim() }) }, { id: derivedID("receipt", team, list) });
}

/** What a leader types of a purchase; evidence are photos, paper names one that is kept. */
export interface Bought {
  use: Use;
  amount: number;
  on: string;
  paper: string;
  evidence: string[];
  note: string;
}

/** spend writes down what the team bought, with what proves it. */
export async function spend(p: Phone, team: string, b: Bought): Promise<void> {
  const note = b.note.trim();
  const paper = b.paper.replace(/\s+/g, " ").trim();
  await want(p, b.evidence);
  await p.engine.create(
    "spending", { team, policy: b.use.policy, category: b.use.id, amount: b.amount, on: b.on, ...(note && { note }) },
    { add: { evidence: [...b.evidence, ...(paper ? ["paper:" + paper] : [])] } },
  );
}
