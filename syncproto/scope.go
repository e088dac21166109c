package syncproto

import "strings"

// Scope is the unit of replication and of read rights. Its name is one of
//
//	ref                      catalogues, codes, policies in plain language
//	user:<person>            profile, inbox, own cases
//	team:<team>              team, members, progress of its months, cases
//	team:<team>/<yyyy-mm>    activities and the report of that month
//	commune:<unit>           what its reviewers share
//	commune:<unit>/<yyyy-mm> all activities and reports they review that month
//	sys:<name>               the server's own records; never delivered
type Scope string

// Kinds of scope, the part of the name before the colon.
const (
	KindRef     = "ref"
	KindUser    = "user"
	KindTeam    = "team"
	KindCommune = "commune"
	KindSys     = "sys"
)

// ScopeRef is the scope that everybody who is signed in may read.
const ScopeRef Scope = "ref"

// UserScope, TeamScope, TeamMonthScope, CommuneScope and CommuneMonthScope
// build names; month is "yyyy-mm".
func UserScope(person ID) Scope                     { return Scope("user:" + string(person)) }
func TeamScope(team ID) Scope                       { return Scope("team:" + string(team)) }
func TeamMonthScope(team ID, month string) Scope    { return TeamScope(team) + Scope("/"+month) }
func CommuneScope(unit ID) Scope                    { return Scope("commune:" + string(unit)) }
func CommuneMonthScope(unit ID, month string) Scope { return CommuneScope(unit) + Scope("/"+month) }
func SysScope(name string) Scope                    { return Scope("sys:" + name) }

// ParsedScope is the parts of a scope's name.
type ParsedScope struct {
	Kind  string // KindRef … KindSys
	ID    ID     // person, team or unit; "" for ref and sys
	Month string // "yyyy-mm" or ""
}

// Parse splits a name and checks its form; ok is false for anything that is
// not a deliverable scope (sys: included).
func (s Scope) Parse() (p ParsedScope, ok bool) {
	if s == ScopeRef {
		return ParsedScope{Kind: KindRef}, true
	}
	kind, rest, found := strings.Cut(string(s), ":")
	if !found {
		return p, false
	}
	id, month, hasMonth := strings.Cut(rest, "/")
	if _, err := ParseID(id); err != nil {
		return p, false
	}
	switch kind {
	case KindUser:
		if hasMonth {
			return p, false
		}
	case KindTeam, KindCommune:
		if hasMonth && !ValidMonth(month) {
			return p, false
		}
	default:
		return p, false
	}
	return ParsedScope{Kind: kind, ID: ID(id), Month: month}, true
}

// ValidMonth reports whether s is yyyy-mm with a month from 01 to 12 and a
// year from 2000 to 2199.
func ValidMonth(s string) bool {
	if len(s) != 7 || s[4] != '-' {
		return false
	}
	for i, c := range []byte(s) {
		if i != 4 && (c < '0' || c > '9') {
			return false
		}
	}
	m := s[5:]
	return s[:4] >= "2000" && s[:4] < "2200" && m >= "01" && m <= "12"
}
