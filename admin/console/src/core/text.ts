// The words of the frame; a folder with texts of its own makes its own t the
// same way, so that they are loaded with its screens.
import { type Common, translator } from "@banso/kit/words";
import en from "../strings/en.json";
import vi from "../strings/vi.json";

export * from "@banso/kit/words";

export type Key = keyof typeof vi | Common;
export const { t, known } = translator(vi, en);
