// Passkeys as the browser makes them and signs in with them. Browsers that can't
// speak JSON about them yet are offered none.
import { call } from "@banso/kit/api";
import { send } from "./server";
import { marks } from "./session";

interface Asked {
  ceremony: string;
  options: unknown;
}

interface Native {
  parseCreationOptionsFromJSON: (o: unknown) => PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON: (o: unknown) => PublicKeyCredentialRequestOptions;
}

const native = (globalThis as { PublicKeyCredential?: Partial<Native> }).PublicKeyCredential;

/** Whether this browser can: a page under a number, or without TLS, can't. */
export const passkeysHere = isSecureContext && !!native?.parseCreationOptionsFromJSON && !!native.parseRequestOptionsFromJSON && /[a-z]/i.test(location.hostname);

/** makePasskey makes one on this device; the browser asks for a finger or a number. */
export async function makePasskey(name: string): Promise<void> {
  const asked = await send<Asked>("POST", "/v1/me/passkeys/begin");
  const made = await navigator.credentials.create({ publicKey: native!.parseCreationOptionsFromJSON!(asked.options) });
  await send("POST", "/v1/me/passkeys", { ceremony: asked.ceremony, name: name.normalize("NFC"), credential: made });
}

export interface Shown {
  ceremony: string;
  credential: unknown;
}

/** showPasskey lets the person choose one, to sign in. */
export const showPasskey = (): Promise<Shown> => show("/v1/auth/passkey/begin", {});

/** showOwnPasskey lets who is signed in show one of his, to prove who sits there. */
export const showOwnPasskey = (): Promise<Shown> => show("/v1/auth/step-up/begin", marks());

async function show(path: string, more: Record<string, string>): Promise<Shown> {
  const asked = await call<Asked>("POST", path, undefined, { more, credentials: "same-origin" });
  const shown = await navigator.credentials.get({ publicKey: native!.parseRequestOptionsFromJSON!(asked.options) });
  return { ceremony: asked.ceremony, credential: shown };
}
