import { IDBFactory, IDBKeyRange } from "fake-indexeddb";

import { derivedID, memoryStore, openIdbStore, teamMonthScope, type Engine, type ID, type Key, type Store } from "../../src/index";
import { Rand } from "../rand";
import { Phone, type Made, type Person } from "./phone";

export interface World {
  people: Person[];
  team: ID;
  unit: ID;
  base: string;
  seeds: number[];
  steps: number;
}

const months = ["2023-06", "2023-05"];
const year = 365 * 86_400_000;

/** The lives of a few phones under bad luck, played from one seed. */
export class Village {
  private readonly r: Rand;
  private readonly phones: Phone[] = [];
  private readonly keys: Key[] = [];
  private readonly gone = new Set<ID>(); // records that somebody deleted
  private made = 0;
  /** What happened, so that a test that saw nothing is noticed. */
  readonly seen: { [what: string]: number } = {};
  private lost = false; // some phone's storage was set back: others may show what it made, or not

  constructor(private readonly w: World, private readonly seed: number) {
    this.r = new Rand(seed);
  }

  private async control(path: string, body: unknown = {}): Promise<unknown> {
    const res = await fetch(this.w.base + path, { method: "POST", headers: { "X-Control": "1" }, body: JSON.stringify(body) });
    if (!res.ok) throw new Error(path + ": " + (await res.text()));
    return res.json();
  }

  async play(): Promise<string[]> {
    await this.control("/ctl/reset");
    for (const who of this.w.people) await this.add(who);
    const name = "banso/" + this.seed;
    await this.add(this.w.people[0]!, await openIdbStore({ indexedDB: new IDBFactory(), keyRange: IDBKeyRange, name })); // a second device
    for (let i = 0; i < this.w.steps; i++) {
      const p = this.r.pick(this.phones);
      if (this.r.one(4)) p.killer.at = p.killer.steps + 1 + this.r.int(14);
      if (await p.survive(() => this.step(p))) this.note("killed");
      if (this.r.one(6)) {
        p.killer.at = 0;
        const wrong = p.net.complaints[0] ?? (this.lost ? "" : await p.showsWhatWasSaved(this.gone));
        if (wrong) return [wrong];
      }
    }
    return this.heal();
  }

  private async add(who: Person, store?: Store): Promise<void> {
    const clock = Date.now() + (this.r.int(7) - 3) * year;
    const p = new Phone(who, new Rand(this.seed, this.phones.length + 1), this.w.base, clock, store);
    this.phones.push(p);
    await p.start();
  }

  private note(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  private async sync(p: Phone, e: Engine = p.engine): Promise<void> {
    p.net.trips = 0;
    const out = await e.sync();
    this.note(out.kind);
    for (const state of p.net.told.splice(0)) this.note(state);
    if (p.net.complaints.length > 0) throw new Error(p.net.complaints[0]);
    for (const v of out.verdicts) this.note(v.v);
  }

  private async step(p: Phone): Promise<void> {
    p.clock += this.r.int(1000 * 3600) - (this.r.one(9) ? 3 * year : 0) + (this.r.one(9) ? 3 * year : 0);
    const n = this.r.int(100);
    if (n < 44) return this.act(p);
    if (n < 76) return this.sync(p);
    if (n < 82) return this.tabs(p);
    if (n < 86) return void (await this.control("/ctl/backup"));
    if (n < 89) {
      if (await this.control("/ctl/restore", { second: this.r.one(2) })) this.note("server restored");
      return;
    }
    if (n < 91 && this.phones.length < 8 && "snapshot" in p.store) return this.add(p.who, memoryStore(p.store.snapshot()));
    if (n < 95) return p.snapshot();
    if (n < 97) {
      if (!(await p.restore())) return;
      this.lost = true;
      return this.note("storage restored");
    }
    if (n < 98) return void (await p.engine.addScope(teamMonthScope(this.w.team, "2023-0" + (1 + this.r.int(4)))));
    await p.net.deliverLate();
  }

  /** Two tabs of one phone sync at once, without locks: their answers come in any order. */
  private async tabs(p: Phone): Promise<void> {
    const other = await p.tab();
    await Promise.all([this.sync(p), this.sync(p, other), this.act(p)].map((x) => x.catch((e: unknown) => { if (!p.killer.dead) throw e; })));
    if (p.killer.dead) await p.start();
  }

  private async act(p: Phone): Promise<void> {
    const e = p.engine;
    const token = "paper:" + ++this.made;
    const add = { evidence: [token] };
    if (this.keys.length === 0 || this.r.one(4)) {
      const month = this.r.pick(months);
      const key: Key = this.r.one(5)
        ? { type: "report", id: derivedID("report", this.w.team, month) }
        : { type: "activity", id: e.newID() };
      this.keys.push(key);
      if (key.type === "report") {
        await p.keep("", () => e.create("report", { team: this.w.team, month, summary: "Tổng hợp " + token }, { id: key.id }), key);
        return;
      }
      const set = { team: this.w.team, done_on: month + "-0" + (1 + this.r.int(9)), category: "DVC_NOP_HO_SO", measures: { so_nguoi: this.r.int(9) }, note: token };
      await p.keep(token, () => e.create("activity", set, { id: key.id, add }), key);
      return;
    }
    const key = this.r.pick(this.keys);
    if (key.type === "report") {
      const save = this.r.one(3) ? () => e.submit(key) : () => e.edit(key, { set: { difficulties: token } });
      return p.keep("", save, key);
    }
    if (p.who.chair) return this.review(p, key);
    switch (this.r.int(12)) {
      case 0:
        return p.keep("", () => e.submit(key), key);
      case 1:
        return p.keep("", () => e.withdraw(key), key);
      case 2:
        if (!this.r.one(3)) return;
        this.gone.add(key.id);
        return p.keep("", () => e.remove(key), key);
      case 3:
      case 4:
        return p.keep(token, () => e.edit(key, { set: { done_on: this.r.pick(months) + "-1" + this.r.int(9) }, add }), key);
      case 5:
      case 6:
        return p.keep(token, () => e.attach(key, token), key);
      default:
        return p.keep(token, () => e.edit(key, { set: { note: token, place: this.r.one(3) ? null : "Bản " + this.r.int(5) }, add }), key);
    }
  }

  private async review(p: Phone, key: Key): Promise<void> {
    const s = await p.engine.get(key);
    if (!s) return;
    const more = { reason: "thử", seen: s.c };
    await p.keep("", () => p.engine.review(key, this.r.pick(["approve", "return", "reject", "revoke"]), more), key);
  }

  /** The faults stop: all must come to rest and agree with the server. */
  private async heal(): Promise<string[]> {
    const wrong: string[] = [];
    for (const p of this.phones) {
      p.killer.at = 0;
      p.net.heal();
    }
    for (let round = 0; round < 3; round++) {
      for (const p of this.phones) {
        p.net.trips = 0;
        const out = await p.engine.sync();
        if (out.kind !== "ok") wrong.push("does not heal: " + JSON.stringify(out));
      }
      await this.control("/ctl/follow");
    }
    for (const p of this.phones) await this.sync(p);
    const report = { made: this.owed(), phones: [] as unknown[] };
    for (const p of this.phones) {
      wrong.push(...(await this.atRest(p)));
      report.phones.push({ person: p.who.person, scopes: await this.copies(p) });
    }
    return [...wrong, ...((await this.control("/ctl/check", report)) as string[])];
  }

  private async atRest(p: Phone): Promise<string[]> {
    const wrong = [...p.net.complaints];
    const st = await p.engine.status();
    if (!st.allSent) wrong.push("not all is sent: " + JSON.stringify(st));
    for (const s of await p.engine.verify()) wrong.push("kept sums are wrong in " + s);
    const shown = await p.showsWhatWasSaved(this.gone);
    if (shown) wrong.push(shown);
    return wrong;
  }

  private owed(): Made[] {
    const all = new Map<string, Made>();
    for (const p of this.phones) for (const m of p.made) all.set(m.fp, m);
    return [...all.values()];
  }

  /** What a phone holds, as the person sees it. */
  private async copies(p: Phone): Promise<{ [scope: string]: { [key: string]: string } }> {
    const out: { [scope: string]: { [key: string]: string } } = {};
    const scopes = (await p.store.view((r) => r.scopes())).filter((s) => !s.archived && !s.revoked);
    for (const s of scopes) {
      const held: { [key: string]: string } = {};
      for (const rec of await p.store.view((r) => r.members(s.scope, ""))) held[rec.type + "/" + rec.id] = rec.rev + " " + rec.doc;
      out[s.scope] = held;
    }
    return out;
  }
}
