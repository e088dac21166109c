// Photos on their way: tus 1.0.0 in pieces, so that a cut costs one piece. The
// record goes first, its photos follow; what is being sent is always on disk.
import { ApiError, ask, refusal } from "@banso/kit/api";
import { readSetting } from "./drafts";
import { type Kept, allKept, bytesOf, note, release } from "./photos";
import { type Phone, phone } from "./phone";
import { authorized, tokens } from "./session";

const pieceBytes = 64 << 10; // some 5 s over 100 kbit/s
const retryMs = 60_000;
const tus = { "Tus-Resumable": "1.0.0" };

interface Connection {
  type?: string;
  saveData?: boolean;
}

/** allowed says whether photos may go now: the person's choice and the server's word against the line there is. */
export async function allowed(p: Phone): Promise<boolean> {
  const st = await p.engine.status();
  if (st.lastSuccessMs === 0 || !navigator.onLine || st.hint.blobs === "later") return false;
  const wifiOnly = st.hint.blobs === "wifi" || (await readSetting(p, "wifi")) === "1";
  const line = (navigator as unknown as { connection?: Connection }).connection;
  return !(wifiOnly && line?.type === "cellular");
}

/** watchUploads sends what waits after each sync, when the network comes back, and when a photo is added. */
export function watchUploads(p: Phone): void {
  let busy = false;
  let later = 0;
  const run = async (): Promise<void> => {
    if (busy || phone.get() !== p || p.practice) return;
    busy = true;
    clearTimeout(later);
    try {
      await alone(lockOf(p), () => sendAll(p));
    } catch (e) {
      if (phone.get() === p) later = window.setTimeout(run, e instanceof ApiError && e.kind === "busy" ? 5 * retryMs : retryMs);
    } finally {
      busy = false;
    }
  };
  p.engine.subscribe((c) => c.kind === "sync" && void run());
  addEventListener("online", run);
  void run();
}

/** alone does nothing if another tab is at it. */
async function alone(name: string, fn: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return fn();
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await fn();
  });
}

/** sendAll sends every photo that a saved record names, oldest first. */
export async function sendAll(p: Phone): Promise<void> {
  if (!(await allowed(p))) return;
  const open = (await allKept(p)).filter((k) => k.wanted && !k.stored && !k.error).sort((a, b) => a.madeMs - b.madeMs);
  for (const k of open) {
    if (phone.get() !== p || !(await allowed(p))) return;
    await send(p, k);
  }
  await learn(p);
}

/**
 * handOver sends what was kept before a lost phone is emptied, whatever the
 * line costs. It throws where trying again may help; what the server refuses
 * stays behind.
 */
export async function handOver(p: Phone): Promise<void> {
  const all = async (): Promise<void> => {
    for (const k of (await allKept(p)).filter((x) => x.wanted && !x.stored && !x.error)) {
      try {
        await send(p, k);
      } catch (e) {
        if (!(e instanceof ApiError) || ![401, 403].includes(e.status)) throw e;
      }
    }
  };
  await (navigator.locks ? navigator.locks.request(lockOf(p), all) : all());
}

const lockOf = (p: Phone): string => "banso/photos/" + p.who.id;

async function send(p: Phone, k: Kept): Promise<void> {
  const bytes = await bytesOf(p, k.sha);
  if (!bytes) return note(p, k.sha, { error: "gone" });
  try {
    const begun = await tusCall(p.who.id, "POST", "/v1/uploads", {
      "Upload-Length": String(bytes.size), "Upload-Metadata": `team ${btoa(k.team)},sha256 ${btoa(k.sha)}`,
    });
    const path = begun.headers.get("Location") ?? "";
    let offset = offsetOf(begun);
    while (offset < bytes.size) {
      await note(p, k.sha, { sent: offset });
      const r = await tusCall(p.who.id, "PATCH", path, { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" }, bytes.slice(offset, offset + pieceBytes));
      offset = offsetOf(r);
      if (phone.get() !== p) return;
    }
    await note(p, k.sha, { sent: bytes.size, stored: true });
    p.engine.wake(); // the records that name it have changed
  } catch (e) {
    if (!(e instanceof ApiError) || ![400, 413, 422].includes(e.status)) throw e;
    await note(p, k.sha, { error: e.sentence }); // not for this picture: the others go on
  }
}

function offsetOf(r: Response): number {
  const n = Number(r.headers.get("Upload-Offset") ?? "x");
  if (!Number.isInteger(n)) throw new ApiError("not_ours", r.status, "", "", "");
  return n;
}

/** tusCall is one request of an upload, with the session refreshed once. */
async function tusCall(person: string, method: string, path: string, headers: Record<string, string>, body?: Blob): Promise<Response> {
  const source = tokens(person);
  let token = await source.token();
  for (let round = 0; token; round++) {
    const r = await ask(path, { method, headers: { ...tus, ...headers, Authorization: "Bearer " + token }, ...(body && { body }) });
    if (r.ok && r.headers.get("Tus-Resumable")) return r;
    if (r.status !== 401 || round > 0) {
      if (r.ok) throw new ApiError("not_ours", r.status, "", "", "");
      throw refusal(r.status, await r.json().catch(() => ({})));
    }
    token = await source.refresh(token);
  }
  throw new ApiError("refused", 401, "unauthorized", "", "");
}

/** learn asks which photos the server still has, and frees what a backup holds. */
async function learn(p: Phone): Promise<void> {
  const stored = (await allKept(p)).filter((k) => k.stored && !k.durable);
  const teams = [...new Set(stored.map((k) => k.team))];
  const quiet = (await p.engine.status()).kept === 0; // every record that names a photo is in a backup too
  for (const team of teams) {
    const names = stored.filter((k) => k.team === team).map((k) => k.sha).slice(0, 100);
    const r = await authorized<{ photos: { sha256: string; state: string }[] }>(p.who.id, "POST", "/v1/blobs/have", { team, sha256: names });
    for (const x of r.photos) {
      if (x.state === "missing") await note(p, x.sha256, { stored: false, sent: 0 }); // the server was set back: send it again
      if (x.state === "durable" && quiet) {
        await note(p, x.sha256, { durable: true });
        await release(p, x.sha256);
      }
    }
  }
}

/** distantThumb fetches the small picture of a photo from another phone; undefined without a network. */
export async function distantThumb(person: string, sha: string): Promise<Blob | undefined> {
  const token = await tokens(person).token();
  if (!token) return undefined;
  try {
    const r = await fetch(`/v1/blobs/${sha}/thumb`, { headers: { Authorization: "Bearer " + token } });
    return r.ok ? await r.blob() : undefined;
  } catch {
    return undefined;
  }
}
