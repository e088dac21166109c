import { generate } from "lean-qr";
import { useEffect, useRef } from "preact/hooks";

/** Qr draws a text as a QR code, dark on white in any look. */
export function Qr({ text, label }: { text: string; label: string }) {
  const box = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (box.current) generate(text).toCanvas(box.current, { on: [0, 0, 0, 255], off: [255, 255, 255, 255], pad: 3 });
  }, [text]);
  return <canvas ref={box} class="qr" role="img" aria-label={label} />;
}
