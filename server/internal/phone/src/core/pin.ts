// A PIN that locks the screen, checked without a network. It keeps curious
// hands out; it is no encryption. Wrong tries make the wait longer and delete
// nothing: who has forgotten it gets in with a new code from the leader.
import { pbkdf2Async } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import * as people from "./people";

const rounds = 30_000; // some 0.3 s on a cheap phone
const free = 4; // wrong tries without a wait
const longest = 15 * 60_000;

const b64 = (b: Uint8Array): string => btoa(String.fromCharCode(...b));
const bytes = (s: string): Uint8Array => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));

async function hash(pin: string, salt: string): Promise<string> {
  return b64(await pbkdf2Async(sha256, pin, bytes(salt), { c: rounds, dkLen: 32 }));
}

/** valid: four to eight digits. */
export const valid = (pin: string): boolean => /^\d{4,8}$/.test(pin);

export async function setPin(id: string, pin: string): Promise<void> {
  const salt = b64(crypto.getRandomValues(new Uint8Array(16)));
  const kept = { salt, hash: await hash(pin, salt), wrong: 0, waitMs: 0 };
  await people.change(id, (p) => ({ ...p, pin: kept }));
}

export async function dropPin(id: string): Promise<void> {
  await people.change(id, ({ pin: _, ...p }) => p);
}

/** tryPin says whether it was right; if not, how long to wait before the next try, in ms. */
export async function tryPin(id: string, pin: string): Promise<{ right: boolean; waitMs: number }> {
  const p = await people.person(id);
  if (!p?.pin) return { right: true, waitMs: 0 };
  const left = Math.min(p.pin.waitMs - Date.now(), longest); // a clock that was set back must not lock anybody out
  if (left > 0) return { right: false, waitMs: left };
  const kept = p.pin;
  const right = (await hash(pin, kept.salt)) === kept.hash;
  const wrong = right ? 0 : kept.wrong + 1;
  const waitMs = wrong <= free ? 0 : Math.min(longest, 15_000 * 2 ** (wrong - free - 1));
  await people.change(id, (x) => ({ ...x, pin: { ...kept, wrong, waitMs: waitMs ? Date.now() + waitMs : 0 } }));
  return { right, waitMs };
}
