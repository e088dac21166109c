// The lines of the list: first what asks for a look, then a sample of the rest,
// then the rest in groups.
import { type GroupBy, type Item, type Names, groupOf, groupTitle, unremarkable } from "./item";

export type Row =
  | { kind: "head"; id: string; title: "flagged" | "sample" | "rest"; n: number }
  | { kind: "item"; id: string; item: Item; sample: boolean }
  | { kind: "group"; id: string; title: string; items: Item[]; open: boolean };

export interface View {
  by: GroupBy;
  /** Of a hundred unremarkable ones, so many are looked at one by one. */
  share: number;
  salt: number;
  open: ReadonlySet<string>;
}

/** drawn says whether an item falls into the sample: by lot, and the same as long as the page is open. */
export function drawn(id: string, v: View): boolean {
  let h = v.salt >>> 0;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193) >>> 0;
  return (h >>> 8) % 100 < v.share;
}

/** plainRows are the lines of what was decided already: as they come. */
export const plainRows = (items: Item[]): Row[] => items.map((item) => ({ kind: "item", id: item.id, item, sample: false }));

export function rowsOf(items: Item[], v: View, names: Names): Row[] {
  const flagged = items.filter((i) => !unremarkable(i));
  const plainOnes = items.filter(unremarkable);
  const sample = plainOnes.filter((i) => drawn(i.id, v));
  const groups = new Map<string, Item[]>();
  for (const i of plainOnes) if (!drawn(i.id, v)) groups.set(groupOf(i, v.by), [...(groups.get(groupOf(i, v.by)) ?? []), i]);
  const rows: Row[] = [];
  const part = (title: "flagged" | "sample" | "rest", n: number): void => void (n > 0 && rows.push({ kind: "head", id: "head-" + title, title, n }));
  part("flagged", flagged.length);
  for (const item of flagged) rows.push({ kind: "item", id: item.id, item, sample: false });
  part("sample", sample.length);
  for (const item of sample) rows.push({ kind: "item", id: item.id, item, sample: true });
  part("rest", plainOnes.length - sample.length);
  const list = [...groups].map(([key, x]) => ({ key, title: groupTitle(key, v.by, names), items: x }));
  list.sort((a, b) => (v.by === "day" ? (a.key < b.key ? -1 : 1) : a.title.localeCompare(b.title, "vi")));
  for (const g of list) {
    const open = v.open.has(g.key);
    rows.push({ kind: "group", id: "group-" + g.key, title: g.title, items: g.items, open });
    if (open) for (const item of g.items) rows.push({ kind: "item", id: item.id, item, sample: false });
  }
  return rows;
}
