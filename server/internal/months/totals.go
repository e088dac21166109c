package months

import (
	"context"
	"fmt"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// MonthTotals are the decided figures of one month: from close records and
// funding decisions, never from progress records.
type MonthTotals struct {
	Month       domain.Month `json:"month"`
	Teams       int64        `json:"teams"` // that exist in the month
	Closed      int64        `json:"closed"`
	Eligible    int64        `json:"eligible"` // these four are of the closed ones
	Incomplete  int64        `json:"incomplete"`
	Ineligible  int64        `json:"ineligible"`
	OutOfWindow int64        `json:"out_of_window"`
	Funded      int64        `json:"funded"`
	Amount      domain.Money `json:"amount"`        // due, adjustments included
	FundedVND   domain.Money `json:"funded_amount"` // of the funded
}

// YearTotals are the months of a year, and what is funded of them.
type YearTotals struct {
	Year       int           `json:"year"`
	Months     []MonthTotals `json:"months"`
	TeamMonths int64         `json:"team_months"`
	Total      domain.Money  `json:"total_vnd"`
}

// Totals returns the figures of a year to the province's roles.
func (s *Service) Totals(ctx context.Context, who domain.Caller, year int) (YearTotals, error) {
	if year < 2000 || year > 2199 {
		return YearTotals{}, refuse("year", "The year must have four digits.", "Năm phải có bốn chữ số.")
	}
	var out YearTotals
	err := s.store.View(ctx, func(r store.Reader) error {
		out = YearTotals{Year: year, Months: make([]MonthTotals, 12)}
		if err := allowed(r, who, s.now(), rights.province); err != nil {
			return err
		}
		windows, err := s.windowsOf(r, "")
		if err != nil {
			return err
		}
		var teams []idTeam
		if err := roster.Teams(r, func(id domain.ID, t domain.Team) bool {
			teams = append(teams, idTeam{id, t})
			return true
		}); err != nil {
			return err
		}
		for i := range out.Months {
			m := &out.Months[i]
			m.Month = domain.Month(fmt.Sprintf("%04d-%02d", year, i+1))
			if err := m.add(r, teams, windows); err != nil {
				return err
			}
			out.TeamMonths += m.Funded
			out.Total += m.FundedVND
		}
		return nil
	})
	return out, err
}

func (m *MonthTotals) add(r store.Reader, teams []idTeam, windows []*window) error {
	for _, t := range teams {
		if !activeIn(t.Team, m.Month) {
			continue
		}
		m.Teams++
		d, closed, err := closedBy(r, t.id, m.Month)
		if err != nil {
			return err
		}
		if !closed {
			continue
		}
		if err := m.closed(r, &d, t.id, windows); err != nil {
			return err
		}
	}
	return nil
}

// closed adds a closed month: what it is by its main policy, and the money of
// all.
func (m *MonthTotals) closed(r store.Reader, d *store.Decision, team domain.ID, windows []*window) error {
	list, err := dues(r, d, team, m.Month, windows)
	if err != nil {
		return err
	}
	m.Closed++
	m.count(list[0].Outcome)
	funded := false
	for _, due := range list {
		m.Amount += due.Amount
		if due.Funding != "" {
			m.FundedVND += due.Amount
			funded = true
		}
	}
	if funded {
		m.Funded++
	}
	return nil
}

func (m *MonthTotals) count(res domain.Result) {
	switch res {
	case domain.Eligible:
		m.Eligible++
	case domain.Incomplete:
		m.Incomplete++
	case domain.Ineligible:
		m.Ineligible++
	case domain.OutOfWindow:
		m.OutOfWindow++
	}
}
