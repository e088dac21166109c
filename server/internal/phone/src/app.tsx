// Which screen stands at which address.
import type { ComponentType } from "preact";
import { useCell } from "./core/cell";
import { gate } from "./core/gate";
import { lang, t } from "./core/text";
import { Choose, Enter } from "./screens/Enter";
import { Entries } from "./screens/Entries";
import { Entry } from "./screens/Entry";
import { Home } from "./screens/Home";
import { Log, LogFormPage } from "./screens/Log";
import { PinGate } from "./screens/Pin";
import { Sync } from "./screens/Sync";
import { Note, Toasts } from "./ui/kit";
import { route } from "./ui/router";
import { Updates } from "./ui/updates";

/** To add a screen: write it in screens/, name it here. */
const screens: Record<string, ComponentType> = {
  "": Home,
  entries: Entries,
  entry: Entry,
  log: Log,
  "log/form": LogFormPage,
  sync: Sync,
};

export function App() {
  const at = useCell(gate);
  const l = useCell(lang);
  return (
    <div key={l} id="frame">
      <Updates />
      {at.at === "start" && <p class="hidden">{t("reading")}</p>}
      {at.at === "trouble" && <main><Note tone="bad"><p>{t("trouble.storage")}</p></Note></main>}
      {at.at === "enter" && <Enter code={at.code} again={at.again} />}
      {at.at === "choose" && <Choose people={at.people} />}
      {at.at === "pin" && <PinGate who={at.who} />}
      {at.at === "in" && <Inside />}
      <Toasts />
    </div>
  );
}

function Inside() {
  const { path } = useCell(route);
  const Found = screens[path.slice(0, 2).join("/")] ?? screens[path[0] ?? ""] ?? Home;
  return <Found key={path.join("/")} />;
}
