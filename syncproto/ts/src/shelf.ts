import type { Key, OwnCase, Shown } from "./index";
import { keyText, type Meta, type StoreReader } from "./store";
import { belongs, casesOf, listOf, placeOf, type Placed } from "./view";

interface Kept {
  type: string;
  scope: string;
  shown: Shown[];
}

/**
 * Lists that were read before, so that a phone long without a network does not
 * lay everything that waits again after each save. Whether they are still true
 * is asked of the database each time: a save, of any tab, only appends to the
 * outbox, so that what stands behind the newest mutation known here is all that
 * changed; an answer of the server may change anything, and all is read anew.
 */
export class Shelf {
  private answers = -1;
  private top = -1;
  private lists = new Map<string, Kept>();
  private open: OwnCase[] | null = null;
  private byRecord = new Map<string, OwnCase[]>();

  /** Forgets everything. */
  clear(): void {
    this.answers = this.top = -1;
    this.lists.clear();
    this.open = null;
    this.byRecord.clear();
  }

  /** The records of a type in a scope as they are shown, each with its open cases. */
  async list(r: StoreReader, meta: Meta, type: string, scope: string): Promise<Shown[]> {
    const name = type + " " + scope;
    const kept = (await this.follow(r, meta)) ? this.lists.get(name) : undefined;
    if (kept) return kept.shown.slice();
    const [shown, open] = await Promise.all([listOf(r, meta, type, scope), this.cases(r, meta)]);
    const by = open === this.open ? this.byRecord : grouped(open);
    for (const s of shown) s.cases = by.get(keyText(s)) ?? [];
    if (this.isOf(meta)) this.lists.set(name, { type, scope, shown });
    return shown.slice();
  }

  /** Own open cases, newest first. They are the server's: no save changes them. */
  async cases(r: StoreReader, meta: Meta): Promise<OwnCase[]> {
    if (meta.answers === this.answers && this.open) return this.open;
    const open = await casesOf(r, meta.person, true);
    if (meta.answers === this.answers) {
      this.open = open;
      this.byRecord = grouped(open);
    }
    return open;
  }

  private isOf(meta: Meta): boolean {
    return meta.answers === this.answers && meta.top === this.top;
  }

  /** Brings what is kept to the moment that is read; false: that moment is an older one. */
  private async follow(r: StoreReader, meta: Meta): Promise<boolean> {
    for (;;) {
      if (meta.answers < this.answers || (meta.answers === this.answers && meta.top < this.top)) return false;
      if (meta.answers > this.answers) {
        this.clear();
        this.answers = meta.answers;
        this.top = meta.top;
      }
      if (meta.top === this.top) return true;
      const from = this.top;
      const keys = new Map((await r.outbox(from + 1)).map((it): [string, Key] => [keyText(it), it]));
      const placed = await Promise.all([...keys.values()].map((k) => placeOf(r, meta, k)));
      await this.cases(r, meta);
      if (meta.answers !== this.answers || this.top !== from) continue; // another reading was first
      for (const p of placed) this.put(p);
      this.top = meta.top;
      return true;
    }
  }

  /** Puts a record where it stands now in every list. */
  private put(p: Placed): void {
    const name = keyText(p.key);
    if (p.shown) p.shown.cases = this.byRecord.get(name) ?? [];
    for (const { type, scope, shown } of this.lists.values()) {
      if (type !== "" && type !== p.key.type) continue;
      const at = placeIn(shown, name);
      const there = at < shown.length && keyText(shown[at]!) === name ? 1 : 0;
      const now = p.shown && belongs(p, scope) ? [p.shown] : [];
      shown.splice(at, there, ...now);
    }
  }
}

/** Cases by the record that they are about. */
function grouped(open: OwnCase[]): Map<string, OwnCase[]> {
  const out = new Map<string, OwnCase[]>();
  for (const c of open) {
    const name = keyText(c.record);
    const list = out.get(name);
    if (list) list.push(c);
    else out.set(name, [c]);
  }
  return out;
}

/** Where a record stands in a list, or would. */
function placeIn(list: Shown[], name: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (keyText(list[mid]!) < name) low = mid + 1;
    else high = mid;
  }
  return low;
}
