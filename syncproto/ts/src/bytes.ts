/** UTF-8 and base64url without globals: the engine also runs where neither TextEncoder nor btoa exist. */

export function utf8(s: string): Uint8Array {
  const out = new Uint8Array(s.length * 3);
  let n = 0;
  for (let i = 0; i < s.length; i++) {
    let c = s.charCodeAt(i);
    if (c < 0x80) {
      out[n++] = c;
      continue;
    }
    if (c < 0x800) {
      out[n++] = 0xc0 | (c >> 6);
      out[n++] = 0x80 | (c & 0x3f);
      continue;
    }
    if (c >= 0xd800 && c < 0xe000) {
      const low = c < 0xdc00 ? s.charCodeAt(i + 1) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        i++;
        out[n++] = 0xf0 | (c >> 18);
        out[n++] = 0x80 | ((c >> 12) & 0x3f);
        out[n++] = 0x80 | ((c >> 6) & 0x3f);
        out[n++] = 0x80 | (c & 0x3f);
        continue;
      }
      c = 0xfffd; // half of a pair, as encoders of the web do
    }
    out[n++] = 0xe0 | (c >> 12);
    out[n++] = 0x80 | ((c >> 6) & 0x3f);
    out[n++] = 0x80 | (c & 0x3f);
  }
  return out.subarray(0, n);
}

/** Reads UTF-8 strictly; null if it is not valid. */
export function fromUtf8(b: Uint8Array): string | null {
  const parts: string[] = [];
  let units: number[] = [];
  for (let i = 0; i < b.length; ) {
    const c = b[i]!;
    const tail = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : -1;
    if (tail < 0 || i + tail >= b.length) return null;
    let r = tail === 0 ? c : c & (0x3f >> tail);
    for (let j = 1; j <= tail; j++) {
      const t = b[i + j]!;
      if ((t & 0xc0) !== 0x80) return null;
      r = (r << 6) | (t & 0x3f);
    }
    if (tail === 2 && (r < 0x800 || (r >= 0xd800 && r < 0xe000))) return null;
    if (tail === 3 && (r < 0x10000 || r > 0x10ffff)) return null;
    if (r < 0x10000) units.push(r);
    else units.push(0xd800 + ((r - 0x10000) >> 10), 0xdc00 + ((r - 0x10000) & 0x3ff));
    if (units.length > 8000) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
    i += tail + 1;
  }
  parts.push(String.fromCharCode(...units));
  return parts.join("");
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The wire form of 16 bytes: 22 characters. */
export function toText(b: Uint8Array): string {
  let s = "";
  for (let i = 0; i < 15; i += 3) {
    const v = (b[i]! << 16) | (b[i + 1]! << 8) | b[i + 2]!;
    s += alphabet[v >> 18]! + alphabet[(v >> 12) & 63]! + alphabet[(v >> 6) & 63]! + alphabet[v & 63]!;
  }
  return s + alphabet[b[15]! >> 2]! + alphabet[(b[15]! & 3) << 4]!;
}

/** Reads 22 characters of canonical base64url; null for anything else. */
export function fromText(s: string): Uint8Array | null {
  if (typeof s !== "string" || s.length !== 22) return null;
  const b = new Uint8Array(16);
  let bits = 0;
  let have = 0;
  let n = 0;
  for (let i = 0; i < 22; i++) {
    const v = alphabet.indexOf(s[i]!);
    if (v < 0) return null;
    bits = ((bits << 6) | v) & 0xfffff;
    have += 6;
    if (have >= 8) {
      have -= 8;
      b[n++] = (bits >> have) & 0xff;
    }
  }
  return (bits & ((1 << have) - 1)) === 0 ? b : null;
}

/** All 128 bits 0. */
export const zero16 = "AAAAAAAAAAAAAAAAAAAAAA";

export function isID(s: unknown): s is string {
  return typeof s === "string" && fromText(s) !== null;
}

/** Length in UTF-8 of a well-formed text. */
export function utf8Length(s: string): number {
  let n = s.length;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c >= 0x80) n += c < 0x800 || (c >= 0xd800 && c < 0xe000) ? 1 : 2;
  }
  return n;
}
