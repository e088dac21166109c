// Signing in with an account of the province: the browser goes to the province's
// own provider and comes back to this page with an answer in the address.
import { call } from "@banso/kit/api";
import { Cell } from "@banso/kit/cell";
import { send } from "./server";

/** What the provider sent back, by this page's address; error: it has no answer. */
export interface Answer {
  code: string;
  state: string;
  iss: string;
  error: string;
}

interface Asked {
  url: string;
}

export interface Provider {
  on: boolean;
  name?: string;
}

/** The answer of a sign-in that is under way; the door takes it up. */
export const answered = new Cell<Answer | null>(null);

/** comeBack takes an answer out of the address, so that no reload sends it again; that of a link is returned. */
export function comeBack(): Answer | null {
  const q = new URLSearchParams(location.search);
  const of = (name: string): string => q.get(name) ?? "";
  const a = { code: of("code"), state: of("state"), iss: of("iss"), error: of("error") };
  if (!a.state) return null;
  history.replaceState(null, "", location.pathname + location.hash);
  if (a.state.startsWith("link.")) return a;
  answered.set(a);
  return null;
}

export const provider = (): Promise<Provider> => call("GET", "/v1/auth/oidc");

/** leave goes to the provider to sign in. */
export async function leave(): Promise<void> {
  location.assign((await call<Asked>("POST", "/v1/auth/oidc/begin", undefined, { credentials: "same-origin" })).url);
}

/** leaveToLink goes there to show whose account is to be linked. */
export async function leaveToLink(): Promise<void> {
  location.assign((await send<Asked>("POST", "/v1/me/oidc/begin")).url);
}

/** link hands over the answer for a link. */
export const link = ({ code, state, iss }: Answer): Promise<void> => send("POST", "/v1/me/oidc", { code, state, ...(iss && { iss }) });

export interface Link {
  on: boolean;
  linked: boolean;
  linked_ms?: number;
  used_ms?: number;
  own?: boolean;
}

export const linkOf = (person: string): Promise<Link> => send("GET", `/v1/people/${person}/oidc`);
export const unlink = (person: string): Promise<void> => send("DELETE", `/v1/people/${person}/oidc`);
export const linkSubject = (person: string, subject: string): Promise<void> => send("POST", `/v1/people/${person}/oidc`, { subject });
