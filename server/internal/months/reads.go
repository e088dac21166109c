package months

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// TeamMonthView is a team's month with what its closer must name.
type TeamMonthView struct {
	Team     domain.ID       `json:"team"`
	Name     string          `json:"name"`
	Month    domain.Month    `json:"month"`
	Csum     string          `json:"csum"`
	Closed   bool            `json:"closed"`
	Progress domain.Progress `json:"progress"`
	Hoped    []Hoped         `json:"if_approved,omitzero"` // while something waits for a decision; the main policy first
}

// Hoped is what a policy would give if everything that waits were approved.
type Hoped struct {
	Policy   string        `json:"policy"`
	Result   domain.Result `json:"result"`
	Amount   domain.Money  `json:"amount"`
	ReasonVi string        `json:"reason_vi"`
	ReasonEn string        `json:"reason_en"`
}

func (j *judged) view() TeamMonthView {
	return TeamMonthView{Team: j.Team, Name: j.team.Name, Month: j.Month, Csum: j.csum, Closed: j.closed, Progress: j.Progress, Hoped: j.hoped}
}

// hopedFor judges an open month with everything that waits approved.
func (s *Service) hopedFor(r store.Reader, team domain.ID, month domain.Month, now time.Time) (out []Hoped, err error) {
	g, err := s.gatherAs(r, team, month, now, true)
	if err != nil {
		return nil, err
	}
	all, err := g.decideAll(g.factsFor)
	for _, j := range all {
		v := j.Verdict
		out = append(out, Hoped{Policy: v.Policy, Result: v.Result, Amount: v.Amount, ReasonVi: v.ReasonVi, ReasonEn: v.ReasonEn})
	}
	return out, err
}

// TeamMonth returns a team's month to its members, its commune's office and
// the province.
func (s *Service) TeamMonth(ctx context.Context, who domain.Caller, team domain.ID, month domain.Month) (TeamMonthView, error) {
	var out TeamMonthView
	if err := checkMonth(month); err != nil {
		return out, err
	}
	err := s.store.View(ctx, func(r store.Reader) error {
		now := s.now()
		g, err := rightsOf(r, who, now)
		if err != nil {
			return err
		}
		t, err := roster.Team(r, team)
		if domain.CodeOf(err) == domain.NotFound && !g.province() {
			return forbidden() // who may not read a team is not told which exist
		}
		if err != nil {
			return err
		}
		if !g.reads(team, t.Commune) {
			return forbidden()
		}
		j, err := s.judgeKept(r, team, month, now)
		out = j.view()
		return err
	})
	return out, err
}

// CommuneMonth returns the month of all teams that a commune reviews today
// and that exist in it, by name.
func (s *Service) CommuneMonth(ctx context.Context, who domain.Caller, commune domain.ID, month domain.Month) ([]TeamMonthView, error) {
	if err := checkMonth(month); err != nil {
		return nil, err
	}
	var out []TeamMonthView
	err := s.store.View(ctx, func(r store.Reader) error {
		out = []TeamMonthView{}
		now := s.now()
		if err := allowed(r, who, now, func(g rights) bool { return g.office(commune) }); err != nil {
			return err
		}
		var teams []idTeam
		if err := roster.TeamsOf(r, commune, func(id domain.ID, t domain.Team) bool {
			if activeIn(t, month) {
				teams = append(teams, idTeam{id, t})
			}
			return true
		}); err != nil {
			return err
		}
		for _, t := range teams {
			j, err := s.judgeKept(r, t.id, month, now)
			if err != nil {
				return err
			}
			out = append(out, j.view())
		}
		return nil
	})
	slices.SortFunc(out, func(a, b TeamMonthView) int {
		return strings.Compare(a.Name+"\x00"+string(a.Team), b.Name+"\x00"+string(b.Team))
	})
	return out, err
}
