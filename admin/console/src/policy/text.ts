// The words of the policies' screens.
import { translator } from "../core/text";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export const { t, known } = translator(vi, en);
