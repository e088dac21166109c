package months

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// MaxWalked is the most teams that one job closes.
const MaxWalked = 5000

// CloseAsk is what a job that closes months is asked.
type CloseAsk struct {
	Commune domain.ID    `json:"commune"`
	Month   domain.Month `json:"month"`
	Teams   []CloseItem  `json:"teams"`
}

// FinaliseAsk is what a job that ends a month is asked.
type FinaliseAsk struct {
	Month domain.Month `json:"month"`
}

// Walked is what became of one team-month of many, with what people call it.
type Walked struct {
	CloseResult
	Name    string    `json:"name"`
	Commune domain.ID `json:"commune"`
	Unit    string    `json:"commune_name"`
}

// MayClose refuses who may not close months of a commune, and too many at once.
func (s *Service) MayClose(ctx context.Context, who domain.Caller, commune domain.ID, month domain.Month, teams int) error {
	if err := checkMonth(month); err != nil {
		return err
	}
	if teams == 0 || teams > MaxWalked {
		return refuse("teams", "Name 1 to 5000 teams.", "Cần chọn từ 1 đến 5000 tổ.")
	}
	return s.store.View(ctx, func(r store.Reader) error {
		return allowed(r, who, s.now(), func(g rights) bool { return g.MayReview(commune, g.today) })
	})
}

// MayFinalise refuses who may not end a month of the province.
func (s *Service) MayFinalise(ctx context.Context, who domain.Caller, month domain.Month) error {
	if err := checkMonth(month); err != nil {
		return err
	}
	return s.store.View(ctx, func(r store.Reader) error { return allowed(r, who, s.now(), rights.decides) })
}

// CloseEach is CloseTeamMonths one by one, each in its own transaction and by
// what its closer saw. Where tick ends it, what is closed stays closed and the
// results so far come back with its error.
func (s *Service) CloseEach(ctx context.Context, who domain.Caller, commune domain.ID, month domain.Month, items []CloseItem, tick func(done, of int) error) ([]Walked, error) {
	out := make([]Walked, 0, len(items))
	for i, it := range items {
		if err := tick(i, len(items)); err != nil {
			return out, err
		}
		res, err := s.CloseTeamMonths(ctx, who, commune, month, []CloseItem{it})
		if err != nil {
			return out, err
		}
		w := Walked{CloseResult: res[0], Commune: commune}
		if err := s.store.View(ctx, func(r store.Reader) error { return w.callIt(r, month) }); err != nil {
			return out, err
		}
		out = append(out, w)
	}
	return out, nil
}

// callIt adds the names of a team-month. A team that isn't there has none.
func (w *Walked) callIt(r store.Reader, month domain.Month) error {
	t, err := roster.Team(r, w.Team)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return err
	}
	u, _, err := unitAt(r, w.Commune, month.Last())
	w.Name, w.Unit = t.Name, u.Name
	return err
}

// FinaliseEach looks at every team's month, says of each that is open why, and
// ends the month if none is.
func (s *Service) FinaliseEach(ctx context.Context, who domain.Caller, month domain.Month, tick func(done, of int) error) ([]Walked, error) {
	if err := s.MayFinalise(ctx, who, month); err != nil {
		return nil, err
	}
	var teams []idTeam
	if err := s.store.View(ctx, func(r store.Reader) error {
		teams = nil
		return roster.Teams(r, func(id domain.ID, t domain.Team) bool {
			if activeIn(t, month) {
				teams = append(teams, idTeam{id, t})
			}
			return true
		})
	}); err != nil {
		return nil, err
	}
	out := make([]Walked, 0, len(teams))
	open := 0
	for i, t := range teams {
		if err := tick(i, len(teams)); err != nil {
			return out, err
		}
		w, err := s.stateOf(ctx, t, month)
		if err != nil {
			return out, err
		}
		if !w.Closed {
			open++
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b Walked) int { return strings.Compare(a.Unit+"\x00"+a.Name, b.Unit+"\x00"+b.Name) })
	if open > 0 {
		return out, &domain.Error{Code: domain.Unprocessable, Msg: fmt.Sprintf("%d team-months are not closed.", open),
			Vi: fmt.Sprintf("Còn %d tổ chưa chốt tháng này.", open)}
	}
	return out, s.Finalise(ctx, who, month)
}

// stateOf says whether a team's month is closed, and why not.
func (s *Service) stateOf(ctx context.Context, t idTeam, month domain.Month) (w Walked, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		w = Walked{CloseResult: CloseResult{Team: t.id}, Commune: t.Commune}
		if err := w.callIt(r, month); err != nil {
			return err
		}
		d, closed, err := closedBy(r, t.id, month)
		if err != nil {
			return err
		}
		if closed {
			w.Closed, w.Decision, w.Hash = true, d.N, hexHash(d)
			return nil
		}
		g, err := s.gather(r, t.id, month, s.now())
		if err == nil {
			err = g.closable(s.now(), "")
		}
		if err == nil {
			err = domain.E(domain.Unprocessable, "The commune's chair has not confirmed it.", "Chủ tịch xã chưa chốt.")
		}
		var no *domain.Error
		if !errors.As(err, &no) {
			return err
		}
		w.Code, w.Detail, w.DetailVi = no.Code, no.Msg, no.Vi
		return nil
	})
	return w, err
}
