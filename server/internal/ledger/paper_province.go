package ledger

import (
	"cmp"
	"context"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

const maxColumns = 12 // months of a province summary

// ProvincePaper renders what was decided, listed and paid for the months from
// the first to the last, commune by commune. Communes without an eligible
// team-month are left out.
func (s *Service) ProvincePaper(ctx context.Context, who domain.Caller, policy string, from, to domain.Month, f Format) (Paper, error) {
	return s.provincePaper(ctx, who, policy, from, to, f, func(int, int) error { return ctx.Err() })
}

// provincePaper tells tick of each commune; its error ends the work.
func (s *Service) provincePaper(ctx context.Context, who domain.Caller, policy string, from, to domain.Month, f Format, tick func(done, of int) error) (Paper, error) {
	_, err1 := domain.ParseMonth(string(from))
	_, err2 := domain.ParseMonth(string(to))
	if err1 != nil || err2 != nil || to < from || domain.MonthsBetween(from, to) > maxColumns {
		return Paper{}, refuse("from", "Name 1 to 12 months in order.", "Cần từ 1 đến 12 tháng theo thứ tự.")
	}
	var doc papers.ProvinceSummary
	err := s.Store.View(ctx, func(r store.Reader) error {
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		if !g.figures() {
			return forbidden()
		}
		names := &namer{r: r}
		doc = papers.ProvinceSummary{Head: s.headOf(names, "", g.today), Months: nil}
		doc.Head.Draft = true // no number of the office's register is on it
		for m := from; m <= to; m = m.Add(1) {
			doc.Months = append(doc.Months, m)
		}
		if doc.Policy, err = s.policyHead(r, policy); err != nil {
			return err
		}
		units, err := communes(r, nil)
		if err != nil {
			return err
		}
		for i, u := range units {
			if err := tick(i, len(units)); err != nil {
				return err
			}
			row, any, err := s.provinceRow(r, names, policy, u, doc.Months)
			if err != nil {
				return err
			}
			if any {
				doc.Rows, doc.Total = append(doc.Rows, row), doc.Total+row.Funded
			}
		}
		slices.SortStableFunc(doc.Rows, func(a, b papers.ProvinceRow) int {
			return cmp.Or(cmp.Compare(a.District, b.District), cmp.Compare(a.Commune, b.Commune))
		})
		return names.err
	})
	if err != nil {
		return Paper{}, err
	}
	return draw(doc, "province-"+string(from)+"-"+string(to), f)
}

func (s *Service) provinceRow(r store.Reader, names *namer, policy string, unit domain.ID, list []domain.Month) (row papers.ProvinceRow, any bool, err error) {
	last := list[len(list)-1].Last()
	row = papers.ProvinceRow{Commune: names.unit(unit, last), ByMonth: make([]int64, len(list))}
	row.District, _ = names.parents(unit, last)
	reg, ok, err := roster.RegistrationOf(r, unit, last.Month().Year())
	if err != nil {
		return row, false, err
	}
	if ok {
		row.Registered = map[string]string{"standard": "Đạt chuẩn", "advanced": "Nâng cao"}[reg.Standard]
	}
	teams, err := teamsOf(r, unit)
	if err != nil {
		return row, false, err
	}
	row.Teams = int64(len(teams))
	for _, t := range teams {
		for i, m := range list {
			seen, err := s.provinceCell(r, &row, policy, t, m, i)
			if err != nil {
				return row, false, err
			}
			any = any || seen
		}
	}
	return row, any, nil
}

func (s *Service) provinceCell(r store.Reader, row *papers.ProvinceRow, policy string, team domain.ID, m domain.Month, i int) (any bool, err error) {
	all, err := s.Months.Dues(r, team, m)
	if err != nil {
		return false, err
	}
	for _, d := range all {
		if d.Policy != policy || d.Amount == 0 {
			continue
		}
		any = true
		row.ByMonth[i]++
		row.Eligible += d.Amount
		if d.Funding != "" {
			row.Funded += d.Amount
		}
	}
	p, err := Payment(r, policy, team, domain.Period(m))
	row.Listed += p.Listed
	row.Paid += p.Paid
	row.Received += p.Received
	return any || p.Listed != 0, err
}

// SettlementPaper renders the settlement of a commune or of the province.
func (s *Service) SettlementPaper(ctx context.Context, who domain.Caller, policy string, unit domain.ID, q string, f Format) (Paper, error) {
	var doc papers.Settlement
	err := s.Store.View(ctx, func(r store.Reader) error {
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		if !g.figures() && (unit == "" || !g.Has(unit, g.today, office...)) {
			return forbidden()
		}
		st, err := s.settle(r, policy, unit, q)
		if err != nil {
			return err
		}
		names := &namer{r: r}
		doc = papers.Settlement{Head: s.headOf(names, unit, g.today), Name: names.ownProvince(st.To.Last()), From: st.From, To: st.To}
		doc.Head.Draft = true // no number of the office's register is on it
		if unit != "" {
			doc.Name = names.unit(unit, st.To.Last())
		}
		if doc.Policy, err = s.policyHead(r, policy); err != nil {
			return err
		}
		for _, x := range st.Rows {
			if x.SettlementSums != (SettlementSums{}) {
				doc.Rows = append(doc.Rows, papers.SettlementRow{Name: x.Name, Funded: x.Funded, Listed: x.Listed, Paid: x.Paid,
					Received: x.Received, Recovered: x.Recovered, Left: x.Left})
			}
		}
		for _, x := range st.Spending {
			doc.Spending = append(doc.Spending, papers.Spending{Category: x.Vi, Times: x.Times, Evidence: x.Evidence, Amount: x.Amount, Outside: x.Outside})
		}
		return names.err
	})
	if err != nil {
		return Paper{}, err
	}
	return draw(doc, "settlement-"+q, f)
}
