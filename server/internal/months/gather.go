package months

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// gathered is a team-month as the records tell it.
type gathered struct {
	team      domain.Team
	policy    *policy.Policy
	dates     policy.Dates
	facts     policy.Facts
	unit      domain.ID   // commune on the month's last day
	roster    []domain.ID // members on the last day, sorted
	csum      syncproto.Sum
	undecided int64 // submissions that nobody has decided
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
	t, err := roster.Team(r, team)
	if err != nil {
		return nil, err
	}
	p, err := s.policyFor(r, month)
	if err != nil {
		return nil, err
	}
	g := &gathered{team: t, policy: p, dates: p.Dates(month), unit: t.CommuneOn(month.Last())}
	g.facts = policy.Facts{
		Team: team, Month: month, Level: t.Level, Decision: t.Decision, Since: t.EstablishedOn, Until: t.DissolvedOn,
		Active:     t.EstablishedOn != "" && t.EstablishedOn <= month.Last() && (t.DissolvedOn == "" || month.First() < t.DissolvedOn),
		WholeMonth: t.Active(month.First()) && t.Active(month.Last()),
		Activities: []domain.Counted{},
		Stage:      stage(month, now),
	}
	if g.facts.Registration, err = registration(r, t, month); err != nil {
		return nil, err
	}
	member, err := g.people(r, team, month)
	if err != nil {
		return nil, err
	}
	if err := g.work(r, team, month, member); err != nil {
		return nil, err
	}
	g.facts.Funding, err = s.funding(r, p.ID, team, month)
	return g, err
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

// work reads the activities and the report of the month's scope.
func (g *gathered) work(r store.Reader, team domain.ID, month domain.Month, member func(domain.ID, domain.Date) bool) error {
	days, who := map[domain.Date]bool{}, map[domain.ID]bool{}
	var bad error
	err := r.Members(syncproto.TeamMonthScope(team, string(month)), "", func(rec *store.Record) bool {
		g.asOf = max(g.asOf, rec.Rev)
		switch rec.Type {
		case syncproto.TypeActivity:
			var a domain.Activity
			if bad = json.Unmarshal(rec.Doc, &a); bad != nil {
				return false
			}
			g.sum(rec, a.State)
			if g.activity(rec, &a) {
				days[a.DoneOn] = true
				for _, p := range append(a.Participants, a.Author) {
					if member(p, a.DoneOn) {
						who[p] = true
					}
				}
			}
		case syncproto.TypeReport:
			var p domain.Report
			if bad = json.Unmarshal(rec.Doc, &p); bad != nil {
				return false
			}
			g.sum(rec, p.State)
			g.report(rec, &p)
		}
		return true
	})
	slices.SortFunc(g.facts.Activities, func(a, b domain.Counted) int { return strings.Compare(string(a.ID), string(b.ID)) })
	g.facts.Work.Days, g.facts.Work.Members = int64(len(days)), int64(len(who))
	return errors.Join(err, bad)
}

// sum adds a record to what a closer sees: its content and review state. Its
// rev and free text are left out, so that a note never makes a close stale.
func (g *gathered) sum(rec *store.Record, st domain.State) {
	h := sha256.New()
	h.Write([]byte(rec.Type + "\x00" + string(rec.ID) + "\x00" + rec.C.String() + "\x00" + string(st)))
	var add syncproto.Sum
	copy(add[:], h.Sum(nil))
	g.csum = syncproto.AddSum(g.csum, add)
	if st == domain.Pending {
		g.undecided++
	}
}

// activity notes one activity and reports whether it counts.
func (g *gathered) activity(rec *store.Record, a *domain.Activity) bool {
	w := &g.facts.Work
	if a.State != domain.Withdrawn {
		w.Received++
	}
	switch a.State {
	case domain.Approved:
		w.Approved++
	case domain.Pending:
		w.Pending++
	case domain.Returned:
		w.Returned++
	}
	c := domain.Counted{ID: rec.ID, C: rec.C.String(), Why: g.why(a)}
	c.Counts = c.Why == ""
	switch c.Why {
	case "":
		w.Counted++
		if a.Received >= g.dates.Submit.Add(1).Start().UnixMilli() {
			w.Late++
		}
	case policy.WhyNoEvidence, policy.WhyPhoto:
		w.NoEvidence++
	case policy.WhyOwnReview:
		w.OwnReview++
	case policy.WhyAfterLock:
		w.AfterLock++
	}
	g.facts.Activities = append(g.facts.Activities, c)
	return c.Counts
}

// why says why an activity does not count, "" if it does.
func (g *gathered) why(a *domain.Activity) string {
	switch {
	case a.State != domain.Approved:
		return policy.WhyNotApproved
	case a.DoneOn.Month() != g.facts.Month:
		return policy.WhyMonth
	case a.Reviewer == a.Author:
		return policy.WhyOwnReview
	case a.Received >= g.dates.Lock.Start().UnixMilli():
		return policy.WhyAfterLock
	case a.Waiver != "":
		return ""
	}
	why := policy.WhyNoEvidence
	for _, e := range a.Evidence {
		if strings.HasPrefix(e, domain.EvidencePaper) && len(e) > len(domain.EvidencePaper) {
			return "" // the approval is the check of the paper
		}
		if strings.HasPrefix(e, domain.EvidencePhoto) {
			why = policy.WhyPhoto // its bytes can't be stored yet
		}
	}
	return why
}

func (g *gathered) report(rec *store.Record, p *domain.Report) {
	if p.State == domain.Withdrawn {
		return
	}
	g.facts.Report = policy.Report{
		State: p.State, C: rec.C.String(),
		Late:      p.Received >= g.dates.Submit.Add(1).Start().UnixMilli(),
		AfterLock: p.Received >= g.dates.Lock.Start().UnixMilli(),
		OwnReview: p.State.Decided() && p.Reviewer == p.Author,
	}
}
