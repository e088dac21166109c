// The words of people who ask for their own data.
import { translator } from "../core/text";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export const { t, known } = translator(vi, en);
