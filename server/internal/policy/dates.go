package policy

import (
	"fmt"

	"github.com/banso/banso/server/internal/domain"
)

// Dates are the deadlines of one month as days.
type Dates struct {
	Submit domain.Date `json:"submit"`
	Review domain.Date `json:"review"`
	Lock   domain.Date `json:"lock"`
}

// Dates returns the deadlines of a month by the policy, its own extensions
// considered. A province's extensions are not in the file: see Facts.Deadlines.
func (p *Policy) Dates(m domain.Month) Dates {
	d := p.Deadlines
	for _, x := range p.Extensions {
		if x.Month == m {
			d = x.Days
		}
	}
	if d == (Deadlines{}) {
		return Dates{}
	}
	next := m.Add(1)
	return Dates{Submit: next.Day(d.SubmitDay), Review: next.Day(d.ReviewDay), Lock: next.Day(d.LockDay)}
}

func (d Dates) by(b By) domain.Date {
	switch b {
	case ByReview:
		return d.Review
	case ByLock:
		return d.Lock.Add(-1) // the last day before it
	}
	return d.Submit
}

// Holds reports whether a month is one of the policy's. An end that the source
// does not give is open.
func (p *Policy) Holds(m domain.Month) bool {
	return (p.From == "" || p.From <= m) && (p.To == "" || m <= p.To)
}

// accrues reports whether parts of a longer period are judged month by month,
// as what was done or spent in each.
func (p *Policy) accrues() bool {
	switch p.Basis {
	case ActualCost, PerPersonDay, PerPersonNight:
		return true
	}
	return p.Periodicity == Once
}

// DueIn reports whether the policy judges anything in a month: one that is
// paid once a quarter or year does so in the last month of it.
func (p *Policy) DueIn(m domain.Month) bool {
	return p.accrues() || p.Periodicity == Monthly || m == p.dueMonth(m) || m == p.To
}

// dueMonth is the last month of the period that a month lies in.
func (p *Policy) dueMonth(m domain.Month) domain.Month {
	due := m
	switch p.Periodicity {
	case Yearly:
		due = domain.Month(string(m[:4]) + "-12")
	case Quarterly:
		due = domain.Month(fmt.Sprintf("%s-%02d", m[:4], 3*quarter(m)))
	}
	if p.To != "" && m <= p.To {
		due = min(due, p.To)
	}
	return due
}

func quarter(m domain.Month) int { return (int(m.Start().Month()) + 2) / 3 }

// Accumulates reports whether what a policy granted in other months takes part
// in what it grants in one.
func (p *Policy) Accumulates() bool { return p.Periodicity != Monthly || len(p.Caps) > 0 }

// PeriodOf names the period of the policy that a month lies in: "2024-06",
// "2024-Q2", "2024", "once".
func (p *Policy) PeriodOf(m domain.Month) string {
	switch p.Periodicity {
	case Quarterly:
		return fmt.Sprintf("%s-Q%d", m[:4], quarter(m))
	case Yearly:
		return string(m[:4])
	case Once:
		return string(Once)
	}
	return string(m)
}

// RateIn is the flat rate of a month, 0 where the basis has none or the source
// does not give it.
func (p *Policy) RateIn(m domain.Month) domain.Money {
	if p.Rate != 0 || len(p.Rates) == 0 {
		return p.Rate
	}
	return rateOn(p.Rates, m.First())
}

// rateOn is what holds on a day, 0 if nothing does.
func rateOn(list []DatedRate, on domain.Date) domain.Money {
	for _, r := range list {
		if r.Has(on) {
			return r.VND
		}
	}
	return 0
}
