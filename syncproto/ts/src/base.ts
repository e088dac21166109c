import { addend, addSum, subSum } from "./digest";
import type { Key } from "./index";
import { inScope, keyText, newScope, type BaseRecord, type ScopeState, type StoreTx } from "./store";

/** Writes records and keeps the count and sum of every scope that knows them, within one transaction. */
export class Base {
  private readonly scopes = new Map<string, ScopeState | null>(); // null: purged
  private readonly records = new Map<string, BaseRecord | null>();

  constructor(readonly tx: StoreTx) {}

  /** The state of a scope to be changed; flush writes it. */
  async scope(name: string): Promise<ScopeState> {
    const known = this.scopes.get(name);
    if (known) return known;
    const s = (known === null ? null : await this.tx.scope(name)) ?? newScope(name);
    this.scopes.set(name, s);
    return s;
  }

  /** The state of a scope, null if it is not known; it is to be changed all the same. */
  async knownScope(name: string): Promise<ScopeState | null> {
    const held = this.scopes.get(name);
    if (held !== undefined) return held;
    const s = await this.tx.scope(name);
    if (s) this.scopes.set(name, s);
    return s;
  }

  flush(): void {
    for (const s of this.scopes.values()) if (s) this.tx.putScope(s);
  }

  /** Reads many records at once: one wait instead of hundreds. */
  async load(keys: Key[]): Promise<void> {
    await Promise.all(keys.map((k) => this.record(k)));
  }

  async record(k: Key): Promise<BaseRecord | null> {
    const name = keyText(k);
    const held = this.records.get(name);
    if (held !== undefined) return held;
    const rec = await this.tx.record(k);
    if (!this.records.has(name)) this.records.set(name, rec);
    return this.records.get(name) ?? null;
  }

  /** Writes next (null, or without marks: deletes) in the place of old (null: new). */
  async replace(old: BaseRecord | null, next: BaseRecord | null): Promise<void> {
    for (const m of old?.marks ?? []) {
      const s = await this.scope(m.scope);
      s.count--;
      s.sum = subSum(s.sum, addend(m.scope, old!.type, old!.id, old!.rev, old!.h));
    }
    if (next === null || next.marks.length === 0) {
      if (old === null) return;
      this.records.set(keyText(old), null);
      this.tx.deleteRecord(old);
      return;
    }
    for (const m of next.marks) {
      const s = await this.scope(m.scope);
      s.count++;
      s.sum = addSum(s.sum, addend(m.scope, next.type, next.id, next.rev, next.h));
    }
    this.records.set(keyText(next), next);
    this.tx.putRecord(next);
  }

  /** Stores a record as a scope's page gives it. */
  async put(s: ScopeState, rec: { type: string; id: string; rev: number; h: string; doc: string }): Promise<void> {
    const old = await this.record(rec);
    const marks = (old?.marks ?? []).filter((m) => m.scope !== s.scope);
    const held = old?.marks.find((m) => m.scope === s.scope);
    if (old && held?.gen === s.gen && old.rev === rec.rev && old.h === rec.h) return;
    await this.replace(old, { ...rec, marks: [...marks, { scope: s.scope, gen: s.gen }] });
  }

  /** Takes a record out of one scope, and out of base if that was the last. */
  async leave(scope: string, k: Key): Promise<void> {
    const old = await this.record(k);
    if (!old || !inScope(old, scope)) return;
    await this.replace(old, { ...old, marks: old.marks.filter((m) => m.scope !== scope) });
  }

  /** Takes a record out of base: it is a tombstone. */
  async remove(k: Key): Promise<void> {
    const old = await this.record(k);
    if (old) await this.replace(old, null);
  }

  /** Takes out of a scope what its reading from 0 did not bring. */
  async sweep(s: ScopeState): Promise<void> {
    for (const rec of await this.tx.members(s.scope, "")) {
      if (rec.marks.some((m) => m.scope === s.scope && m.gen !== s.gen)) await this.leave(s.scope, rec);
    }
  }

  /** Forgets a scope and what only it knew. */
  async purge(name: string): Promise<void> {
    for (const rec of await this.tx.members(name, "")) await this.leave(name, rec);
    this.scopes.set(name, null);
    this.tx.deleteScope(name);
  }
}
