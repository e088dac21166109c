import { Cell } from "@banso/kit/cell";

interface Installer extends Event {
  prompt(): Promise<unknown>;
}

/** The browser's offer to put the app on the home screen, once it makes one. */
export const install = new Cell<Installer | null>(null);

addEventListener("beforeinstallprompt", (e) => {
  e.preventDefault();
  install.set(e as Installer);
});
addEventListener("appinstalled", () => install.set(null));
