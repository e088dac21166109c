// All calls of the console. A session that ends in the middle of something does
// not end what was being done: the call waits until the same person has signed
// in again, and is sent then. So does what needs a proof of who sits there.
import { ApiError, ask, call, refusal } from "@banso/kit/api";
import { lang } from "@banso/kit/words";
import { again, marks, prove, renew } from "./session";

/** get reads JSON. */
export function get<T>(path: string): Promise<T> {
  return send<T>("GET", path);
}

/** send sends JSON and reads JSON; headers such as If-Match go along. */
export function send<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  return signedIn(() => call<T>(method, path, body, { more: { ...headers, ...marks() }, credentials: "same-origin" }));
}

/** upload sends a file and reads JSON. A long one goes packed. */
export function upload<T>(path: string, body: Blob, headers: Record<string, string>): Promise<T> {
  return signedIn(async () => {
    const long = body.size > longFile && "CompressionStream" in window;
    const sent = long ? await new Response(body.stream().pipeThrough(new CompressionStream("gzip"))).blob() : body;
    const more = long ? { "Content-Encoding": "gzip" } : {};
    return (await (await raw(path, { ...headers, ...more, ...marks() }, { method: "POST", body: sent })).json()) as T;
  });
}

const longFile = 1 << 20;

export interface Tagged<T> {
  tag: string;
  value: T;
}

/** sendLast sends JSON when the page may end at once; nobody waits for the answer. */
export function sendLast(path: string, body: unknown): void {
  void fetch(path, { method: "POST", keepalive: true, credentials: "same-origin", headers: { ...marks(), "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/** poll reads JSON with its ETag; null: it is what the tag names. */
export function poll<T>(path: string, tag = ""): Promise<Tagged<T> | null> {
  return signedIn(async () => {
    const r = await raw(path, tag ? { "If-None-Match": tag } : {});
    return r.status === 304 ? null : { tag: r.headers.get("ETag") ?? "", value: (await r.json()) as T };
  });
}

/** file reads a document or a picture; with POST one that leaves a mark. */
export function file(path: string, method: "GET" | "POST" = "GET"): Promise<Blob> {
  return signedIn(async () => (await raw(path, method === "GET" ? {} : marks(), { method })).blob());
}

/** save lets the browser keep a document under a name. */
export async function save(path: string, name: string, method: "GET" | "POST" = "GET"): Promise<void> {
  const url = URL.createObjectURL(await file(path, method));
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function raw(path: string, headers: Record<string, string>, how: RequestInit = {}): Promise<Response> {
  const r = await ask(path, { ...how, headers: { ...headers, "Accept-Language": lang.get() }, credentials: "same-origin" });
  if (r.ok || r.status === 304) return r;
  throw refusal(r.status, await r.json().catch(() => null));
}

async function signedIn<T>(fn: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await fn();
    } catch (e) {
      if (!(e instanceof ApiError) || e.status !== 401 || tries > 2) throw e;
      if (e.code === "second_factor_required") {
        if (!(await prove())) throw e;
      } else if (!(await renew())) await again();
    }
  }
}
