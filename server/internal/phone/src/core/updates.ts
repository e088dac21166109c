// A new version waits until the person takes it, or until the app is opened
// next time: never under somebody's fingers.
import { Cell } from "@banso/kit/cell";

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

/** How long a new version may take to arrive: some 100 KB over a poor line. */
const arriveMs = 60_000;

/** fetchUpdate looks for a newer version now and takes it; false if none arrived. */
export async function fetchUpdate(): Promise<boolean> {
  const reg = await navigator.serviceWorker?.getRegistration();
  if (!reg) {
    location.reload(); // without a worker each load is the newest there is
    return true;
  }
  await reg.update().catch(() => undefined);
  const w = reg.installing ?? reg.waiting;
  if (!w || !(await installed(w))) return false;
  w.postMessage("take over");
  return true;
}

function installed(w: ServiceWorker): Promise<boolean> {
  return new Promise((done) => {
    const look = (): void => {
      if (w.state !== "installing") done(w.state !== "redundant");
    };
    w.addEventListener("statechange", look);
    setTimeout(() => done(false), arriveMs);
    look();
  });
}
