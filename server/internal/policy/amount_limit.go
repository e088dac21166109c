package policy

import (
	"math"
	"slices"

	"github.com/banso/banso/server/internal/domain"
)

// Why a cost does not count.
const (
	whyCostEvidence = "no_evidence"
	whyCostCategory = "category"
	whyCostDay      = "day"
)

// actualCost sums what was spent on allowed things, with evidence, on days of
// the month that the policy covers, within the limits of the components.
func (p *Policy) actualCost(in *input, r *reckoning) {
	sums := map[string]domain.Money{}
	for _, c := range in.f.Costs {
		if why := p.costOut(in, c); why != "" {
			r.breakdown().Left = append(r.breakdown().Left, domain.LeftOut{ID: c.ID, Amount: c.VND, Why: why})
			continue
		}
		if c.VND < 0 || sums[c.Category] > math.MaxInt64/4-c.VND {
			r.miss("số liệu đầu vào không hợp lý", "the figures are not plausible")
			return
		}
		sums[c.Category] += c.VND
		r.quantity++
	}
	for _, s := range p.Spending {
		if sums[s.ID] > 0 {
			r.breakdown().Lines = append(r.breakdown().Lines,
				domain.SumLine{What: s.ID, Vi: s.Vi, En: s.En, Quantity: 1, Rate: sums[s.ID], Amount: sums[s.ID]})
		}
	}
	free := slices.Clone(p.Spending)
	for _, c := range p.Components {
		var asked domain.Money
		for _, id := range c.Categories {
			asked += sums[id]
		}
		limit, ok := c.limit(in)
		part := domain.SumPart{Part: c.ID, Vi: c.Vi, En: c.En, Asked: asked, Limit: limit, Amount: asked}
		if ok {
			part.Amount = min(asked, limit)
		}
		r.amount += part.Amount
		r.breakdown().Parts = append(r.breakdown().Parts, part)
		free = slices.DeleteFunc(free, func(s Spend) bool { return slices.Contains(c.Categories, s.ID) })
	}
	for _, s := range free {
		r.amount += sums[s.ID]
	}
	p.nobody(r, "chưa có khoản chi nào có chứng từ được tính", "no cost with evidence counts")
}

func (p *Policy) costOut(in *input, c Cost) string {
	switch {
	case !slices.ContainsFunc(p.Spending, func(s Spend) bool { return s.ID == c.Category }):
		return whyCostCategory
	case c.On.Month() != in.month || p.FromDay != "" && c.On < p.FromDay || p.ToDay != "" && c.On > p.ToDay:
		return whyCostDay
	case !c.Evidence:
		return whyCostEvidence
	}
	return ""
}

func (f *Facts) costsWithoutEvidence() (n int64) {
	for _, c := range f.Costs {
		if !c.Evidence {
			n++
		}
	}
	return n
}

// limit of a component on the facts; false: it has none of its own.
func (c *Component) limit(in *input) (domain.Money, bool) {
	days, nights := in.f.personDays()
	n := days
	switch c.Basis {
	case basisRemainder:
		return 0, false
	case PerPersonNight:
		n = nights
	}
	out, ok := times(n, c.Cap)
	if !ok {
		return 0, true
	}
	return out, true
}

// limit applies the caps, splits a lump sum into its components and looks at
// the top-up.
func (p *Policy) limit(in *input, r *reckoning) {
	for _, c := range p.Caps {
		used := in.paid.Period
		if c.Per == perYear {
			used = in.paid.Year
		}
		room := max(0, c.VND-max(0, used))
		cut := max(0, r.amount-room)
		r.amount -= cut
		r.breakdown().Caps = append(r.breakdown().Caps, domain.SumCap{Per: c.Per, VND: c.VND, Used: used, Room: room, Cut: cut})
		if room == 0 {
			r.refuse("đã hưởng hết mức tối đa "+c.VND.String(), "the maximum of "+moneyEn(c.VND)+" is used up")
			return
		}
	}
	if p.Basis != ActualCost && len(p.Components) > 0 {
		p.split(in, r)
	}
	if p.TopUp != nil && in.f.Extra.VND != 0 {
		p.topUp(in, r)
	}
}

// What a cap is counted over.
const (
	perPeriod = "period"
	perYear   = "year"
)

// split says how much of a lump sum may go to each component.
func (p *Policy) split(in *input, r *reckoning) {
	left := r.amount
	for _, c := range p.Components {
		part := domain.SumPart{Part: c.ID, Vi: c.Vi, En: c.En, Amount: left}
		if limit, ok := c.limit(in); ok {
			part.Limit, part.Amount = limit, min(limit, left)
		}
		left -= part.Amount
		r.breakdown().Parts = append(r.breakdown().Parts, part)
	}
}

// topUp looks at money that somebody else adds. More than is allowed is not
// cut but refused: it is his decision that is wrong.
func (p *Policy) topUp(in *input, r *reckoning) {
	most := p.TopUp.most(r.amount)
	t := domain.TopUp{By: p.TopUp.By, Decision: in.f.Extra.Decision, Asked: in.f.Extra.VND, Max: most}
	switch {
	case in.f.Extra.By != p.TopUp.By:
		t.Vi, t.En = "không phải cấp được hỗ trợ thêm", "not the level that may add money"
	case in.f.Extra.VND < 0 || in.f.Extra.VND > most:
		t.Vi = "vượt mức được hỗ trợ thêm, tối đa " + most.String() + ": không tính"
		t.En = "more than may be added, at most " + moneyEn(most) + ": not counted"
	default:
		t.Amount = in.f.Extra.VND
		t.Vi, t.En = "hỗ trợ thêm bằng ngân sách của cấp đó, không thuộc kinh phí tỉnh", "added from that level's own budget, no money of the province"
	}
	r.breakdown().TopUp = &t
}

// most is the most that may be added to an amount.
func (t *TopUp) most(amount domain.Money) domain.Money {
	out, _ := permilleOf(min(amount, maxAward), t.MaxPermille, RoundDown)
	return out
}

// MostTopUp is the most that another payer may add to a month of a team; false
// where the policy lets nobody add, or has no one rate to measure it by.
func (p *Policy) MostTopUp(by string, m domain.Month) (domain.Money, bool) {
	if p.TopUp == nil || p.TopUp.By != by || p.Basis != PerTeam {
		return 0, false
	}
	return p.TopUp.most(p.RateIn(m)), true
}
