// The kinds of activity of the server's list, for the names of those that the
// province added.
import { type Kind, learned } from "@banso/kit/kinds";
import { get } from "./server";

export interface Listed extends Kind {
  source: string;
  by?: string;
}

interface Raw {
  code: string; name: string; name_en?: string; group: string; evidence: string; source: string; from?: string; until?: string; by?: string;
  measures: { key: string; name: string; name_en?: string; unit?: string }[];
}

export const kindOf = ({ name_en, measures, ...k }: Raw): Listed => ({
  ...k, ...(name_en && { nameEn: name_en }), measures: measures.map(({ name_en, unit, ...m }) => ({ ...m, unit: unit ?? "", ...(name_en && { nameEn: name_en }) })),
});

/** learnKinds reads the list, and keeps it for every screen. */
export async function learnKinds(): Promise<Listed[]> {
  const list = (await get<{ kinds: Raw[] }>("/v1/catalogue")).kinds.map(kindOf);
  learned.set(list);
  return list;
}
