package stats

import (
	"context"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Board is all that a dashboard shows, in one answer. Its counted figures are
// those of the snapshot it was read from; what Watch tells may be a minute
// older. Version changes whenever any of it may have, AsOf is no part of that.
type Board struct {
	From    domain.Month `json:"from"`
	To      domain.Month `json:"to"`
	Lens    Lens         `json:"lens"`
	Unit    domain.ID    `json:"unit,omitzero"`
	Today   domain.Date  `json:"today"`
	AsOf    int64        `json:"as_of_ms"`
	Total   Figures      `json:"total"`
	Before  Figures      `json:"before"`        // the same months a year earlier
	Months  []MonthRow   `json:"months"`        // of the query, in order
	Earlier []MonthRow   `json:"months_before"` // a year earlier
	Units   []UnitRow    `json:"units"`         // by id: those with figures, and those of today
	Watch   Watch        `json:"watch"`
	Targets []Progress   `json:"indicators"` // that belong to what is shown, by the day they are due
	Version string       `json:"version"`
}

// MonthRow are the figures of one month.
type MonthRow struct {
	Month      domain.Month           `json:"month"`
	States     map[domain.State]int64 `json:"states"`
	TeamMonths TeamMonths             `json:"team_months"`
}

// UnitRow are the headline figures of one commune. Its teams are those of
// today.
type UnitRow struct {
	Unit       domain.ID              `json:"unit"`
	Code       string                 `json:"code"`
	Name       string                 `json:"name"`
	Parent     domain.ID              `json:"parent,omitzero"`
	States     map[domain.State]int64 `json:"states"`
	TeamMonths TeamMonths             `json:"team_months"`
	Teams      int64                  `json:"teams"`
	Silent     int64                  `json:"silent"`
}

// Board answers a dashboard. holds says whether the caller has a version: if it
// is the one that stands, only Version is filled, at the cost of a few reads.
func (s *Service) Board(ctx context.Context, who domain.Caller, q Query, holds func(version string) bool) (out Board, err error) {
	if err := q.check(); err != nil {
		return Board{}, err
	}
	if q.Lens == "" {
		q.Lens = LensThen
	}
	w, err := s.watch(ctx)
	if err != nil {
		return Board{}, err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = Board{}
		v, err := s.view(r, who, q)
		if err != nil {
			return err
		}
		ver, err := version(r, v)
		if err != nil {
			return err
		}
		goals, err := r.Scope(scopeIndicators)
		if err != nil {
			return err
		}
		ver = syncproto.HashDoc(syncproto.Doc{"v": syncproto.Str(ver), "w": syncproto.Str(w.digest), "i": syncproto.Int(goals.Last)}).String()
		if holds(ver) {
			out.Version = ver
			return nil
		}
		if kept, ok := s.boards.get(ver); ok {
			out = kept
			return nil
		}
		out, err = s.board(r, v, w)
		out.Version = ver
		if err == nil {
			s.boards.put(ver, out)
		}
		return err
	})
	return out, err
}

func (s *Service) board(r store.Reader, v *view, w *watched) (out Board, err error) {
	q := v.q
	out = Board{From: q.From, To: q.To, Lens: q.Lens, Unit: q.Unit, Today: v.today, AsOf: s.Now().UnixMilli()}
	if v.reg, err = s.registry(r); err != nil {
		return out, err
	}
	units, earlier := tables{}, tables{}
	if out.Months, out.Total, err = monthRows(r, v, q.From, q.To, units); err != nil {
		return out, err
	}
	if out.Earlier, out.Before, err = monthRows(r, v, q.From.Add(-12), q.To.Add(-12), earlier); err != nil {
		return out, err
	}
	sights := w.of(v)
	out.Watch = sights.sum()
	out.Units = unitRows(v, units, sights)
	out.Targets, err = progress(r, v, w)
	return out, err
}

// monthRows reads months and adds them up, by month and by unit.
func monthRows(r store.Reader, v *view, from, to domain.Month, units tables) (rows []MonthRow, total Figures, err error) {
	all := newTable()
	for m := from; m <= to; m = m.Add(1) {
		t, sum := tables{}, newTable()
		if err := t.read(r, m, v); err != nil {
			return nil, total, err
		}
		for unit, tab := range t {
			sum.merge(tab)
			if units[unit] == nil {
				units[unit] = newTable()
			}
			units[unit].merge(tab)
		}
		all.merge(sum)
		rows = append(rows, MonthRow{Month: m, States: sum.states, TeamMonths: sum.months})
	}
	return rows, all.figures(), nil
}

// unitRows joins what is counted with what is watched today.
func unitRows(v *view, counted tables, sights sights) []UnitRow {
	for unit := range sights.byUnit {
		if counted[unit] == nil {
			counted[unit] = newTable()
		}
	}
	rows := make([]UnitRow, 0, len(counted))
	for unit, t := range counted {
		row := UnitRow{Unit: unit, States: t.states, TeamMonths: t.months}
		if u, ok := v.names(unit); ok {
			row.Code, row.Name, row.Parent = u.Code, u.Name, u.Parent
		}
		if s := sights.byUnit[unit]; s != nil {
			row.Teams, row.Silent = s.teams, s.silent
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b UnitRow) int { return strings.Compare(string(a.Unit), string(b.Unit)) })
	return rows
}
