// Signing in and staying signed in. The tokens are in cookies that no script
// reads; what a page holds is the token it shows with each change, so that no
// other site's page can make one.
import { ApiError, call } from "@banso/kit/api";
import { Cell } from "@banso/kit/cell";
import { randomID } from "./id";
import type { Me } from "./me";
import type { Shown } from "./passkey";
import { keep, kept } from "./prefs";

interface Session {
  person: string;
  csrf: string;
}

/** Where the person stands; "again": in, but the session has ended; "prove": in, and asked who sits there. */
export type Gate = { at: "start" } | { at: "out" } | { at: "in" | "again" | "prove"; me: Me } | { at: "trouble"; error: unknown };

export const gate = new Cell<Gate>({ at: "start" });

let csrf = "";
let waiting: ((go: boolean) => void)[] = [];
let renewing: Promise<boolean> | null = null;

/** marks go along with each call. */
export const marks = (): Record<string, string> => (csrf ? { "Banso-CSRF": csrf } : {});

/** own is for calls that open or renew a session here. */
const own = (path: string, body: unknown): Promise<Session> => call<Session>("POST", path, body, { more: { "Banso-Session": "cookie" }, credentials: "same-origin" });

/** arrive finds out who is here when the page opens. */
export async function arrive(): Promise<void> {
  try {
    gate.set({ at: "in", me: await whoAmI() });
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) gate.set({ at: "out" });
    else gate.set({ at: "trouble", error: e });
  }
}

async function whoAmI(): Promise<Me> {
  const ask = (): Promise<Me & { csrf: string }> => call("GET", "/v1/me", undefined, { credentials: "same-origin" });
  const me = await ask().catch(async (e) => {
    if (!(e instanceof ApiError) || e.status !== 401 || !(await renew())) throw e;
    return ask();
  });
  csrf = me.csrf;
  return me;
}

/** signIn signs in with a password, and second where one is asked for. */
export async function signIn(login: string, password: string, second = ""): Promise<void> {
  const more = second ? { second_factor: second } : {};
  await admit(await own("/v1/auth/login", { login, password, ...more, install: install(), device_name: browserName() }));
}

/** signInAnswered signs in by the answer of the province's provider, and second where one is asked for. */
export async function signInAnswered({ code, state, iss }: { code: string; state: string; iss: string }, second: string): Promise<void> {
  const more = { ...(iss && { iss }), ...(second && { second_factor: second }) };
  await admit(await own("/v1/auth/oidc", { code, state, ...more, install: install(), device_name: browserName() }));
}

/** asksSecond reports whether an error asks for the second factor. */
export const asksSecond = (e: unknown): boolean => e instanceof ApiError && e.code === "second_factor_required";

/** signInShown signs in with a passkey that the person has shown. */
export async function signInShown(shown: Shown): Promise<void> {
  await admit(await own("/v1/auth/passkey", { ...shown, install: install(), device_name: browserName() }));
}

/** enterWith signs in with a single-use code, by which an officer chooses login and password; name: the setup code of a new server. */
export async function enterWith(code: string, login: string, password: string, name: string, second = ""): Promise<void> {
  const body = { code, login, password, ...(name && { name: name.normalize("NFC") }), ...(second && { second_factor: second }), install: install(), device_name: browserName() };
  await admit(await own(name ? "/v1/auth/setup" : "/v1/auth/activate", body));
}

async function admit(s: Session): Promise<void> {
  const before = gate.get();
  if (before.at === "again" && before.me.person !== s.person) {
    location.reload(); // what waits is not this person's: nothing of it may go on while the page still stands
    return new Promise(() => undefined);
  }
  gate.set({ at: "in", me: await whoAmI() });
  release(true);
}

/** release lets what waited go on, or tells it that the person would rather not. */
function release(go: boolean): void {
  const all = waiting;
  waiting = [];
  for (const f of all) f(go);
}

/** renew gets new access; false: the person has to sign in. Calls that were refused together ask once. */
export function renew(): Promise<boolean> {
  renewing ??= own("/v1/auth/refresh", {})
    .then((s) => {
      csrf = s.csrf;
      return true;
    })
    .catch((e) => {
      if (e instanceof ApiError && (e.status === 401 || e.status === 403)) return false;
      throw e;
    })
    .finally(() => (renewing = null));
  return renewing;
}

/** again asks the person to sign in and waits until it is done. */
export const again = (): Promise<boolean> => stop("again");

/** prove asks who sits there, before money moves; false: rather not. */
export const prove = (): Promise<boolean> => stop("prove");

function stop(at: "again" | "prove"): Promise<boolean> {
  const g = gate.get();
  if (g.at === "in") gate.set({ at, me: g.me });
  return new Promise((done) => waiting.push(done));
}

/** proved hands the proof over; without one what waited is given up. */
export async function proved(proof?: { password: string } | { second_factor: string } | Shown): Promise<void> {
  if (proof) await call("POST", "/v1/auth/step-up", proof, { more: marks(), credentials: "same-origin" });
  const g = gate.get();
  if (g.at === "prove") gate.set({ at: "in", me: g.me });
  release(!!proof);
}

/** signOut ends the session on the server too, if it answers. */
export async function signOut(): Promise<void> {
  await call("POST", "/v1/auth/logout", undefined, { more: marks(), credentials: "same-origin" }).catch(() => undefined);
  location.hash = "";
  location.reload(); // nothing of one person stays for the next
}

function install(): string {
  let id = kept("install", "");
  if (!id) keep("install", (id = randomID()));
  return id;
}

function browserName(): string {
  const ua = navigator.userAgent;
  const app = /(Edg|OPR|CocCoc\w*|Firefox|Chrome|Safari)\b/.exec(ua)?.[1] ?? "?";
  const on = /Windows|Android|iPhone|iPad|Macintosh|Linux/.exec(ua)?.[0] ?? "?";
  return `${app === "Edg" ? "Edge" : app}, ${on}`;
}
