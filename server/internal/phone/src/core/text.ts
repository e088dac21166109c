// The app's words: its own in strings/vi.json and strings/en.json, under the same
// names, and those it shares with the console.
import { type Common, translator } from "@banso/kit/words";
import en from "../strings/en.json";
import vi from "../strings/vi.json";

export * from "@banso/kit/words";

export type Key = keyof typeof vi | Common;
export const { t, known } = translator(vi, en);
