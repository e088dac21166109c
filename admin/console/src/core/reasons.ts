// The reasons for returning and rejecting that the province words itself; where
// it words none the console offers its own.
import { Cell } from "@banso/kit/cell";
import { both } from "@banso/kit/words";
import { get } from "./server";

export type ReasonOf = "return" | "reject";

export interface Reasons {
  of: ReasonOf;
  list: { vi: string; en?: string }[];
}

export const ownReasons = new Cell<Reasons[] | null>(null);

/** learnReasons reads them once, or again after they were changed. */
export async function learnReasons(again = false): Promise<Reasons[]> {
  const known = ownReasons.get();
  if (known && !again) return known;
  const list = (await get<{ reasons: Reasons[] }>("/v1/reasons")).reasons;
  ownReasons.set(list);
  return list;
}

/** reasonsFor are those to offer. */
export function reasonsFor(of: string, all: Reasons[] | null, own: string[]): string[] {
  const list = all?.find((r) => r.of === of)?.list;
  return list?.length ? list.map((r) => both(r.vi, r.en || r.vi)) : own;
}
