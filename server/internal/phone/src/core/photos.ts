// Photos on the phone: made small and nameless of place and camera, kept here
// until a backup of the server holds them. A photo is named by the SHA-256 of
// its bytes, so the same picture is kept and sent once.
import { sha256 } from "@noble/hashes/sha2.js";
import { limits } from "@banso/sync";
import { result } from "./requests";
import { type Phone, touch } from "./phone";

/** Where a photo is: only here, on its way, with the server, refused, or on another phone. */
export type PhotoState = "waiting" | "sending" | "received" | "failed" | "other";

export interface Photo {
  sha: string;
  state: PhotoState;
  percent: number;
}

/** What is kept of a photo besides its bytes. */
export interface Kept {
  sha: string;
  /** To whose photos it belongs. */
  team: string;
  size: number;
  madeMs: number;
  thumb: Blob;
  /** A saved record names it: it is to be sent. */
  wanted: boolean;
  /** Bytes that the server has confirmed. */
  sent: number;
  /** The server holds it / one of its backups does. */
  stored: boolean;
  durable: boolean;
  /** Why it cannot be sent, "" if it can. */
  error: string;
}

/** Longest side, and that of the small picture for lists. */
const side = 1280;
const thumbSide = 240;

export type PhotoTrouble = "format" | "full" | "empty";

export class PhotoError extends Error {
  constructor(readonly trouble: PhotoTrouble) {
    super(trouble);
  }
}

/** addPhoto makes a picture small, keeps it on disk and returns its name. What the camera wrote about place and time is gone: the pixels are drawn anew. */
export async function addPhoto(p: Phone, team: string, file: Blob): Promise<string> {
  if (file.size === 0) throw new PhotoError("empty");
  const bitmap = await decode(file);
  try {
    const bytes = await shrink(bitmap);
    const thumb = await draw(bitmap, thumbSide, 0.7);
    const sha = hex(sha256(new Uint8Array(await bytes.arrayBuffer())));
    await keep(p, team, sha, bytes, thumb);
    return sha;
  } finally {
    bitmap.close();
  }
}

async function decode(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new PhotoError("format"); // HEIC on most Android phones, a broken file, or no picture at all
  }
}

/** shrink lowers the quality until the server takes it. */
async function shrink(b: ImageBitmap): Promise<Blob> {
  for (const quality of [0.82, 0.7, 0.55, 0.4]) {
    const out = await draw(b, side, quality);
    if (out.size <= limits.MaxPhotoBytes) return out;
  }
  return draw(b, side / 2, 0.6);
}

async function draw(b: ImageBitmap, longest: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, longest / Math.max(b.width, b.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(b.width * scale));
  canvas.height = Math.max(1, Math.round(b.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new PhotoError("full");
  pen.fillStyle = "#fff"; // under what was transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(b, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
  canvas.width = canvas.height = 0; // frees the pixels at once on small phones
  if (!blob) throw new PhotoError("full");
  return blob;
}

async function keep(p: Phone, team: string, sha: string, bytes: Blob, thumb: Blob): Promise<void> {
  const kept: Kept = { sha, team, size: bytes.size, madeMs: Date.now(), thumb, wanted: false, sent: 0, stored: false, durable: false, error: "" };
  try {
    await p.store.app(["photos", "photo_bytes"], "readwrite", async (tx) => {
      const old = await result<Kept | undefined>(tx.objectStore("photos").get(sha));
      if (old) return;
      await result(tx.objectStore("photo_bytes").put(bytes, sha));
      await result(tx.objectStore("photos").put(kept, sha));
    });
  } catch (e) {
    throw (e as Error | null)?.name === "QuotaExceededError" ? new PhotoError("full") : e;
  }
  touch();
}

export async function readKept(p: Phone, sha: string): Promise<Kept | undefined> {
  return p.store.app(["photos"], "readonly", (tx) => result<Kept | undefined>(tx.objectStore("photos").get(sha)));
}

export async function allKept(p: Phone): Promise<Kept[]> {
  return p.store.app(["photos"], "readonly", (tx) => result<Kept[]>(tx.objectStore("photos").getAll()));
}

/** note changes what is known of a photo. */
export async function note(p: Phone, sha: string, change: Partial<Kept>): Promise<void> {
  await p.store.app(["photos"], "readwrite", async (tx) => {
    const old = await result<Kept | undefined>(tx.objectStore("photos").get(sha));
    if (old) await result(tx.objectStore("photos").put({ ...old, ...change }, sha));
  }, "relaxed");
  touch();
}

/** want says that a record names these photos: they are to be sent. */
export async function want(p: Phone, evidence: string[]): Promise<void> {
  for (const e of evidence) if (e.startsWith("photo:")) await note(p, e.slice(6), { wanted: true });
}

const dropAfterMs = 86_400_000;

/** sweep frees what was taken for a draft that was dropped: no saved record names it, no draft does, and it is a day old. */
export async function sweep(p: Phone): Promise<void> {
  await p.store.app(["photos", "photo_bytes", "drafts"], "readwrite", async (tx) => {
    const drafts = await result<{ content?: { evidence?: string[] } }[]>(tx.objectStore("drafts").getAll());
    const named = new Set(drafts.flatMap((d) => d.content?.evidence ?? []));
    for (const k of await result<Kept[]>(tx.objectStore("photos").getAll())) {
      if (k.wanted || named.has("photo:" + k.sha) || Date.now() - k.madeMs < dropAfterMs) continue;
      await result(tx.objectStore("photo_bytes").delete(k.sha));
      await result(tx.objectStore("photos").delete(k.sha));
    }
  });
}

/** release frees the bytes of a photo that a backup of the server holds; its small picture stays. */
export async function release(p: Phone, sha: string): Promise<void> {
  await p.store.app(["photo_bytes"], "readwrite", (tx) => result(tx.objectStore("photo_bytes").delete(sha)));
}

/** bytesOf reads a photo back to send it. */
export async function bytesOf(p: Phone, sha: string): Promise<Blob | undefined> {
  return p.store.app(["photo_bytes"], "readonly", (tx) => result<Blob | undefined>(tx.objectStore("photo_bytes").get(sha)));
}

export async function thumbOf(p: Phone, sha: string): Promise<Blob | undefined> {
  return (await readKept(p, sha))?.thumb;
}

/** photoStates says where each photo is, in the given order; held are those that the server has by the record itself. */
export async function photoStates(p: Phone, shas: string[], held: string[]): Promise<Photo[]> {
  const out: Photo[] = [];
  for (const sha of shas) {
    const k = await readKept(p, sha);
    if (held.includes("photo:" + sha)) out.push({ sha, state: "received", percent: 100 });
    else if (!k) out.push({ sha, state: "other", percent: 0 });
    else out.push({ sha, state: stateOf(k), percent: k.stored ? 100 : Math.floor((100 * k.sent) / Math.max(1, k.size)) });
  }
  return out;
}

function stateOf(k: Kept): PhotoState {
  if (k.stored) return "received";
  if (k.error) return "failed";
  return k.sent > 0 ? "sending" : "waiting";
}

function hex(b: Uint8Array): string {
  return Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
}
