package roster

import (
	"context"
	"io"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Service is the roster as the API sees it: each method opens its own
// transaction and reads the caller's rights in it.
type Service struct {
	Store store.Store
	Now   func() time.Time
	Rand  io.Reader // for ids
	// MapFile is the province's own outlines of its communes; none: the
	// published ones are shown.
	MapFile string
	// Months counts months for changes of units; nil: they are not looked at.
	Months MonthsOf
}

// today is the day in UTC+7 for reads.
func (s *Service) today() domain.Date { return domain.DateOf(s.Now()) }

// Rights groups of roles.
var (
	administrators = []domain.Role{domain.RoleProvince, domain.RoleSystem}
	communeRoles   = []domain.Role{domain.RoleChair, domain.RoleViceChair, domain.RoleStandby, domain.RoleAccountant, domain.RoleOfficer}
	aggregators    = []domain.Role{domain.RoleProvince, domain.RoleSystem, domain.RoleViewer, domain.RoleDistrict}
)

// Forbidden is what a caller without the right for something gets.
func forbidden() error {
	return domain.E(domain.Forbidden, "Your account has no right to do this.",
		"Tài khoản của bạn không có quyền làm việc này.")
}

// UnitFilter narrows a list of units; zero fields do not narrow.
type UnitFilter struct {
	On    domain.Date // versions in force that day; "" means today
	All   bool        // every version instead
	Level domain.UnitLevel
	// Parent is the unit directly above.
	Parent domain.ID
	Query  string // part of the name, accents ignored
}

// Units lists units for anybody who holds a grant, ordered by code.
func (s *Service) Units(ctx context.Context, who domain.Caller, f UnitFilter) ([]domain.UnitVersion, error) {
	on := f.On
	if on == "" {
		on = s.today()
	}
	key := domain.SearchKey(f.Query)
	var out []domain.UnitVersion
	err := s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Active(s.today()) {
			return forbidden()
		}
		out = out[:0]
		return Units(r, func(v domain.UnitVersion) bool {
			if (f.All || v.Has(on)) && (f.Level == "" || v.Level == f.Level) && (f.Parent == "" || v.Parent == f.Parent) && v.Matches(key) {
				out = append(out, v)
			}
			return true
		})
	})
	sortBy(out, func(v domain.UnitVersion) string { return string(v.Level) + v.Code + string(v.From) })
	return out, err
}

// TeamRow is a team with its id.
type TeamRow struct {
	ID domain.ID `json:"id"`
	domain.Team
	// Members today, and who leads; the name only for those who work with him.
	Members int    `json:"members"`
	Leader  string `json:"leader,omitzero"`
}

// Teams lists the teams of a commune, or with an empty commune all that the
// caller may see: those of his communes and his own, or of the whole province.
func (s *Service) Teams(ctx context.Context, who domain.Caller, commune domain.ID) ([]TeamRow, error) {
	var out []TeamRow
	err := s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		on, seen := s.today(), 0
		all := gs.Anywhere(on, aggregators...) && !who.PushOnly
		out = out[:0]
		add := func(id domain.ID, t domain.Team) bool {
			if all || !who.PushOnly && (gs.TeamRole(id, on) != "" || readsCommune(gs, t.Commune, on)) {
				out = append(out, TeamRow{ID: id, Team: t})
			}
			seen++
			return true
		}
		if commune == "" {
			err = Teams(r, add)
		} else {
			err = TeamsOf(r, commune, add)
		}
		if err == nil && len(out) == 0 && (seen > 0 || !gs.Active(on)) {
			err = forbidden()
		}
		for i := range out {
			if err == nil {
				err = out[i].count(r, gs, on)
			}
		}
		return err
	})
	sortBy(out, func(t TeamRow) string { return string(t.Commune) + t.Name + string(t.ID) })
	return out, err
}

// count fills in who is in the team on a day.
func (t *TeamRow) count(r store.Reader, gs domain.Grants, on domain.Date) error {
	names := gs.TeamRole(t.ID, on) != "" || readsCommune(gs, t.Commune, on) || gs.Anywhere(on, administrators...)
	seen := map[domain.ID]bool{}
	return TeamGrants(r, t.ID, func(g domain.Grant) bool {
		if g.Has(on) && !seen[g.Person] {
			seen[g.Person] = true
			t.Members++
		}
		if g.Has(on) && g.Role == domain.RoleLeader && names {
			t.Leader = g.Name
		}
		return true
	})
}

// MemberRow is one dated role in a team. It names a person, so it is given
// only to those who work with that person.
type MemberRow struct {
	Grant  domain.ID   `json:"grant"`
	Person domain.ID   `json:"person"`
	Name   string      `json:"name"`
	Role   domain.Role `json:"role"`
	domain.Interval
}

// People lists the members of a team, for the team itself, its commune and
// the administrators; a viewer of the province sees figures, not names.
func (s *Service) People(ctx context.Context, who domain.Caller, team domain.ID) ([]MemberRow, error) {
	var out []MemberRow
	err := s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		on := s.today()
		t, err := Team(r, team)
		if err != nil {
			if domain.CodeOf(err) == domain.NotFound && !gs.Anywhere(on, administrators...) { // told the same whether the team exists or not
				return forbidden()
			}
			return err
		}
		if who.PushOnly || gs.TeamRole(team, on) == "" && !readsCommune(gs, t.Commune, on) && !gs.Anywhere(on, administrators...) {
			return forbidden()
		}
		out = out[:0]
		return members(r, syncproto.TeamScope(team), syncproto.TypeGrant, func(id domain.ID, g domain.Grant) bool {
			out = append(out, MemberRow{id, g.Person, g.Name, g.Role, g.Interval})
			return true
		})
	})
	sortBy(out, func(m MemberRow) string { return string(m.Role) + m.Name + string(m.Person) })
	return out, err
}

// Registrations lists the communes registered in a year.
func (s *Service) Registrations(ctx context.Context, who domain.Caller, year int) ([]domain.Registration, error) {
	var out []domain.Registration
	err := s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Active(s.today()) {
			return forbidden()
		}
		out = out[:0]
		return members(r, ScopeRegistrations(year), TypeRegistration, func(_ domain.ID, g domain.Registration) bool {
			out = append(out, g)
			return true
		})
	})
	sortBy(out, func(g domain.Registration) string { return string(g.Commune) })
	return out, err
}

func readsCommune(gs domain.Grants, commune domain.ID, on domain.Date) bool {
	return gs.Has(commune, on, communeRoles...)
}
