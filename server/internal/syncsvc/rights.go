package syncsvc

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// allowed checks who may log work of a day in a team: its members of that day.
func allowed(s *state, in *input, on domain.Date, p place) (outcome, bool) {
	if c := dateCode(s, in, on); c != "" {
		return aside(c, p), false
	}
	if s.team(p.team).Commune == "" {
		return aside(syncproto.CodeInvalid, p), false
	}
	if in.waive != syncproto.CodeNotMember && s.grantsOf(in.m.By).TeamRole(p.team, on) == "" {
		return notMember(in, p), false
	}
	return outcome{}, true
}

// mayTouch checks who may change a record that exists: its author while he was
// in the team on the day, or the leader and deputy of that day.
func mayTouch(s *state, in *input, d syncproto.Doc, p place) (outcome, bool) {
	if in.waive == syncproto.CodeNotMember {
		return outcome{}, true
	}
	role := s.roleOn(in.m.By, d, p)
	switch {
	case role == "":
		return notMember(in, p), false
	case leads(role):
		return outcome{}, true
	case d.Str("author") != string(in.m.By) || in.m.Type == syncproto.TypeReport:
		return aside(syncproto.CodeForbidden, p), false
	}
	return outcome{}, true
}

func leads(r domain.Role) bool { return r == domain.RoleLeader || r == domain.RoleDeputy }

// roleOn is a person's role in the team of a record on the day it was done.
func (s *state) roleOn(person domain.ID, d syncproto.Doc, p place) domain.Role {
	if on := day(d, "done_on"); on != "" {
		return s.grantsOf(person).TeamRole(p.team, on)
	}
	return s.roleInMonth(person, p.team, domain.Month(d.Str("month")))
}
