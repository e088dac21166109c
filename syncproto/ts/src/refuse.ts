import { utf8 } from "./bytes";
import { encodeMutation, decodeMutation, type Mutation } from "./mutation";
import { limits } from "./limits";

/** A draft that cannot be saved, because the server would set it aside for its size or form (rule C11). */
export class RefusedError extends Error {
  constructor(readonly code: "too_large" | "invalid", why: string) {
    super("refused (" + code + "): " + why);
    this.name = "RefusedError";
  }
}

/** Makes the bytes of a mutation and reads them back the way the server will. */
export function encodeChecked(m: Mutation): string {
  const raw = encodeMutation(m);
  if (utf8(raw).length > limits.MaxMutationBytes) throw new RefusedError("too_large", "a mutation has at most 16 KiB");
  try {
    decodeMutation(raw);
  } catch (e) {
    throw new RefusedError("invalid", e instanceof Error ? e.message : String(e));
  }
  return raw;
}
