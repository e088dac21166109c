// The words of what the province chooses itself; loaded with its screen.
import { translator } from "@banso/kit/words";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export * from "@banso/kit/words";
export const { t, known } = translator(vi, en);
