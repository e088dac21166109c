// Signing in and staying signed in. The phone's clock never ends a session:
// only the server's word does (rule C9). A new refresh token is on disk before
// it is used, because the server forgets the old one with its first use.
import type { Tokens } from "@banso/sync";
import { ApiError, call } from "@banso/kit/api";
import * as people from "./people";
import { version } from "./version";

interface Session {
  person: string;
  device: string;
  access: string;
  refresh?: string;
  push_only?: boolean;
}

interface Me {
  name: string;
}

/** activate signs in with a code from a leader or chair; officers choose a login with it. */
export async function activate(code: string, login = "", password = "", second = ""): Promise<people.Person> {
  const chosen = { ...(login && { login, password }), ...(second && { second_factor: second }) };
  return admit(await call<Session>("POST", "/v1/auth/activate", { code, ...chosen, install: await people.install(), device_name: deviceName() }));
}

/** signIn signs an officer in with a password. */
export async function signIn(login: string, password: string, second: string): Promise<people.Person> {
  const more = second ? { second_factor: second } : {};
  return admit(await call<Session>("POST", "/v1/auth/login", { login, password, ...more, install: await people.install(), device_name: deviceName() }));
}

/** admit keeps a new session, first of all; the name may come later. */
async function admit(s: Session): Promise<people.Person> {
  const old = await people.person(s.person);
  const p: people.Person = {
    ...(old ?? { name: "" }), id: s.person, device: s.device, access: s.access, refresh: s.refresh ?? "", usedMs: Date.now(), over: "",
  };
  delete p.pin; // who has a new code has proved more than a PIN
  await people.put(p);
  try {
    const me = await call<Me>("GET", "/v1/me", undefined, { token: p.access });
    return (await people.change(p.id, (x) => ({ ...x, name: me.name }))) ?? p;
  } catch {
    return p;
  }
}

/** tokens gives the engine and the photo queue the session of a person. */
export function tokens(id: string): Tokens {
  return {
    async token() {
      const p = await people.person(id);
      return !p || p.over === "out" || p.over === "end" ? null : p.access;
    },
    refresh: (refused) => alone("banso/session/" + id, () => refresh(id, refused)),
  };
}

async function refresh(id: string, refused: string): Promise<string | null> {
  const p = await people.person(id);
  if (!p || p.over === "out" || p.over === "end") return null;
  if (p.access !== refused) return p.access; // another tab was quicker
  try {
    const s = await call<Session>("POST", "/v1/auth/refresh", { refresh: p.refresh }, { more: { "Banso-App": version } });
    await people.change(id, (x) => ({ ...x, access: s.access, refresh: s.refresh || x.refresh, over: s.push_only ? "push" : "" }));
    return s.access;
  } catch (e) {
    if (!(e instanceof ApiError) || e.status !== 401) throw e;
    await people.change(id, (x) => ({ ...x, over: "end" }));
    return null;
  }
}

/** authorized is call with the person's token, refreshed once if need be. */
export async function authorized<T>(id: string, method: string, path: string, body?: unknown): Promise<T> {
  const source = tokens(id);
  const token = await source.token();
  if (!token) throw new ApiError("refused", 401, "unauthorized", "", "");
  try {
    return await call<T>(method, path, body, { token });
  } catch (e) {
    if (!(e instanceof ApiError) || e.status !== 401) throw e;
    const next = await source.refresh(token);
    if (!next) throw e;
    return call<T>(method, path, body, { token: next });
  }
}

/** alone runs fn while no other tab does. */
async function alone<T>(name: string, fn: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(name, fn) as Promise<T>) : fn();
}

function deviceName(): string {
  const ua = navigator.userAgent;
  const model = /Android [\d.]+; ([^;)]+)/.exec(ua)?.[1] ?? /iPhone|iPad|Windows|Macintosh|Linux/.exec(ua)?.[0] ?? "?";
  return model.slice(0, 40);
}
