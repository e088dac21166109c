// The words of jobs; loaded with the screens that start them.
import { translator } from "@banso/kit/words";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export * from "@banso/kit/words";
export const { t, known } = translator(vi, en);
