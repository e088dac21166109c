// Who is signed in, and for which places.
export type Role =
  | "member" | "leader" | "deputy_leader" | "commune_chair" | "commune_vice_chair" | "commune_deputy" | "commune_accountant"
  | "commune_officer" | "district_officer" | "province_admin" | "province_viewer" | "system_admin";

export interface Grant {
  role: Role;
  team?: string;
  unit?: string;
  name: string;
  from?: string;
  to?: string;
}

export interface Me {
  person: string;
  device: string;
  name: string;
  grants: Grant[];
  now_ms: number;
  today: string;
}

/** Who decides for a commune. */
export const deciders: readonly Role[] = ["commune_chair", "commune_vice_chair", "commune_deputy"];
export const communeStaff: readonly Role[] = [...deciders, "commune_accountant", "commune_officer"];
export const provinceStaff: readonly Role[] = ["province_admin", "province_viewer", "system_admin"];

/** grantsNow are those in force on the server's day. */
export function grantsNow(me: Me): Grant[] {
  return me.grants.filter((g) => (!g.from || g.from <= me.today) && (!g.to || g.to >= me.today));
}

export function hasRole(me: Me, roles: readonly Role[]): boolean {
  return grantsNow(me).some((g) => roles.includes(g.role));
}

/** unitsOf are the places where a person holds one of these roles. */
export function unitsOf(me: Me, roles: readonly Role[]): string[] {
  return [...new Set(grantsNow(me).filter((g) => roles.includes(g.role)).map((g) => g.unit ?? "").filter(Boolean))];
}
