package months

import (
	"context"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// maxHistory is how many months of one team a history goes back from the day
// the person left it.
const maxHistory = 36

// OwnMonth is what a person did in a month of a team that they have left, and
// what came of the month. Nothing of others is in it.
type OwnMonth struct {
	Team       domain.ID     `json:"team"`
	Name       string        `json:"name"`
	Month      domain.Month  `json:"month"`
	ReasonVi   string        `json:"reason_vi"`
	ReasonEn   string        `json:"reason_en"`
	Due        domain.Money  `json:"due_vnd"`
	Paid       domain.Money  `json:"paid_vnd"`
	Activities []OwnActivity `json:"activities"`
}

// OwnActivity is one entry of its author.
type OwnActivity struct {
	ID       domain.ID        `json:"id"`
	DoneOn   domain.Date      `json:"done_on"`
	Category string           `json:"category"`
	Measures map[string]int64 `json:"measures,omitzero"`
	Place    string           `json:"place,omitzero"`
	Note     string           `json:"note,omitzero"`
	State    domain.State     `json:"state"`
	Reason   string           `json:"reason,omitzero"`
}

// History returns what the caller did in teams that they are no longer in,
// newest month first. Whoever may read their own scope may read it: a leaver
// for syncproto.LeaverDays.
func (s *Service) History(ctx context.Context, who domain.Caller) ([]OwnMonth, error) {
	var out []OwnMonth
	err := s.store.View(ctx, func(r store.Reader) error {
		out = []OwnMonth{}
		now := s.now()
		g, err := rightsOf(r, who, now)
		if err != nil {
			return err
		}
		if !g.MayRead(who.Person, syncproto.ParsedScope{Kind: syncproto.KindUser, ID: who.Person}, g.today) {
			return forbidden()
		}
		for team, months := range g.left() {
			for _, m := range months {
				own, err := s.ownMonth(r, who.Person, team, m)
				if err != nil {
					return err
				}
				if len(own.Activities) > 0 {
					out = append(out, own)
				}
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b OwnMonth) int {
		return strings.Compare(string(b.Month)+a.Name+string(a.Team), string(a.Month)+b.Name+string(b.Team))
	})
	return out, err
}

// left are the months in which the caller was in a team that they are not in
// today.
func (g rights) left() map[domain.ID][]domain.Month {
	out := map[domain.ID][]domain.Month{}
	for _, gr := range g.Grants {
		if gr.Team == "" || gr.To == "" || gr.To >= g.today || g.TeamRole(gr.Team, g.today) != "" {
			continue
		}
		last := gr.To.Month()
		first := max(gr.From.Month(), last.Add(1-maxHistory))
		for m := last; m >= first; m = m.Add(-1) {
			if !slices.Contains(out[gr.Team], m) {
				out[gr.Team] = append(out[gr.Team], m)
			}
		}
	}
	return out
}

func (s *Service) ownMonth(r store.Reader, person, team domain.ID, month domain.Month) (OwnMonth, error) {
	out := OwnMonth{Team: team, Month: month}
	var bad error
	err := r.Members(syncproto.TeamMonthScope(team, string(month)), syncproto.TypeActivity, func(rec *store.Record) bool {
		var a domain.Activity
		if bad = json.Unmarshal(rec.Doc, &a); bad != nil {
			return false
		}
		if a.Author == person {
			out.Activities = append(out.Activities, OwnActivity{ID: rec.ID, DoneOn: a.DoneOn, Category: a.Category,
				Measures: a.Measures, Place: a.Place, Note: a.Note, State: a.State, Reason: a.Reason})
		}
		return true
	})
	if err == nil {
		err = bad
	}
	if err != nil || len(out.Activities) == 0 {
		return out, err
	}
	slices.SortFunc(out.Activities, func(a, b OwnActivity) int {
		return strings.Compare(string(b.DoneOn)+string(b.ID), string(a.DoneOn)+string(a.ID))
	})
	t, err := roster.Team(r, team)
	if err != nil {
		return out, err
	}
	j, err := s.judgeKept(r, team, month, s.now())
	out.Name, out.ReasonVi, out.ReasonEn, out.Due, out.Paid = t.Name, j.ReasonVi, j.ReasonEn, j.Due, j.Paid
	return out, err
}
