// Texts of what is sent to teams and how it arrives.
import { type Common, translator } from "@banso/kit/words";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export * from "@banso/kit/words";

export type Key = keyof typeof vi | Common;
export const { t, known } = translator(vi, en);
