import type { Store, StoreReader, StoreTx } from "../src/store";

/** What a phone that dies throws. Whoever catches it opens a new engine on the same database. */
export class Killed extends Error {}

/**
 * A Store whose process dies at a chosen step: before a write, before a commit,
 * or right after one. Once dead it does nothing any more, also not for what was
 * under way.
 */
export class Killer implements Store {
  dead = false;
  /** Steps done. */
  steps = 0;
  /** Update transactions that were begun. */
  updates = 0;
  constructor(private readonly inner: Store, public at = 0) {}

  private step(): void {
    if (this.dead || ++this.steps === this.at) {
      this.dead = true;
      throw new Killed("killed at step " + this.at);
    }
  }

  async view<T>(fn: (r: StoreReader) => Promise<T>): Promise<T> {
    if (this.dead) throw new Killed();
    return this.inner.view(fn);
  }

  async update<T>(fn: (tx: StoreTx) => Promise<T>, durability: "strict" | "relaxed"): Promise<T> {
    if (this.dead) throw new Killed();
    this.updates++;
    const out = await this.inner.update(async (tx) => {
      const res = await fn(this.watched(tx));
      this.step(); // before the commit
      return res;
    }, durability);
    this.step(); // after it
    return out;
  }

  private watched(tx: StoreTx): StoreTx {
    const step = (): void => this.step();
    return new Proxy(tx, {
      get(target, name) {
        const v = target[name as keyof StoreTx] as unknown;
        if (typeof v !== "function") return v;
        const f = v as (...args: unknown[]) => unknown;
        if (!/^(set|put|delete|add)/.test(String(name))) return f.bind(target);
        return (...args: unknown[]) => {
          step();
          return f.apply(target, args);
        };
      },
    });
  }

  close(): void {
    if (!this.dead) this.inner.close();
  }
}
