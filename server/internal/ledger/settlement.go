package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Settlement is quyết toán quý: the months of a quarter with what became of
// their money, whenever it was listed or paid, and what teams spent on days of
// the quarter. Rows are the teams of a commune, or the communes.
type Settlement struct {
	Policy   string          `json:"policy"`
	Unit     domain.ID       `json:"unit,omitzero"` // empty: the province
	Quarter  string          `json:"quarter"`       // "2023-Q3"
	From     domain.Month    `json:"from"`
	To       domain.Month    `json:"to"`
	Rows     []SettlementRow `json:"rows"`
	Total    SettlementSums  `json:"total"`
	Spending []SpentSum      `json:"spending"`
}

// SettlementRow is one team or commune.
type SettlementRow struct {
	Subject domain.ID `json:"subject"`
	Name    string    `json:"name"`
	SettlementSums
}

// SettlementSums are its figures. Left = Funded − Paid + Recovered.
type SettlementSums struct {
	Funded    domain.Money `json:"funded"`
	Listed    domain.Money `json:"listed"`
	Paid      domain.Money `json:"paid"` // without what was recovered
	Received  domain.Money `json:"received"`
	Recovered domain.Money `json:"recovered"`
	Spent     domain.Money `json:"spent"`
	Left      domain.Money `json:"left"`
}

// SpentSum is what teams spent on one category.
type SpentSum struct {
	Category string       `json:"category"` // id in the policy file
	Vi       string       `json:"vi"`
	En       string       `json:"en"`
	Times    int64        `json:"times"`
	Evidence int64        `json:"evidence"` // of them with a paper, or a photo that is here
	Amount   domain.Money `json:"amount"`
	Outside  bool         `json:"outside,omitzero"` // not among the allowed uses of today
}

func (a *SettlementSums) add(b SettlementSums) {
	a.Funded += b.Funded
	a.Listed += b.Listed
	a.Paid += b.Paid
	a.Received += b.Received
	a.Recovered += b.Recovered
	a.Spent += b.Spent
	a.Left += b.Left
}

// quarter reads "2023-Q3".
func quarter(q string) (from, to domain.Month, ok bool) {
	var year, n int
	if _, err := fmt.Sscanf(q, "%4d-Q%1d", &year, &n); err != nil || len(q) != 7 || n < 1 || n > 4 || year < 2000 || year > 2199 {
		return "", "", false
	}
	from = domain.Month(fmt.Sprintf("%04d-%02d", year, n*3-2))
	return from, from.Add(2), true
}

// Settle tells the settlement of a commune to its office, of the province to
// the province.
func (s *Service) Settle(ctx context.Context, who domain.Caller, policy string, unit domain.ID, q string) (out Settlement, err error) {
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		if !g.figures() && (unit == "" || !g.Has(unit, g.today, office...)) {
			return forbidden()
		}
		out, err = s.settle(r, policy, unit, q)
		return err
	})
	return out, err
}

func (s *Service) settle(r store.Reader, policy string, unit domain.ID, q string) (out Settlement, err error) {
	from, to, ok := quarter(q)
	if !ok {
		return out, refuse("quarter", "The quarter is written 2023-Q3.", "Quý phải có dạng 2023-Q3.")
	}
	out = Settlement{Policy: policy, Unit: unit, Quarter: q, From: from, To: to, Rows: []SettlementRow{}, Spending: []SpentSum{}}
	if _, err := s.Months.Policy(r, policy); err != nil {
		return out, err
	}
	uses, err := Uses(r, policy)
	if err != nil {
		return out, err
	}
	for _, c := range uses {
		out.Spending = append(out.Spending, SpentSum{Category: c.ID, Vi: c.Vi, En: c.En})
	}
	var named []domain.ID
	if unit != "" {
		named = []domain.ID{unit}
	}
	units, err := communes(r, named)
	if err != nil {
		return out, err
	}
	names := namer{r: r}
	for _, u := range units {
		row := SettlementRow{Subject: u, Name: names.unit(u, to.Last())}
		teams, err := teamsOf(r, u)
		if err != nil {
			return out, err
		}
		for _, t := range teams {
			sums, err := s.settleTeam(r, &out, t)
			if err != nil {
				return out, err
			}
			if unit != "" {
				out.Rows = append(out.Rows, SettlementRow{Subject: t, Name: names.of(t), SettlementSums: sums})
			}
			row.add(sums)
		}
		if unit == "" {
			out.Rows = append(out.Rows, row)
		}
		out.Total.add(row.SettlementSums)
	}
	return out, names.err
}

func (s *Service) settleTeam(r store.Reader, out *Settlement, team domain.ID) (a SettlementSums, err error) {
	for m := out.From; m <= out.To; m = m.Add(1) {
		all, err := s.Months.Dues(r, team, m)
		if err != nil {
			return a, err
		}
		for _, d := range all {
			if d.Policy == out.Policy && d.Funding != "" {
				a.Funded += d.Amount
			}
		}
		p, err := Payment(r, out.Policy, team, domain.Period(m))
		if err != nil {
			return a, err
		}
		a.Listed += p.Listed
		a.Received += p.Received
		for _, l := range p.Lines {
			switch {
			case l.Voucher == "":
			case l.Amount < 0:
				a.Recovered -= l.Amount
			default:
				a.Paid += l.Amount
			}
		}
	}
	a.Left = a.Funded - a.Paid + a.Recovered
	a.Spent, err = out.spent(r, team)
	return a, err
}

// spent adds up what a team spent on days of the quarter.
func (out *Settlement) spent(r store.Reader, team domain.ID) (total domain.Money, err error) {
	var bad error
	err = r.Members(syncproto.TeamScope(team), syncproto.TypeSpending, func(rec *store.Record) bool {
		var sp domain.Spending
		if bad = json.Unmarshal(rec.Doc, &sp); bad != nil {
			return false
		}
		if m := sp.On.Month(); sp.Policy != out.Policy || m < out.From || out.To < m {
			return true
		}
		k := slices.IndexFunc(out.Spending, func(x SpentSum) bool { return x.Category == sp.Category })
		if k < 0 { // allowed when it was entered, no longer in the file
			k = len(out.Spending)
			out.Spending = append(out.Spending, SpentSum{Category: sp.Category, Vi: sp.Category, En: sp.Category, Outside: true})
		}
		x := &out.Spending[k]
		x.Times, x.Amount = x.Times+1, x.Amount+sp.Amount
		if sp.Proved() {
			x.Evidence++
		}
		total += sp.Amount
		return true
	})
	if err == nil {
		err = bad
	}
	return total, err
}
