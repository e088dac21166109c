// What the roster's screens read and send.
import { get, send, upload } from "../core/server";
import { type Job, asJob } from "../jobs/api";

export interface Column {
  name: string;
  vi: string;
  en: string;
  required?: boolean;
}

export interface Kind {
  kind: string;
  columns: Column[];
}

export type Status = "created" | "updated" | "unchanged" | "bad";

export interface Row {
  line: number;
  ref: string;
  status: Status;
  field?: string;
  msg?: string;
  msg_vi?: string;
  note?: string;
  note_vi?: string;
}

export interface Report {
  read: string;
  created: number;
  updated: number;
  unchanged: number;
  bad: number;
  rows: Row[];
}

/** system alone takes in units and officers. */
export const ofSystem = ["units", "unit_events", "officers"];

export const kinds = (): Promise<Kind[]> => get<{ kinds: Kind[] }>("/v1/imports").then((v) => v.kinds);

const mimeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const mime = (f: File): string => (/\.xlsx$/i.test(f.name) ? mimeXLSX : "text/csv");

/** tryFile says what would become of each row. */
export const tryFile = (kind: string, f: File): Promise<Report> => upload(`/v1/imports/${kind}?dry_run=true`, f, { "Content-Type": mime(f) });

/** takeIn starts the job that takes a file in. */
export function takeIn(kind: string, f: File, skipBad: boolean): Promise<Job> {
  const q = new URLSearchParams({ name: f.name.normalize("NFC").slice(0, 80), ...(skipBad && { skip_bad: "true" }) });
  return upload(`/v1/imports/${kind}?${q}`, f, { "Content-Type": mime(f), ...asJob });
}

export interface Team {
  id: string;
  name: string;
  level: string;
  commune: string;
  village?: string;
  decision: string;
  established_on: string;
  dissolved_on?: string;
  members: number;
  leader?: string;
}

export interface Member {
  grant: string;
  person: string;
  name: string;
  role: string;
  from?: string;
  to?: string;
}

export interface Unit {
  unit: string;
  level: "province" | "district" | "commune";
  code: string;
  kind: string;
  name: string;
  aliases?: string[];
  parent?: string;
  basis: string;
  from?: string;
  to?: string;
}

export const eventKinds = ["merge", "split", "rename", "retype", "reparent", "create", "dissolve"] as const;
export type EventKind = (typeof eventKinds)[number];

export interface UnitEvent {
  kind: EventKind;
  on: string;
  from: string[];
  to: string[];
  part?: string[];
  basis: string;
}

export interface After {
  unit?: string;
  code?: string;
  kind?: string;
  name?: string;
  parent?: string;
}

export interface UnitChange {
  key: string;
  kind: EventKind;
  level: Unit["level"];
  on: string;
  basis: string;
  from: string[];
  part?: string[];
  to: After[];
  moves?: { team: string; to: string }[];
}

export interface Impact {
  change: UnitChange;
  units: { unit: string; code: string; name: string; effect: "begins" | "ends" | "changes" | "follows" | "gives" }[];
  teams: { team: string; name: string; village?: string; from: string; to?: string }[];
  registrations: Registration[];
  open_months: number;
  officers: number;
  problems: { ref: string; msg: string; msg_vi: string }[];
  recorded: boolean;
}

export interface Registration {
  commune: string;
  year: number;
  standard: "standard" | "advanced";
  decision: string;
  on: string;
  origin: string;
}

export interface Code {
  person: string;
  code?: string;
  expires_ms?: number;
  error?: string;
}

export interface Device {
  id: string;
  name: string;
  created_ms: number;
  last_seen_ms: number;
  revoked_ms?: number;
}

export const teams = (): Promise<Team[]> => get<{ teams: Team[] }>("/v1/teams").then((v) => v.teams);
export const units = (query: string): Promise<Unit[]> => get<{ units: Unit[] }>(`/v1/units?${query}`).then((v) => v.units);
export const people = (of: { team: string } | { unit: string }): Promise<Member[]> => get<{ people: Member[] }>(`/v1/people?${new URLSearchParams(of)}`).then((v) => v.people);
export const registrations = (year: string): Promise<Registration[]> => get<{ registrations: Registration[] }>(`/v1/registrations?year=${year}`).then((v) => v.registrations);
export const codes = (list: string[]): Promise<Code[]> => send<{ codes: Code[] }>("POST", "/v1/codes", { people: list }).then((v) => v.codes);
export const devices = (person: string): Promise<Device[]> => get<{ devices: Device[] }>(`/v1/devices?person=${person}`).then((v) => v.devices);
export const revoke = (device: string): Promise<void> => send("POST", `/v1/devices/${device}/revoke`);
export const endGrant = (grant: string, on: string): Promise<Member> => send("POST", `/v1/grants/${grant}/end`, { on });
export const give = (g: Record<string, string>): Promise<Member> => send("POST", "/v1/grants", Object.fromEntries(Object.entries(g).filter(([, v]) => v)));
export interface Place {
  commune: string;
  name: string;
  kind: string;
  source: string;
  team?: string;
  team_name?: string;
}

export const places = (): Promise<Place[]> => get<{ places: Place[] }>("/v1/places").then((v) => v.places);
export const unitEvents = (): Promise<UnitEvent[]> => get<{ events: UnitEvent[] }>("/v1/units/events").then((v) => v.events);
export const tryChange = (c: UnitChange): Promise<Impact> => send("POST", "/v1/units/changes/check", c);
export const recordChange = (c: UnitChange): Promise<Impact> => send("POST", "/v1/units/changes", c);
export const register = (g: Registration): Promise<Registration> => send("POST", `/v1/communes/${g.commune}/registrations/${g.year}`, { standard: g.standard, decision: g.decision, on: g.on, origin: g.origin });
export const unregister = (commune: string, year: number): Promise<void> => send("DELETE", `/v1/communes/${commune}/registrations/${year}`);
