package policy

import (
	"math"

	"github.com/banso/banso/server/internal/domain"
)

// reckoning is what the figures of a policy give on the facts, before any rule
// is looked at.
type reckoning struct {
	rate     domain.Money
	quantity int64
	amount   domain.Money
	how      *domain.Breakdown
	lack     *lack
}

// lack says why no amount is known: what misses, or what the law leaves out.
// So an amount of zero always has a reason.
type lack struct {
	Text
	law bool // nothing can be found out any more
}

func (r *reckoning) breakdown() *domain.Breakdown {
	if r.how == nil {
		r.how = &domain.Breakdown{}
	}
	return r.how
}

func (r *reckoning) miss(vi, en string)   { r.lack = &lack{Text: Text{vi, en}} }
func (r *reckoning) refuse(vi, en string) { r.lack = &lack{Text: Text{vi, en}, law: true} }

func (r *reckoning) missFact(v *variable) {
	r.miss("chưa biết "+v.label.Vi, v.label.En+" is not known")
}

// line adds who or what × quantity × rate. A sum beyond int64, or a negative
// count, is a fault of the facts and pays nothing.
func (r *reckoning) line(l domain.SumLine) {
	var ok bool
	if l.Amount, ok = times(l.Quantity, l.Rate); !ok || r.amount > math.MaxInt64-l.Amount {
		r.miss("số liệu đầu vào không hợp lý", "the figures are not plausible")
		return
	}
	if l.Quantity == 0 {
		return
	}
	r.quantity += l.Quantity
	r.amount += l.Amount
	r.breakdown().Lines = append(r.breakdown().Lines, l)
}

// times multiplies without overflow; counts and rates are never negative.
func times(n int64, rate domain.Money) (domain.Money, bool) {
	if n < 0 || rate < 0 || rate != 0 && n > math.MaxInt64/int64(rate) {
		return 0, false
	}
	return domain.Money(n) * rate, true
}

// reckon finds the amount. It looks at no rule.
func (p *Policy) reckon(in *input) reckoning {
	r := reckoning{}
	switch p.Basis {
	case PerTeam:
		r.rate, r.quantity = p.flat(in, &r), 1
		r.amount = r.rate
	case PerMember:
		r.rate = p.flat(in, &r)
		p.perMember(in, &r)
	case PerPersonDay, PerPersonNight:
		r.rate = p.flat(in, &r)
		p.perPerson(in, &r)
	case ActualCost:
		p.actualCost(in, &r)
	case RateTable, OnceOnRecognition:
		p.fromTable(in, &r)
	case ByTier:
		if t := p.tier(in, &r); t != nil {
			r.rate = t.Rate
			r.line(domain.SumLine{What: t.ID, Vi: t.Vi, En: t.En, Quantity: 1, Rate: t.Rate})
		}
	case SalaryMultiple:
		p.salaryMultiple(in, &r)
	case Ranked:
		p.fromRank(in, &r)
	}
	if r.lack == nil {
		p.limit(in, &r)
	}
	if r.lack != nil {
		r.amount = 0
	}
	return r
}

// flat is the rate of one unit of what is counted.
func (p *Policy) flat(in *input, r *reckoning) domain.Money {
	if p.rateFact != nil {
		if !p.rateFact.known(in) {
			r.missFact(p.rateFact)
			return 0
		}
		asked := domain.Money(in.value(p.rateFact).Value().(int64))
		if p.RateMax > 0 && asked > p.RateMax {
			r.breakdown().Caps = append(r.breakdown().Caps,
				domain.SumCap{Per: "rate", VND: p.RateMax, Room: p.RateMax, Cut: asked - p.RateMax})
			asked = p.RateMax
		}
		return asked
	}
	rate := p.RateIn(in.month)
	if rate == 0 {
		r.miss("chưa biết mức hỗ trợ của tháng này (nguồn không nêu)", "the rate of this month is not known (the source does not give it)")
	}
	return rate
}

func (p *Policy) perMember(in *input, r *reckoning) {
	if len(in.f.People) == 0 && in.f.Members > 0 {
		r.miss("chưa có danh sách thành viên trong dữ liệu", "the facts have no list of members")
	}
	for _, w := range in.f.People {
		if p.Count == CountWorking && w.Days+w.Nights > 0 || p.Count != CountWorking && w.Member {
			r.line(domain.SumLine{Who: w.ID, Vi: "thành viên × tháng", En: "member × month", Quantity: 1, Rate: r.rate})
		}
	}
	p.nobody(r, "không có thành viên nào được tính", "no member counts")
}

func (p *Policy) perPerson(in *input, r *reckoning) {
	count, vi, en := func(w Worker) int64 { return w.Days }, "người × ngày", "person × day"
	if p.Basis == PerPersonNight {
		count, vi, en = func(w Worker) int64 { return w.Nights }, "người × đêm", "person × night"
	}
	people := in.f.People
	if !p.Subject.OfTeam() {
		people = []Worker{{ID: in.s.ID, Days: in.s.Person.Days, Nights: in.s.Person.Nights}}
	}
	for _, w := range people {
		r.line(domain.SumLine{Who: w.ID, Vi: vi, En: en, Quantity: count(w), Rate: r.rate})
	}
	p.nobody(r, "không có ngày công nào được tính", "no day of work counts")
}

// nobody explains a sum of nothing.
func (p *Policy) nobody(r *reckoning, vi, en string) {
	if r.amount == 0 && r.lack == nil {
		r.miss(vi, en)
	}
}

// personDays sums the days and nights of the team's people.
func (f *Facts) personDays() (days, nights int64) {
	for _, w := range f.People {
		days += w.Days
		nights += w.Nights
	}
	return days, nights
}
