// Which screen stands at which address.
import type { ComponentType } from "preact";
import { useCell } from "@banso/kit/cell";
import { gate } from "./core/gate";
import { useLive } from "./core/live";
import { phone } from "./core/phone";
import { lang, t } from "./core/text";
import { Case } from "./screens/Case";
import { Contact } from "./screens/Contact";
import { Decide } from "./screens/Decide";
import { Choose, Enter } from "./screens/Enter";
import { Entries } from "./screens/Entries";
import { Entry } from "./screens/Entry";
import { Home } from "./screens/Home";
import { Inbox } from "./screens/Inbox";
import { Log, LogFormPage } from "./screens/Log";
import { Member } from "./screens/Member";
import { Past } from "./screens/Past";
import { PinGate } from "./screens/Pin";
import { Purse } from "./screens/Purse";
import { Report } from "./screens/Report";
import { Review } from "./screens/Review";
import { Settings } from "./screens/Settings";
import { Sync } from "./screens/Sync";
import { Team } from "./screens/Team";
import { Teams } from "./screens/Teams";
import { Wall, walled } from "./screens/Wall";
import { Wishes } from "./screens/Wishes";
import { Note, Toasts } from "./ui/kit";
import { route } from "@banso/kit/router";
import { Tour } from "./ui/tour";
import { Updates } from "./ui/updates";

/** To add a screen: write it in screens/, name it here. */
const screens: Record<string, ComponentType> = {
  "": Home,
  case: Case,
  contact: Contact,
  decide: Decide,
  entries: Entries,
  entry: Entry,
  inbox: Inbox,
  log: Log,
  "log/form": LogFormPage,
  member: Member,
  purse: Purse,
  past: Past,
  report: Report,
  review: Review,
  settings: Settings,
  sync: Sync,
  team: Team,
  teams: Teams,
  wishes: Wishes,
};

export function App() {
  const at = useCell(gate);
  const l = useCell(lang);
  const who = useCell(phone);
  return (
    <div key={l} id="frame">
      <Updates />
      {at.at === "start" && <p class="hidden">{t("reading")}</p>}
      {at.at === "trouble" && <main><Note tone="bad"><p>{t("trouble.storage")}</p></Note></main>}
      {at.at === "enter" && <Enter code={at.code} again={at.again} />}
      {at.at === "choose" && <Choose people={at.people} />}
      {at.at === "pin" && <PinGate who={at.who} />}
      {at.at === "in" && <Inside />}
      <Toasts whose={who} />
    </div>
  );
}

function Inside() {
  const { path } = useCell(route);
  const Found = screens[path.slice(0, 2).join("/")] ?? screens[path[0] ?? ""] ?? Home;
  if (useLive(walled)) return <Wall />;
  return (
    <>
      <Found key={path.join("/")} />
      <Tour />
    </>
  );
}
