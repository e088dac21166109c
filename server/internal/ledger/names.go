package ledger

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// namer finds names for what people read; an error sticks.
type namer struct {
	r   store.Reader
	err error
}

// of is the name of a team, a person or a recognised unit.
func (n *namer) of(id domain.ID) string {
	t, err := roster.Team(n.r, id)
	if err == nil {
		return t.Name
	}
	if domain.CodeOf(err) == domain.NotFound {
		p, perr := roster.Person(n.r, id)
		if perr == nil {
			return p.Name
		}
		err = perr
	}
	if domain.CodeOf(err) == domain.NotFound {
		name := ""
		n.keep(roster.Recognitions(n.r, func(g domain.Recognition) bool {
			if g.Subject == id {
				name = g.Name
			}
			return name == ""
		}))
		return name
	}
	n.keep(err)
	return ""
}

// unit is the name of a unit on a day, "" if it was not there.
func (n *namer) unit(id domain.ID, on domain.Date) string {
	u, err := roster.UnitAt(n.r, id, on)
	if domain.CodeOf(err) != domain.NotFound {
		n.keep(err)
	}
	return u.Name
}

// parents are the district (until 30/6/2025) and the province above a commune.
func (n *namer) parents(id domain.ID, on domain.Date) (district, province string) {
	for range 3 {
		u, err := roster.UnitAt(n.r, id, on)
		if err != nil {
			if domain.CodeOf(err) != domain.NotFound {
				n.keep(err)
			}
			return district, province
		}
		switch u.Level {
		case domain.UnitDistrict:
			district = u.Name
		case domain.UnitProvince:
			province = u.Name
		}
		id = u.Parent
	}
	return district, province
}

// ownProvince is the name of the shard's province on a day.
func (n *namer) ownProvince(on domain.Date) (name string) {
	n.keep(roster.Units(n.r, func(u domain.UnitVersion) bool {
		if u.Level == domain.UnitProvince && u.Has(on) {
			name = u.Name
		}
		return true
	}))
	return name
}

// team is how a paper names a team: with its village and its leader of a day.
func (n *namer) team(id domain.ID, on domain.Date) papers.Team {
	t, err := roster.Team(n.r, id)
	n.keep(err)
	out := papers.Team{Name: t.Name, Village: t.Village}
	n.keep(roster.TeamGrants(n.r, id, func(g domain.Grant) bool {
		if g.Role == domain.RoleLeader && g.Has(on) {
			out.Leader = g.Name
		}
		return true
	}))
	return out
}

func (n *namer) keep(err error) {
	if n.err == nil {
		n.err = err
	}
}
