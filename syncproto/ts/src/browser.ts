import type { Channel, Locks } from "./index";

/** The part of navigator.locks that is needed. */
export interface LockManagerLike {
  request<T>(name: string, fn: () => Promise<T>): Promise<T>;
}

/** Locks by the Web Locks API; without it (old browsers, plain http) none, which is safe by rule C5. */
export function webLocks(locks: LockManagerLike | undefined): Locks {
  return { run: (name, fn) => (locks ? locks.request(name, fn) : fn()) };
}

/** The part of BroadcastChannel that is needed. */
export interface BroadcastChannelLike {
  postMessage(message: unknown): void;
  addEventListener(type: "message", fn: (e: { data: unknown }) => void): void;
  removeEventListener(type: "message", fn: (e: { data: unknown }) => void): void;
}

/** Tells the other tabs of changes. */
export function broadcast(c: BroadcastChannelLike): Channel {
  return {
    post: (message) => c.postMessage(message),
    listen: (fn) => {
      const on = (e: { data: unknown }): void => fn(e.data);
      c.addEventListener("message", on);
      return () => c.removeEventListener("message", on);
    },
  };
}
