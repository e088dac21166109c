// The words of the log.
import { translator } from "../core/text";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export const { t, known } = translator(vi, en);
