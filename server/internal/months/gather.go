package months

import (
	"errors"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// gathered is a team-month as the records tell it.
type gathered struct {
	team      domain.Team
	policy    *policy.Policy   // the main one
	others    []*policy.Policy // by id
	paid      map[*policy.Policy]policy.Paid
	funding   map[*policy.Policy]policy.Funding
	costs     map[*policy.Policy][]policy.Cost
	extra     map[*policy.Policy]policy.Extra
	dates     policy.Dates
	facts     policy.Facts
	unit      domain.ID   // commune on the month's last day
	roster    []domain.ID // members on the last day, sorted
	csum      syncproto.Sum
	undecided int64 // submissions that nobody has decided
	approving bool  // count those as if they were approved
	asOf      int64
}

// Facts gathers what a policy decides a team's month by. The funding part is
// as decided at this moment.
func (s *Service) Facts(r store.Reader, team domain.ID, month domain.Month, now time.Time) (policy.Facts, error) {
	g, err := s.gather(r, team, month, now)
	if err != nil {
		return policy.Facts{}, err
	}
	return g.facts, nil
}

func (s *Service) gather(r store.Reader, team domain.ID, month domain.Month, now time.Time) (*gathered, error) {
	return s.gatherAs(r, team, month, now, false)
}

// gatherAs is gather; approving takes what waits for a decision as approved.
func (s *Service) gatherAs(r store.Reader, team domain.ID, month domain.Month, now time.Time, approving bool) (*gathered, error) {
	t, err := roster.Team(r, team)
	if err != nil {
		return nil, err
	}
	p, others, err := s.policiesFor(r, t, month)
	if err != nil {
		return nil, err
	}
	g := &gathered{team: t, policy: p, others: others, unit: t.CommuneOn(month.Last()), approving: approving}
	var used []domain.ID
	if g.dates, used, err = s.dates(r, p, t, team, month); err != nil {
		return nil, err
	}
	g.facts = policy.Facts{
		Team: team, Month: month, Level: t.Level, Decision: t.Decision, Since: t.EstablishedOn, Until: t.DissolvedOn,
		Active:     t.EstablishedOn != "" && t.EstablishedOn <= month.Last() && (t.DissolvedOn == "" || month.First() < t.DissolvedOn),
		WholeMonth: t.Active(month.First()) && t.Active(month.Last()),
		Activities: []domain.Counted{},
		Stage:      stage(month, now),
	}
	if g.dates != p.Dates(month) {
		g.facts.Deadlines, g.facts.Extended = g.dates, used
	}
	if g.facts.Registration, err = registration(r, t, month); err != nil {
		return nil, err
	}
	if g.facts.Village, err = Village(r, team, month); err != nil {
		return nil, err
	}
	member, err := g.people(r, team, month)
	if err != nil {
		return nil, err
	}
	if err := g.work(r, team, month, member, nil); err != nil {
		return nil, err
	}
	if err := g.readCosts(r); err != nil {
		return nil, err
	}
	return g, g.perPolicy(s, r)
}

// registration finds what R3 asks for: the commune that the team belonged to
// in that month, and before a merger within the year the one it was in then.
func registration(r store.Reader, t domain.Team, month domain.Month) (policy.Registration, error) {
	then := t.CommuneOn(month.Last())
	first := domain.Month(string(month[:4]) + "-01").First()
	find := roster.RegistrationOf
	if t.CommuneOn(first) != then {
		find = func(r store.Reader, _ domain.ID, year int) (domain.Registration, bool, error) {
			return roster.TeamRegistration(r, t, year)
		}
	}
	reg, ok, err := find(r, then, month.Year())
	if err != nil || !ok {
		return policy.Registration{}, err
	}
	return policy.Registration{Commune: reg.Commune, Standard: reg.Standard, Decision: reg.Decision,
		Inherited: reg.Origin == domain.Assumed && reg.Commune != "" && inheritedFrom(r, reg)}, nil
}

// Village is what a team covered on a month's last day, as far as known.
func Village(r store.Reader, team domain.ID, month domain.Month) (policy.Village, error) {
	v, _, err := roster.VillageOn(r, team, month.Last())
	return policy.Village{Households: v.Households, Kind: v.Kind, Key: v.Key, Border: v.Border}, err
}

// inheritedFrom tells an inherited registration from one of the commune's own
// that carries the badge A itself.
func inheritedFrom(r store.Reader, reg domain.Registration) bool {
	_, err := r.Record(store.Key{Type: roster.TypeRegistration, ID: roster.RegistrationID(reg.Commune, reg.Year)})
	return errors.Is(err, store.ErrNotFound)
}

// people reads the roster and returns who was a member on which day.
func (g *gathered) people(r store.Reader, team domain.ID, month domain.Month) (member func(domain.ID, domain.Date) bool, err error) {
	when := map[domain.ID][]domain.Interval{}
	leaders := map[domain.ID]bool{}
	last := month.Last()
	err = roster.TeamGrants(r, team, func(gr domain.Grant) bool {
		when[gr.Person] = append(when[gr.Person], gr.Interval)
		if gr.Role == domain.RoleLeader && gr.Has(last) {
			leaders[gr.Person] = true
		}
		return true
	})
	member = func(p domain.ID, on domain.Date) bool {
		return slices.ContainsFunc(when[p], func(i domain.Interval) bool { return i.Has(on) })
	}
	for p := range when {
		if member(p, last) {
			g.roster = append(g.roster, p)
		}
	}
	slices.Sort(g.roster)
	g.facts.Members, g.facts.Leaders = int64(len(g.roster)), int64(len(leaders))
	return member, err
}
