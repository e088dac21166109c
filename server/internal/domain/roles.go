package domain

import (
	"slices"

	"github.com/banso/banso/syncproto"
)

// ID is an id of the protocol.
type ID = syncproto.ID

// Role is what a grant lets a person do on its subject.
type Role string

const (
	RoleMember     Role = "member"        // of a team (thành viên)
	RoleLeader     Role = "leader"        // of a team (tổ trưởng)
	RoleDeputy     Role = "deputy_leader" // of a team (tổ phó)
	RoleChair      Role = "commune_chair"
	RoleViceChair  Role = "commune_vice_chair" // by delegation, with dates
	RoleStandby    Role = "commune_deputy"     // decides for the commune only what nobody decided in time
	RoleAccountant Role = "commune_accountant"
	RoleOfficer    Role = "commune_officer"  // checks and aggregates, decides nothing
	RoleDistrict   Role = "district_officer" // reads and aggregates; until 30/6/2025
	RoleProvince   Role = "province_admin"   // publishes, funds, closes
	RoleViewer     Role = "province_viewer"  // dashboard
	RoleSystem     Role = "system_admin"     // runs it
)

// Grant is a dated role of a person on a team or a unit: record type "grant",
// in sys:grants/<person> and in team:<t> or commune:<c>. Rights come from
// grants, re-read in each transaction, never from a token.
type Grant struct {
	Person ID     `json:"person"`
	Role   Role   `json:"role"`
	Team   ID     `json:"team,omitzero"` // of RoleMember, RoleLeader, RoleDeputy
	Unit   ID     `json:"unit,omitzero"` // of all others: commune, district or province
	Name   string `json:"name"`          // display name, for the team's phones
	Interval
}

// Grants are all grants of one person.
type Grants []Grant

// TeamRole returns the strongest role of the person in a team on a day, or "".
func (gs Grants) TeamRole(team ID, on Date) (role Role) {
	for _, g := range gs {
		if g.Team == team && team != "" && g.Has(on) && teamRank[g.Role] > teamRank[role] {
			role = g.Role
		}
	}
	return role
}

var teamRank = map[Role]int{RoleMember: 1, RoleDeputy: 2, RoleLeader: 3}

// Has reports whether the person holds one of the roles on a unit on a day.
func (gs Grants) Has(unit ID, on Date, roles ...Role) bool {
	for _, g := range gs {
		if g.Unit == unit && unit != "" && g.Interval.Has(on) {
			for _, r := range roles {
				if g.Role == r {
					return true
				}
			}
		}
	}
	return false
}

// Anywhere reports whether the person holds one of the roles on a day, on any
// unit (the first administrator's grant names none).
func (gs Grants) Anywhere(on Date, roles ...Role) bool {
	for _, g := range gs {
		if g.Interval.Has(on) && slices.Contains(roles, g.Role) {
			return true
		}
	}
	return false
}

// Active reports whether the person holds any grant on a day.
func (gs Grants) Active(on Date) bool { return gs.active(on) }

// MayReview reports whether the person decides for a commune on a day.
func (gs Grants) MayReview(commune ID, on Date) bool {
	return gs.Has(commune, on, RoleChair, RoleViceChair)
}

// StandsIn reports whether the person decides what a commune has left undecided
// beyond its review day.
func (gs Grants) StandsIn(commune ID, on Date) bool { return gs.Has(commune, on, RoleStandby) }

// MayRead reports whether a day lies in an interval that lets the person read
// a scope; self is the person. Who left a team keeps only user: for
// syncproto.LeaverDays.
func (gs Grants) MayRead(self ID, scope syncproto.ParsedScope, on Date) bool {
	switch scope.Kind {
	case syncproto.KindRef:
		return gs.active(on)
	case syncproto.KindUser:
		return scope.ID == self && gs.active(on.Add(-syncproto.LeaverDays), on)
	case syncproto.KindTeam:
		return gs.TeamRole(scope.ID, on) != ""
	case syncproto.KindCommune:
		return gs.Has(scope.ID, on, RoleChair, RoleViceChair, RoleStandby, RoleAccountant, RoleOfficer)
	}
	return false
}

// active reports whether any grant overlaps the days from the first to the last.
func (gs Grants) active(days ...Date) bool {
	span := Interval{From: days[0], To: days[len(days)-1]}
	for _, g := range gs {
		if g.Overlaps(span) {
			return true
		}
	}
	return false
}
