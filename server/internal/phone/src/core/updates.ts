// A new version waits until the person takes it, or until the app is opened
// next time: never under somebody's fingers.
import { Cell } from "./cell";

/** The worker of a new version that waits, if any. */
export const update = new Cell<ServiceWorker | null>(null);

/** watchUpdates starts the service worker and looks for new versions now and then. */
export function watchUpdates(): void {
  const sw = navigator.serviceWorker;
  if (!sw) return;
  let mine = sw.controller !== null;
  sw.addEventListener("controllerchange", () => {
    if (mine) location.reload(); // the person took the update; drafts are on disk
    mine = true;
  });
  void sw.register("/sw.js", { updateViaCache: "none" }).then((reg) => {
    const look = (w: ServiceWorker | null): void => {
      if (!w) return;
      const say = (): void => {
        if (w.state === "installed" && sw.controller) update.set(w);
      };
      w.addEventListener("statechange", say);
      say();
    };
    look(reg.waiting);
    look(reg.installing);
    reg.addEventListener("updatefound", () => look(reg.installing));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void reg.update().catch(() => undefined));
  }, () => undefined);
}

/** takeUpdate lets the waiting version take over; the page then reloads. */
export function takeUpdate(): void {
  const w = update.get();
  if (w) w.postMessage("take over");
  else location.reload();
}

/** fetchUpdate looks for a newer version now and takes it; without one it loads this one again. */
export async function fetchUpdate(): Promise<void> {
  await (await navigator.serviceWorker?.getRegistration())?.update().catch(() => undefined);
  takeUpdate();
}
