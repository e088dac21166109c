import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** useWidth is how wide an element is drawn, in px; first is a guess. */
export function useWidth<T extends HTMLElement>(first: number): [RefObject<T | null>, number] {
  const box = useRef<T>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const look = new ResizeObserver(() => setWidth(Math.max(240, Math.round(el.clientWidth))));
    look.observe(el);
    return () => look.disconnect();
  }, []);
  return [box, width];
}
