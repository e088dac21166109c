// Calls to the server that are not a sync: signing in, codes, devices, photos.
// Every failure becomes an ApiError with a sentence that a person can act on.
import { both, lang, t } from "./words";

export type Failure = "offline" | "not_ours" | "refused" | "busy";

export class ApiError extends Error {
  constructor(
    readonly kind: Failure,
    readonly status: number,
    readonly code: string,
    private readonly vi: string,
    private readonly en: string,
    /** The input that was wrong, if the server names one. */
    readonly field = "",
  ) {
    super(code || kind);
  }

  /** What happened and what to do. */
  get sentence(): string {
    if (this.kind === "offline") return t("error.offline");
    if (this.kind === "not_ours") return t("error.not_ours");
    return both(this.vi, this.en) || t("error.server");
  }
}

/** sentence is what to tell a person about any error. */
export function sentence(e: unknown): string {
  return e instanceof ApiError ? e.sentence : t("error.unknown");
}

const timeoutMs = 30_000;

export interface How {
  /** A token to send; the console has its own in cookies. */
  token?: string | undefined;
  more?: Record<string, string>;
  credentials?: RequestCredentials;
}

/** call sends JSON and returns JSON. */
export async function call<T>(method: string, path: string, body?: unknown, how: How = {}): Promise<T> {
  const headers: Record<string, string> = { ...how.more, "Accept-Language": lang.get() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (how.token) headers["Authorization"] = "Bearer " + how.token;
  const r = await ask(path, { method, headers, ...(how.credentials && { credentials: how.credentials }), ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (r.status === 204) return undefined as T;
  const data = await json(r);
  if (r.ok) return data as T;
  throw refusal(r.status, data);
}

/** ask is fetch with a time limit; no answer is an ApiError. */
export async function ask(path: string, init: RequestInit, limitMs = timeoutMs): Promise<Response> {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), limitMs);
  init.signal?.addEventListener("abort", () => control.abort());
  try {
    return await fetch(path, { cache: "no-store", redirect: "manual", credentials: "omit", ...init, signal: control.signal });
  } catch {
    throw new ApiError("offline", 0, "", "", "");
  } finally {
    clearTimeout(timer);
  }
}

/** json reads an answer of our server; a login page of a captive portal is none. */
async function json(r: Response): Promise<unknown> {
  const ours = /^application\/(problem\+)?json/.test(r.headers.get("Content-Type") ?? "");
  try {
    if (ours) return await r.json();
  } catch {
    // cut off: the same as no answer of ours
  }
  throw new ApiError("not_ours", r.status, "", "", "");
}

/** refusal turns an answer that is no success into an error. */
export function refusal(status: number, data: unknown): ApiError {
  const p = (data ?? {}) as Record<string, string>;
  const kind = status === 429 || status === 503 ? "busy" : "refused";
  return new ApiError(kind, status, p["code"] ?? "", p["detail_vi"] || p["title_vi"] || "", p["detail"] || p["title"] || "", p["field"]);
}
