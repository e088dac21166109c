import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** zoom is how much larger than on a desk a drawing is on the wall. */
const zoom = (): number => (document.documentElement.dataset["wall"] ? Math.max(1, innerHeight / 620) : 1);

/** useWidth is how wide an element is drawn, in units of its drawing; first is
 * a guess. */
export function useWidth<T extends HTMLElement>(first: number): [RefObject<T | null>, number] {
  const box = useRef<T>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const look = new ResizeObserver(() => setWidth(Math.max(240, Math.round(el.clientWidth / zoom()))));
    look.observe(el);
    return () => look.disconnect();
  }, []);
  return [box, width];
}
