import { Base } from "./base";
import { canonical, copyDoc, emptyDoc } from "./canonical";
import { classOf } from "./classes";
import { fingerprint } from "./digest";
import type { Doc, Key } from "./index";
import { retryDays } from "./limits";
import { overlay } from "./merge";
import { decodeMutation } from "./mutation";
import { decodeDoc } from "./parser";
import type { Change, Page, Response } from "./response";
import { keyText, type BaseRecord, type Item, type ScopeState, type StoreTx } from "./store";

/** A mutation that this answer acks as applied or merged, and the rev that it gave its record. */
export interface OwnWrite {
  item: Item;
  rev: number;
}

/**
 * Applies the scopes of one answer to base. Records that arrive are laid down
 * before any leaves: a record that moves between scopes would otherwise lose
 * the base that an ack without a body builds on.
 */
export class Pages extends Base {
  /** Some cursor moved. */
  moved = false;
  /** Changes. */
  count = 0;
  /** A scope has more, or is to be asked for anew. */
  again = false;
  /** Records that changed. */
  readonly touched: Key[] = [];

  constructor(
    tx: StoreTx,
    private readonly resp: Response,
    private readonly own: Map<string, OwnWrite[]>,
    private readonly asked: Map<string, boolean>, // whether the request called the scope bad
  ) {
    super(tx);
  }

  async apply(): Promise<void> {
    const valid: Page[] = [];
    await this.load(this.resp.scopes.flatMap((p) => p.changes));
    for (const page of this.resp.scopes) {
      if (!(await this.begin(page))) continue;
      valid.push(page);
      await this.arrivals(page);
    }
    for (const page of valid) await this.departures(page);
    for (const page of valid) await this.finish(page);
  }

  /** Checks that a page follows the cursor and starts a reading from 0. */
  private async begin(page: Page): Promise<boolean> {
    const s = await this.scope(page.scope);
    if (!page.reset && page.from !== s.cur) return false;
    s.revoked = s.archived = false;
    s.upTo = 0;
    if (page.reset || page.from === 0) {
      s.repair = s.bad;
      s.bad = false;
      s.gen++;
      s.reading = true;
      s.since = this.resp.commit;
      s.cur = 0;
    }
    this.count += page.changes.length;
    for (const c of page.changes) this.touched.push({ type: c.type, id: c.id });
    return true;
  }

  private async arrivals(page: Page): Promise<void> {
    const s = await this.scope(page.scope);
    for (const c of page.changes) {
      if (c.op === "put") await this.put(s, { type: c.type, id: c.id, rev: c.rev, ...held(c.doc!, c.h) });
      else if (c.op === "ack") await this.acked(s, c);
    }
  }

  /**
   * Builds the server's document of an own write from base, the mutations and
   * the server's fields. If the hash tells that this is not the server's, the
   * scope is asked for anew.
   */
  private async acked(s: ScopeState, c: Change): Promise<void> {
    const old = await this.confirmed(c);
    if (old && old.rev === c.rev && old.h === c.h) {
      // another scope of this answer brought it
      return this.put(s, { type: c.type, id: c.id, rev: c.rev, h: c.h, doc: old.doc });
    }
    let doc = old ? (JSON.parse(old.doc) as Doc) : emptyDoc();
    for (const w of this.own.get(keyText(c)) ?? []) {
      if (old && w.rev <= old.rev) continue; // a verdict told again: base has had this one for long
      try {
        doc = overlay(c.type, doc, decodeMutation(w.item.raw));
      } catch {
        // the server could not have applied it either
      }
    }
    doc = copyDoc(doc);
    for (const f of Object.keys(doc)) if (classOf(c.type, f) === "server") delete doc[f];
    for (const f of Object.keys(c.srv ?? {})) doc[f] = c.srv![f]!;
    const text = canonical(doc);
    const h = fingerprint(text);
    if (h !== c.h && !s.differs) s.bad = this.again = true;
    await this.put(s, { type: c.type, id: c.id, rev: c.rev, h, doc: text });
  }

  /**
   * A record of base that some scope's newest reading brought. Until a reading
   * from 0 is swept base may also hold copies that the server knows nothing
   * of, and an ack does not build on those.
   */
  private async confirmed(k: Key): Promise<BaseRecord | null> {
    const rec = await this.record(k);
    for (const m of rec?.marks ?? []) if ((await this.scope(m.scope)).gen === m.gen) return rec;
    return null;
  }

  private async departures(page: Page): Promise<void> {
    for (const c of page.changes) {
      if (c.op === "leave") await this.leave(page.scope, c);
      else if (c.op === "del") await this.remove(c);
    }
  }

  /** Moves the cursor; after the last page it sweeps and compares. */
  private async finish(page: Page): Promise<void> {
    const s = await this.scope(page.scope);
    this.moved = this.moved || s.cur !== page.to;
    s.cur = page.to;
    s.more = page.more;
    if (page.more) {
      this.again = true;
      return;
    }
    if (s.reading) await this.sweep(s);
    this.compare(s, page);
    s.reading = s.repair = false;
    s.since = 0;
  }

  /** Rule C7: a scope that differs is read anew at once; if that does not help it is reported, and read anew once a day by the server's clock. */
  private compare(s: ScopeState, page: Page): void {
    if (s.count === page.count && s.sum === page.sum) {
      s.bad = s.differs = false;
      s.retryMs = 0;
    } else if (s.repair || this.asked.get(s.scope)) {
      s.bad = s.differs = true;
      s.retryMs = this.resp.now + retryDays * 86_400_000;
    } else if (!s.bad) {
      s.bad = this.again = true;
    }
  }
}

/** A document as it is to be kept and its own hash, which differs from the announced one if it was damaged on its way. */
function held(doc: Doc, h: string): { doc: string; h: string } {
  const text = canonical(doc);
  const own = fingerprint(text);
  if (own === h) return { doc: text, h };
  try {
    decodeDoc(text);
    return { doc: text, h: own };
  } catch {
    return { doc: "{}", h: fingerprint("{}") };
  }
}
