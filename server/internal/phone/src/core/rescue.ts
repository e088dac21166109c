// The way out of a phone that can't send any more: a file of what waits.
import type { Phone } from "./phone";

/** saveQueue hands what the server may not have to the person as a file. */
export async function saveQueue(p: Phone): Promise<void> {
  const file = new Blob([await p.engine.exportQueue()], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `banso-chua-gui-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
