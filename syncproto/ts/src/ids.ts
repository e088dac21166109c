import { toText } from "./bytes";
import type { ID } from "./index";

type Random = (n: number) => Uint8Array;

/** 128 wholly random bits, for clients and requests. */
export function randomID(random: Random): ID {
  return toText(random(16));
}

/** A UUIDv7: time first, so that what was made together lies together. Nothing believes the time in it. */
export function recordID(random: Random, nowMs: number): ID {
  const b = new Uint8Array(16);
  b.set(random(10), 6);
  let ms = Math.max(0, Math.floor(nowMs));
  for (let i = 5; i >= 0; i--) {
    b[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  b[6] = (b[6]! & 0x0f) | 0x70;
  b[8] = (b[8]! & 0x3f) | 0x80;
  return toText(b);
}
