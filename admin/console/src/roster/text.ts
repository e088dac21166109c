// The words of lists of units, teams and people; loaded with these screens.
import { translator } from "@banso/kit/words";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export * from "@banso/kit/words";
export const { t, known } = translator(vi, en);
