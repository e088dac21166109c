// The table of screens: what stands at which address, who sees it, and where it
// is loaded from when somebody opens it. To add a screen, add a line.
import type { IconName } from "@banso/kit/icons";
import type { ComponentType } from "preact";
import { type Me, type Role, communeStaff, deciders, hasRole, provinceStaff } from "./core/me";
import type { Key } from "./core/text";

export interface ScreenProps {
  me: Me;
  /** What follows the screen's path in the address. */
  rest: string[];
  query: URLSearchParams;
}

export interface Screen {
  /** First part of the address behind #/; "" is where everybody arrives. */
  path: string;
  title: Key;
  icon: IconName;
  /** Who finds it in the menu; the server decides who may do what. */
  roles: readonly Role[];
  load: () => Promise<{ default: ComponentType<ScreenProps> }>;
}

export const screens: readonly Screen[] = [
  { path: "start", title: "screen.start", icon: "star", roles: ["system_admin"], load: () => import("./roster/Start") },
  { path: "review", title: "screen.review", icon: "check", roles: deciders, load: () => import("./review/Review") },
  { path: "dashboard", title: "screen.dashboard", icon: "home", roles: [...provinceStaff, "district_officer", ...communeStaff], load: () => import("./dashboard/Dashboard") },
  { path: "month", title: "screen.month", icon: "lock", roles: communeStaff, load: () => import("./month/Month") },
  { path: "lists", title: "screen.lists", icon: "paper", roles: [...communeStaff, "province_admin"], load: () => import("./month/Lists") },
  { path: "disputes", title: "screen.disputes", icon: "inbox", roles: [...deciders, "province_admin"], load: () => import("./month/Disputes") },
  { path: "money", title: "screen.money", icon: "cash", roles: provinceStaff, load: () => import("./month/Province") },
  { path: "delegation", title: "screen.delegation", icon: "people", roles: ["commune_chair", "commune_vice_chair", "commune_officer", "province_admin", "system_admin"], load: () => import("./delegation/Delegation") },
  { path: "policies", title: "screen.policies", icon: "paper", roles: provinceStaff, load: () => import("./policy/Policies") },
  { path: "notices", title: "screen.notices", icon: "send", roles: [...deciders, "province_admin"], load: () => import("./notices/Notices") },
  { path: "deliveries", title: "screen.deliveries", icon: "inbox", roles: provinceStaff, load: () => import("./notices/Deliveries") },
  { path: "teams", title: "screen.teams", icon: "people", roles: [...communeStaff, ...provinceStaff], load: () => import("./roster/Teams") },
  { path: "settings", title: "screen.settings", icon: "gear", roles: provinceStaff, load: () => import("./settings/Settings") },
  { path: "imports", title: "screen.imports", icon: "plus", roles: ["province_admin", "system_admin"], load: () => import("./roster/Imports") },
  { path: "jobs", title: "screen.jobs", icon: "clock", roles: [...communeStaff, ...provinceStaff], load: () => import("./jobs/Work") },
  { path: "persons", title: "screen.persons", icon: "people", roles: ["province_admin", "system_admin"], load: () => import("./persons/Persons") },
  { path: "audit", title: "screen.audit", icon: "book", roles: ["province_admin", "system_admin"], load: () => import("./audit/Audit") },
  { path: "account", title: "screen.account", icon: "lock", roles: [...communeStaff, ...provinceStaff, "district_officer"], load: () => import("./screens/Account") },
];

/** screensOf are those in a person's menu; the first is where he arrives. */
export function screensOf(me: Me): readonly Screen[] {
  return screens.filter((s) => hasRole(me, s.roles));
}
