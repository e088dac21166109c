// Signing in and staying signed in.
import { ApiError, call } from "@banso/kit/api";
import { Cell } from "@banso/kit/cell";
import type { Me } from "./me";
import { keep, kept } from "./prefs";

interface Session {
  person: string;
  access: string;
  refresh?: string;
}

/** Where the person stands; "again": in, but the session has ended. */
export type Gate = { at: "start" } | { at: "out" } | { at: "in" | "again"; me: Me } | { at: "trouble"; error: unknown };

export const gate = new Cell<Gate>({ at: "start" });

const slot = "banso/console/session";
let session: Session | null = JSON.parse(sessionStorage.getItem(slot) ?? "null") as Session | null;
let waiting: (() => void)[] = [];

function hold(s: Session | null): void {
  session = s;
  if (s) sessionStorage.setItem(slot, JSON.stringify(s));
  else sessionStorage.removeItem(slot);
}

export const access = (): string => session?.access ?? "";

/** arrive finds out who is here when the page opens. */
export async function arrive(): Promise<void> {
  if (!session) return gate.set({ at: "out" });
  try {
    gate.set({ at: "in", me: await whoAmI() });
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) gate.set({ at: "out" });
    else gate.set({ at: "trouble", error: e });
  }
}

async function whoAmI(): Promise<Me> {
  const token = access();
  try {
    return await call<Me>("GET", "/v1/me", undefined, token);
  } catch (e) {
    if (!(e instanceof ApiError) || e.status !== 401 || !(await renew(token))) throw e;
    return call<Me>("GET", "/v1/me", undefined, access());
  }
}

/** signIn signs in with a password, and second where one is asked for. */
export async function signIn(login: string, password: string, second = ""): Promise<void> {
  const more = second ? { second_factor: second } : {};
  await admit(await call<Session>("POST", "/v1/auth/login", { login, password, ...more, install: install(), device_name: browserName() }));
}

async function admit(s: Session): Promise<void> {
  const before = gate.get();
  hold(s);
  const me = await whoAmI();
  if (before.at === "again" && before.me.person !== me.person) location.reload(); // what waits is not this person's
  gate.set({ at: "in", me });
  const all = waiting;
  waiting = [];
  for (const go of all) go();
}

/** renew gets new access in place of what the server refused; false: the person has to sign in. */
export async function renew(refused: string): Promise<boolean> {
  if (!session || session.access !== refused) return session !== null;
  try {
    const s = await call<Session>("POST", "/v1/auth/refresh", { refresh: session.refresh });
    hold({ ...session, ...s });
    return true;
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) return false;
    throw e;
  }
}

/** again asks the person to sign in and waits until it is done. */
export function again(): Promise<void> {
  const g = gate.get();
  if (g.at === "in") gate.set({ at: "again", me: g.me });
  return new Promise((done) => waiting.push(done));
}

/** signOut ends the session on the server too, if it answers. */
export async function signOut(): Promise<void> {
  await call("POST", "/v1/auth/logout", undefined, access()).catch(() => undefined);
  hold(null);
  location.hash = "";
  location.reload(); // nothing of one person stays for the next
}

function install(): string {
  let id = kept("install", "");
  if (!id) {
    const b = crypto.getRandomValues(new Uint8Array(16));
    id = btoa(String.fromCharCode(...b)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
    keep("install", id);
  }
  return id;
}

function browserName(): string {
  const ua = navigator.userAgent;
  const app = /(Edg|OPR|CocCoc\w*|Firefox|Chrome|Safari)\b/.exec(ua)?.[1] ?? "?";
  const on = /Windows|Android|iPhone|iPad|Macintosh|Linux/.exec(ua)?.[0] ?? "?";
  return `${app === "Edg" ? "Edge" : app}, ${on}`;
}
