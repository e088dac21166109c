package roster

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// maxName is how long a person's name may be, in characters.
const maxName = 80

// NewGrant is a role that is to be given: to a person who is known, or to a new
// one by name.
type NewGrant struct {
	Person domain.ID
	Name   string
	Role   domain.Role
	Team   domain.ID
	Unit   domain.ID
	domain.Interval
}

// Give gives a role by date. A chair gives the roles of his commune's teams, its
// accountant and officer (to a vice chair he delegates: see Delegation); the
// province all but its own kind; the system's administrator all. Nobody gives
// himself one.
func (s *Service) Give(ctx context.Context, who domain.Caller, in NewGrant) (out MemberRow, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		g := domain.Grant{Person: in.Person, Role: in.Role, Team: in.Team, Unit: in.Unit, Name: in.Name, Interval: in.Interval}
		if g.From == "" {
			g.From = domain.DateOf(tx.Now())
		}
		if g.To != "" && g.To < g.From {
			return badRow("to", "The last day lies before the first.", "Ngày cuối trước ngày đầu.")
		}
		if err := s.mayGive(tx, who, g); err != nil {
			return err
		}
		c := store.Cause{By: who.Person, Op: "give_role"}
		if g.Person == "" {
			g.Person = syncproto.NewRecordID(s.Rand, tx.Now())
			if err := PutPerson(tx, g.Person, domain.Person{Name: g.Name}, c); err != nil {
				return err
			}
		} else if err := s.known(tx, &g); err != nil {
			return err
		}
		subject := g.Team + g.Unit
		id := grantID(g.Person, g.Role, subject, g.From)
		out = MemberRow{id, g.Person, g.Name, g.Role, g.Interval}
		return PutGrant(tx, id, g, c)
	})
	return out, err
}

// known fills in the name of a person who is there, and refuses a role that he
// has in those days already.
func (s *Service) known(r store.Reader, g *domain.Grant) error {
	p, err := Person(r, g.Person)
	if err != nil {
		return err
	}
	if p.Veiled {
		return Veiled()
	}
	g.Name = p.Name
	gs, err := GrantsOf(r, g.Person)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(gs, func(o domain.Grant) bool {
		return o.Role == g.Role && o.Team == g.Team && o.Unit == g.Unit && o.Overlaps(g.Interval)
	}) {
		return domain.E(domain.Conflict, "The person has this role in these days already.", "Người này đã có vai trò đó trong thời gian này.")
	}
	return nil
}

// End ends a role: on is its last day.
func (s *Service) End(ctx context.Context, who domain.Caller, id domain.ID, on domain.Date) (out MemberRow, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		rec, err := tx.Record(store.Key{Type: syncproto.TypeGrant, ID: id})
		var g domain.Grant
		there := err == nil && !rec.Deleted && !withdrawn(&rec)
		if there {
			if err := json.Unmarshal(rec.Doc, &g); err != nil {
				return err
			}
		}
		if err := s.mayGive(tx, who, g); err != nil {
			return err // also where there is none: nobody learns which exist
		}
		switch {
		case !there:
			return domain.E(domain.NotFound, "There is no such role.", "Không tìm thấy vai trò này.")
		case g.To != "" && g.To < domain.DateOf(tx.Now()):
			return domain.E(domain.Conflict, "The role has ended already.", "Vai trò này đã kết thúc.")
		case on < g.From:
			return badRow("on", "The role begins later than that.", "Vai trò bắt đầu sau ngày này.")
		}
		g.To = on
		out = MemberRow{id, g.Person, g.Name, g.Role, g.Interval}
		return PutGrant(tx, id, g, store.Cause{By: who.Person, Op: "end_role"})
	})
	return out, err
}

// mayGive holds a role against what the caller may give; its subject must exist.
func (s *Service) mayGive(r store.Reader, who domain.Caller, g domain.Grant) error {
	gs, err := GrantsOf(r, who.Person)
	if err != nil {
		return err
	}
	on := s.today()
	system, province := gs.Anywhere(on, domain.RoleSystem), gs.Anywhere(on, domain.RoleProvince)
	if who.PushOnly || g.Person == who.Person {
		return forbidden()
	}
	if g.Team == "" && g.Unit == "" && (system || province) {
		if system {
			return nil // the first administrator's names no unit
		}
		return forbidden()
	}
	commune := g.Unit
	if g.Team != "" {
		t, err := Team(r, g.Team)
		if err != nil && (system || province || domain.CodeOf(err) != domain.NotFound) {
			return err
		}
		commune = t.Commune
	}
	chairs := []domain.Role{domain.RoleMember, domain.RoleLeader, domain.RoleDeputy, domain.RoleAccountant, domain.RoleOfficer}
	switch {
	case system:
	case province && g.Role != domain.RoleProvince && g.Role != domain.RoleSystem:
	case gs.Has(commune, on, domain.RoleChair) && slices.Contains(chairs, g.Role):
	default:
		return forbidden()
	}
	if g.Team != "" {
		return nil
	}
	v, err := UnitAt(r, g.Unit, on)
	if err == nil && !slices.Contains(officerRoles[v.Level], string(g.Role)) {
		err = badRow("role", "This role is not one of that level of units.", "Vai trò không thuộc cấp đơn vị này.")
	}
	return err
}

func (in *NewGrant) check() error {
	team := slices.Contains([]domain.Role{domain.RoleMember, domain.RoleLeader, domain.RoleDeputy}, in.Role)
	switch {
	case team != (in.Team != "") || team == (in.Unit != ""):
		return badRow("role", "A role in a team names the team, every other one a unit.", "Vai trò trong tổ phải chọn tổ, vai trò khác phải chọn đơn vị.")
	case in.Person != "":
		in.Name = ""
		return nil
	}
	return CheckName(in.Name)
}

// Staff lists who holds a role on a unit: of a commune for its own staff and the
// administrators, above the communes for the administrators.
func (s *Service) Staff(ctx context.Context, who domain.Caller, unit domain.ID) ([]MemberRow, error) {
	var out []MemberRow
	err := s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		on := s.today()
		admin := gs.Anywhere(on, administrators...)
		if who.PushOnly || !admin && !readsCommune(gs, unit, on) {
			return forbidden()
		}
		out = []MemberRow{}
		add := func(id domain.ID, g domain.Grant) bool {
			if g.Unit == unit || g.Unit == "" {
				out = append(out, MemberRow{id, g.Person, g.Name, g.Role, g.Interval})
			}
			return true
		}
		v, err := UnitAt(r, unit, on)
		if err != nil {
			return err
		}
		if v.Level == domain.UnitCommune {
			return members(r, syncproto.CommuneScope(unit), syncproto.TypeGrant, add)
		}
		if !admin {
			return forbidden()
		}
		return members(r, ScopeOfficers, syncproto.TypeGrant, add)
	})
	sortBy(out, func(m MemberRow) string { return string(m.Role) + m.Name + string(m.Person) })
	return out, err
}
