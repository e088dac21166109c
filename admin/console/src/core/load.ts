// What a screen read, and how the reading stands.
import { useEffect, useRef, useState } from "preact/hooks";

export interface Load<T> {
  value?: T;
  error?: unknown;
  busy: boolean;
  /** When value was read, in ms. */
  atMs: number;
  /** Reads again; what is shown stays until then. */
  again: () => Promise<void>;
}

/** useLoad reads now and whenever one of deps changes. */
export function useLoad<T>(read: () => Promise<T>, deps: readonly unknown[]): Load<T> {
  const [state, setState] = useState<{ of: string; value?: T; error?: unknown; busy: boolean; atMs: number }>({ of: "", busy: true, atMs: 0 });
  const key = JSON.stringify(deps);
  const latest = useRef({ read, turn: 0 });
  latest.current.read = read;
  const run = async (): Promise<void> => {
    const turn = ++latest.current.turn;
    setState((s) => (s.of === key ? { ...s, busy: true } : { of: key, busy: true, atMs: 0 }));
    try {
      const value = await latest.current.read();
      if (turn === latest.current.turn) setState({ of: key, value, busy: false, atMs: Date.now() });
    } catch (error) {
      if (turn === latest.current.turn) setState((s) => ({ ...s, of: key, error, busy: false }));
    }
  };
  useEffect(() => {
    void run();
    return () => void latest.current.turn++;
  }, [key]);
  const now = state.of === key ? state : { busy: true, atMs: 0 };
  return { ...now, again: run };
}
