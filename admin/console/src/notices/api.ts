// What the server says of announcements and deliveries.
import { get } from "../core/server";

export type Kind = "announcement" | "task";
export type To = "all" | "silent" | "missing";

export interface Announce {
  key: string;
  kind: Kind;
  title: string;
  text: string;
  title_en?: string;
  text_en?: string;
  units?: string[];
  to: To;
  month?: string;
  at_ms?: number;
  until_ms?: number;
  dry_run?: boolean;
}

export interface Announced extends Announce {
  id: string;
  by: string;
  created_ms: number;
  state: "preview" | "scheduled" | "sent" | "cancelled";
  teams: number;
  people: number;
  teams_seen: number;
  people_seen: number;
}

/** Teams where nobody has read a message. */
export interface Unread {
  teams: { team: string; name: string; commune: string }[];
  more?: number;
}

export interface Unit {
  unit: string;
  name: string;
}

export interface Deliveries {
  on: string[];
  paused: { channel: string; why: string; until_ms: number }[];
  days: { day: string; channel: string; state: string; n: number }[];
  targets: { channel: string; devices: number; failing: number; silent: number }[];
  waiting: number;
  parked: { id: string; kind: string; at_ms: number; why?: string; tries?: number }[];
  units: { unit: string; members: number; without: number }[];
}

/** communes reads all of today's, by name. */
export async function communes(): Promise<Unit[]> {
  const { units } = await get<{ units: Unit[] }>("/v1/units?level=commune");
  return units.sort((a, b) => a.name.localeCompare(b.name, "vi"));
}

/** newKey names what is about to be sent, so that sending twice is once. */
export function newKey(): string {
  const raw = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
