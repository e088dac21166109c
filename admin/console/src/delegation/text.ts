// The words of delegations.
import { translator } from "../core/text";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export const { t } = translator(vi, en);
