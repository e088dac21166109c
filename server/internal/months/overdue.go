package months

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Overdue is what a commune has left undecided beyond the review day.
type Overdue struct {
	Unit        domain.ID   `json:"unit"`
	Teams       int64       `json:"teams"`
	Submissions int64       `json:"submissions"`
	Since       domain.Date `json:"since"`     // the first day after the review day, of the team that waits longest
	OldestMs    int64       `json:"oldest_ms"` // when the oldest of them was submitted
}

// OverdueIn lists, for the province, the communes whose reviews of a month are
// overdue, those that wait longest first. A month that waits is not closed and
// loses nothing; somebody who stands in may decide what is overdue (ReviewBy).
func (s *Service) OverdueIn(ctx context.Context, who domain.Caller, month domain.Month) ([]Overdue, error) {
	if err := checkMonth(month); err != nil {
		return nil, err
	}
	out := []Overdue{}
	err := s.store.View(ctx, func(r store.Reader) error {
		out = out[:0]
		now := s.now()
		if err := allowed(r, who, now, rights.province); err != nil {
			return err
		}
		by, err := s.overdue(r, month, domain.DateOf(now))
		for _, o := range by {
			out = append(out, *o)
		}
		return err
	})
	slices.SortFunc(out, func(a, b Overdue) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Unit, b.Unit))
	})
	return out, err
}

func (s *Service) overdue(r store.Reader, month domain.Month, today domain.Date) (map[domain.ID]*Overdue, error) {
	var teams []idTeam
	if err := roster.Teams(r, func(id domain.ID, t domain.Team) bool {
		teams = append(teams, idTeam{id, t})
		return true
	}); err != nil {
		return nil, err
	}
	by := map[domain.ID]*Overdue{}
	for _, t := range teams {
		if !activeIn(t.Team, month) {
			continue
		}
		n, oldest, err := undecided(r, t.id, month)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		review, err := s.reviewBy(r, t, month)
		if skippable(err) || err == nil && today <= review {
			continue
		}
		if err != nil {
			return nil, err
		}
		o := by[t.Commune]
		if o == nil {
			o = &Overdue{Unit: t.Commune, Since: review.Add(1), OldestMs: oldest}
			by[t.Commune] = o
		}
		o.Teams++
		o.Submissions += n
		o.Since, o.OldestMs = min(o.Since, review.Add(1)), min(o.OldestMs, oldest)
	}
	return by, nil
}

// undecided counts a team-month's submissions that nobody has decided.
func undecided(r store.Reader, team domain.ID, month domain.Month) (n, oldest int64, err error) {
	var bad error
	err = r.Members(syncproto.TeamMonthScope(team, string(month)), "", func(rec *store.Record) bool {
		waits, at := false, int64(0)
		bad = syncproto.EachField(rec.Doc, func(name string, v jsontext.Value) bool {
			switch name {
			case "state":
				waits = domain.State(syncproto.Text(v)) == domain.Pending
			case "submitted":
				at, _ = strconv.ParseInt(string(v), 10, 64)
			}
			return true
		})
		if bad == nil && waits {
			if n++; oldest == 0 || at < oldest {
				oldest = at
			}
		}
		return bad == nil
	})
	return n, oldest, errors.Join(err, bad)
}

// ReviewBy returns the last day to review a team's month, extensions
// considered: from the next day on somebody who stands in for the commune
// (domain.RoleStandby) may decide what is still undecided.
func (s *Service) ReviewBy(r store.Reader, team domain.ID, month domain.Month) (domain.Date, error) {
	t, err := roster.Team(r, team)
	if err != nil {
		return "", err
	}
	return s.reviewBy(r, idTeam{team, t}, month)
}

func (s *Service) reviewBy(r store.Reader, t idTeam, month domain.Month) (domain.Date, error) {
	p, err := s.policyFor(r, t.Team, month)
	if err != nil {
		return "", err
	}
	d, _, err := s.dates(r, p, t.Team, t.id, month)
	return d.Review, err
}
