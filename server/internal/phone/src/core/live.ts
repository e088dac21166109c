// Screens that follow the database: what is shown is read again after each
// change, whoever made it (this tab, another one, the server).
import { useEffect, useRef, useState } from "preact/hooks";
import { useCell } from "@banso/kit/cell";
import { type Phone, changed, phone } from "./phone";

/** useLive reads from the open phone now and after each change; undefined until it was read once. */
export function useLive<T>(read: (p: Phone) => Promise<T>, deps: unknown[] = []): T | undefined {
  const p = useCell(phone);
  const [value, setValue] = useState<{ of: Phone; deps: string; value: T }>();
  const key = JSON.stringify(deps);
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    if (!p) return;
    let alive = true;
    let busy = false;
    let again = false;
    const run = async (): Promise<void> => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      do {
        again = false;
        try {
          const v = await latest.current(p);
          if (alive) setValue({ of: p, deps: key, value: v });
        } catch (e) {
          if (alive && phone.get() === p) console.error(e);
        }
      } while (again && alive);
      busy = false;
    };
    void run();
    const ends = [p.engine.subscribe(() => void run()), changed.follow(() => void run())];
    return () => {
      alive = false;
      for (const end of ends) end();
    };
  }, [p, key]);
  return value && value.of === p && value.deps === key ? value.value : undefined;
}
