import { utf8 } from "./bytes";
import type { Reply, Timers, Transport } from "./index";
import { limits } from "./limits";

/** The session of the person who is signed in. Whether a token has expired is told by the server alone (rule C9). */
export interface Tokens {
  /** null: there is no session. */
  token(): Promise<string | null>;
  /** A token newer than the one that the server refused; null: the person must sign in. Rejects if there is no network. */
  refresh(refused: string): Promise<string | null>;
}
/** Compresses a request body, for instance with CompressionStream("gzip"). */
export type Gzip = (body: Uint8Array) => Promise<Uint8Array>;

/** What of `fetch` is needed; `window.fetch` fits. */
export type Fetch = (
  url: string,
  init: { method: string; headers: { [name: string]: string }; body: Uint8Array; signal?: AbortSignal; cache?: "no-store"; redirect?: "manual"; credentials?: "omit" },
) => Promise<FetchReply>;
export interface FetchReply {
  status: number;
  headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface HttpOptions {
  fetch: Fetch;
  /** "" for the host that served the app. */
  base: string;
  tokens: Tokens;
  gzip?: Gzip;
  /** With both of these a request that hangs is given up. */
  timers?: Timers;
  abort?: () => { signal: AbortSignal; abort(): void };
  /** 0 or absent: two minutes, enough for the largest answer over 64 kbit/s. */
  timeoutMs?: number;
}

/** Bounds of an inflated answer. */
const maxAnswer = 16 * limits.MaxResponseBytes;

/** The Transport over HTTP. */
export function httpTransport(o: HttpOptions): Transport {
  const refused: Reply = { status: 401, retryAfterMs: 0, body: new Uint8Array(0) };
  return {
    async sync(text: string): Promise<Reply> {
      const token = await o.tokens.token();
      if (token === null) return refused;
      let body = utf8(text);
      const zipped = o.gzip !== undefined && body.length >= limits.GzipFrom;
      if (zipped) body = await o.gzip!(body);
      const reply = await post(o, body, zipped, token);
      if (reply.status !== 401) return reply;
      const next = await o.tokens.refresh(token);
      return next === null ? reply : post(o, body, zipped, next);
    },
  };
}

async function post(o: HttpOptions, body: Uint8Array, zipped: boolean, token: string): Promise<Reply> {
  const headers: { [name: string]: string } = { "Content-Type": "application/json", Authorization: "Bearer " + token };
  if (zipped) headers["Content-Encoding"] = "gzip";
  const control = o.timers && o.abort?.();
  const cancel = control && o.timers!.set(o.timeoutMs || 120_000, () => control.abort());
  try {
    const r = await o.fetch(o.base + "/v1/sync", {
      method: "POST", headers, body, cache: "no-store", redirect: "manual", credentials: "omit",
      ...(control && { signal: control.signal }),
    });
    const answer = new Uint8Array(await r.arrayBuffer());
    if (answer.length > maxAnswer) throw new Error("the answer is larger than the protocol allows");
    return { status: r.status, retryAfterMs: retryAfter(r.headers.get("Retry-After")), body: answer };
  } finally {
    cancel?.();
  }
}

/** Seconds only: a date would have to be believed by the phone's clock. */
function retryAfter(s: string | null): number {
  const n = Number(s);
  return s !== null && Number.isInteger(n) && n > 0 ? Math.min(n, 86_400) * 1000 : 0;
}
