// An open dashboard asks whether anything changed: every half minute while it is
// looked at, every five minutes while it is not, and less often while the server
// does not answer. What was read stays on screen.
import { useEffect, useRef, useState } from "preact/hooks";
import { poll } from "../core/server";
import type { Load } from "../core/load";

export const seenMs = 30_000;
export const hiddenMs = 300_000;

/** pause is how long to wait after so many failures in a row. */
export function pause(hidden: boolean, failures: number): number {
  return Math.min((hidden ? hiddenMs : seenMs) * 2 ** Math.min(failures, 6), 900_000);
}

export interface Polled<T> extends Load<T> {
  /** When the server last confirmed what is shown, in ms. */
  checkedMs: number;
}

export function usePolled<T>(path: string): Polled<T> {
  const [state, setState] = useState<{ of: string; value?: T; error?: unknown; busy: boolean; atMs: number; checkedMs: number }>({ of: "", busy: true, atMs: 0, checkedMs: 0 });
  const ask = useRef<() => Promise<void>>(async () => undefined);
  useEffect(() => {
    let tag = "", failures = 0, timer = 0, over = false, asking = false;
    const once = async (): Promise<void> => {
      if (asking) return;
      asking = true;
      clearTimeout(timer);
      try {
        const got = await poll<T>(path, tag);
        if (over) return;
        failures = 0; // it answers again
        const now = Date.now();
        if (got) tag = got.tag;
        setState((s) => (got ? { of: path, value: got.value, busy: false, atMs: now, checkedMs: now } : { ...s, error: undefined, busy: false, checkedMs: now }));
      } catch (error) {
        if (over) return;
        failures++;
        setState((s) => (s.of === path ? { ...s, error, busy: false } : { of: path, error, busy: false, atMs: 0, checkedMs: 0 }));
      }
      asking = false;
      if (!over) timer = window.setTimeout(once, pause(document.hidden, failures));
    };
    const seen = (): void => {
      if (!document.hidden) void once();
    };
    ask.current = once;
    document.addEventListener("visibilitychange", seen);
    addEventListener("online", seen);
    void once();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("online", seen);
    };
  }, [path]);
  const now = state.of === path ? state : { busy: true, atMs: 0, checkedMs: 0 };
  return { ...now, again: () => ask.current() };
}
