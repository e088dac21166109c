package ledger

import (
	"cmp"
	"context"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Budget is how the money of a policy's funding decisions of a year is used up.
type Budget struct {
	Policy    string      `json:"policy"`
	Year      int         `json:"year"`
	Decisions []BudgetRow `json:"decisions"`
	Total     BudgetSums  `json:"total"`
}

// BudgetRow is one decision.
type BudgetRow struct {
	Decision string       `json:"decision"`
	On       domain.Date  `json:"on"`
	From     domain.Month `json:"from,omitzero"` // of a window; money for officers and units has none
	To       domain.Month `json:"to,omitzero"`
	Teams    int64        `json:"teams"`
	BudgetSums
}

// BudgetSums are running sums. Left is what may still be listed.
type BudgetSums struct {
	Granted domain.Money `json:"granted"`
	Decided domain.Money `json:"decided"` // due by closes and adjustments
	Used
	Left domain.Money `json:"left"` // granted − listed
}

func (a *BudgetSums) add(b BudgetSums) {
	a.Granted += b.Granted
	a.Decided += b.Decided
	a.Listed += b.Listed
	a.Paid += b.Paid
	a.Recovered += b.Recovered
	a.Received += b.Received
	a.Left += b.Left
}

// Budget tells it to the roles of the province.
func (s *Service) Budget(ctx context.Context, who domain.Caller, policy string, year int) (out Budget, err error) {
	if year < 2000 || year > 2199 {
		return out, refuse("year", "The year must have four digits.", "Năm phải có bốn chữ số.")
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = Budget{Policy: policy, Year: year, Decisions: []BudgetRow{}}
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		if !g.figures() {
			return forbidden()
		}
		if _, err := s.Months.Policy(r, policy); err != nil {
			return err
		}
		rows, err := s.budgetRows(r, policy, year)
		if err != nil {
			return err
		}
		out.Decisions = rows
		for _, row := range rows {
			out.Total.add(row.BudgetSums)
		}
		return nil
	})
	return out, err
}

func (s *Service) budgetRows(r store.Reader, policy string, year int) ([]BudgetRow, error) {
	rows := []BudgetRow{}
	windows, err := s.Months.Windows(r, policy)
	if err != nil {
		return nil, err
	}
	for _, w := range windows {
		if year < w.From.Year() || w.To.Year() < year {
			continue
		}
		row := BudgetRow{Decision: w.Decision, On: w.On, From: w.From, To: w.To, Teams: int64(len(w.Teams))}
		row.Granted = w.Total
		if row.Decided, err = s.decidedBy(r, w); err != nil {
			return nil, err
		}
		if row.Used, err = usedOf(r, w.Decision); err != nil {
			return nil, err
		}
		row.Left = row.Granted - row.Listed
		rows = append(rows, row)
	}
	grants, err := grantRows(r, policy, year)
	return append(rows, grants...), err
}

// grantRows are the decisions of a year that grant money to officers or units.
func grantRows(r store.Reader, policy string, year int) (rows []BudgetRow, err error) {
	newest := map[string]Support{} // of each subject and period
	var bad error
	err = r.Decisions(1, func(d *store.Decision) bool {
		switch d.Kind {
		case KindGrant:
			var g Grant
			if bad = json.Unmarshal(d.Body, &g); bad == nil && g.Policy == policy && g.On.Month().Year() == year {
				rows = append(rows, BudgetRow{Decision: g.Decision, On: g.On, BudgetSums: BudgetSums{Granted: g.Total}})
			}
		case KindSupport:
			var sp Support
			bad = json.Unmarshal(d.Body, &sp)
			newest[d.Key] = sp
		}
		return bad == nil
	})
	if err = cmp.Or(err, bad); err != nil {
		return nil, err
	}
	for k := range rows {
		row := &rows[k]
		if row.Used, err = usedOf(r, row.Decision); err != nil {
			return nil, err
		}
		for _, sp := range newest {
			if sp.Policy == policy && sp.Grant == row.Decision && sp.Verdict.Result == domain.Eligible {
				row.Decided += sp.Verdict.Amount
			}
		}
		row.Left = row.Granted - row.Listed
	}
	return rows, nil
}

// decidedBy is what the closed months of a decision's teams are due by it.
func (s *Service) decidedBy(r store.Reader, w domain.FundedWindow) (total domain.Money, err error) {
	for _, t := range w.Teams {
		for m := w.From; m <= w.To; m = m.Add(1) {
			all, err := s.Months.Dues(r, t, m)
			if err != nil {
				return 0, err
			}
			for _, d := range all {
				if d.Policy == w.Policy && d.Funding == w.Decision {
					total += d.Amount
				}
			}
		}
	}
	return total, nil
}
