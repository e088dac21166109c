package stats

import (
	"context"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// FlatRow are the figures of one commune in one month as a flat row, for
// spreadsheets and for who adds up several provinces.
type FlatRow struct {
	Month       domain.Month `json:"month"`
	Unit        domain.ID    `json:"unit"`
	Code        string       `json:"code"`
	Name        string       `json:"name"`
	Received    int64        `json:"received"` // activities, by state
	Pending     int64        `json:"pending_review"`
	Approved    int64        `json:"approved"`
	Returned    int64        `json:"returned"`
	Rejected    int64        `json:"rejected"`
	Withdrawn   int64        `json:"withdrawn"`
	Overdue     int64        `json:"overdue"`
	Active      int64        `json:"active_teams"`
	Open        int64        `json:"open"` // team-months, by stage
	Grace       int64        `json:"grace"`
	Closed      int64        `json:"closed"` // the finalised ones too
	Eligible    int64        `json:"eligible"`
	Incomplete  int64        `json:"incomplete"`
	Ineligible  int64        `json:"ineligible"`
	OutOfWindow int64        `json:"out_of_window"`
	Due         domain.Money `json:"due_vnd"`
	Decided     domain.Money `json:"decided_vnd"`
	Listed      domain.Money `json:"listed_vnd"`
	Paid        domain.Money `json:"paid_vnd"`
	Got         domain.Money `json:"received_vnd"`
}

// MeasureRow is one measure of a commune's month: of the approved activities
// of a category how many gave it, and their sum.
type MeasureRow struct {
	Month      domain.Month `json:"month"`
	Unit       domain.ID    `json:"unit"`
	Code       string       `json:"code"`
	Name       string       `json:"name"`
	Category   string       `json:"category"`
	Activities int64        `json:"activities"`
	Measure    string       `json:"measure"`
	Sum        int64        `json:"sum"`
	Given      int64        `json:"given"`
}

// Flat is the answer to who reads figures by a program: the same figures as
// Board and Summary, by month and unit.
type Flat struct {
	Rows     []FlatRow    `json:"rows"`
	Measures []MeasureRow `json:"measures"`
	Version  string       `json:"version"`
}

// Flat reads counters only, as Summary does.
func (s *Service) Flat(ctx context.Context, who domain.Caller, q Query) (out Flat, err error) {
	if err := q.check(); err != nil {
		return out, err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = Flat{Rows: []FlatRow{}, Measures: []MeasureRow{}}
		v, err := s.view(r, who, q)
		if err != nil {
			return err
		}
		if out.Version, err = version(r, v); err != nil {
			return err
		}
		if v.reg, err = s.registry(r); err != nil {
			return err
		}
		for m := q.From; m <= q.To; m = m.Add(1) {
			t := tables{}
			if err := t.read(r, m, v); err != nil {
				return err
			}
			out.month(m, t, v)
		}
		return nil
	})
	return out, err
}

func (out *Flat) month(m domain.Month, t tables, v *view) {
	units := make([]domain.ID, 0, len(t))
	for u := range t {
		units = append(units, u)
	}
	slices.SortFunc(units, func(a, b domain.ID) int { return strings.Compare(string(a), string(b)) })
	for _, unit := range units {
		f := t[unit].figures()
		row := flatOf(&f)
		row.Month, row.Unit = m, unit
		if u, ok := v.names(unit); ok {
			row.Code, row.Name = u.Code, u.Name
		}
		out.Rows = append(out.Rows, row)
		for _, c := range f.Categories {
			for _, x := range c.Measures {
				out.Measures = append(out.Measures, MeasureRow{Month: m, Unit: unit, Code: row.Code, Name: row.Name,
					Category: c.Code, Activities: c.Activities, Measure: x.Name, Sum: x.Sum, Given: x.Given})
			}
		}
	}
}

func flatOf(f *Figures) FlatRow {
	s, t := f.States, &f.TeamMonths
	return FlatRow{
		Received: s[domain.Received], Pending: s[domain.Pending], Approved: s[domain.Approved], Returned: s[domain.Returned],
		Rejected: s[domain.Rejected], Withdrawn: s[domain.Withdrawn], Overdue: t.Overdue, Active: t.Active,
		Open: t.Stages[domain.StageOpen], Grace: t.Stages[domain.StageGrace], Closed: t.Stages[domain.StageClosed] + t.Stages[domain.StageFinalised],
		Eligible: t.Results[domain.Eligible], Incomplete: t.Results[domain.Incomplete], Ineligible: t.Results[domain.Ineligible], OutOfWindow: t.Results[domain.OutOfWindow],
		Due: t.Due, Decided: t.Decided, Listed: t.Listed, Paid: t.Paid, Got: t.Got,
	}
}
