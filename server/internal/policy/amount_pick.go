package policy

import (
	"github.com/banso/banso/server/internal/domain"
)

// fromTable pays the first row that fits the facts. A row that an unknown fact
// keeps from being judged stops the search: a later row could be the wrong one.
func (p *Policy) fromTable(in *input, r *reckoning) {
	for _, row := range p.Table.Rows {
		fits := true
		for i, v := range p.tableBy {
			want := row.Key[i]
			if want == anyKey || !fits {
				continue
			}
			if v.known != nil && !v.known(in) {
				r.missFact(v)
				return
			}
			fits = in.value(v).Value() == want
		}
		if fits {
			r.rate = row.Rate
			r.line(domain.SumLine{What: joinKey(row.Key), Vi: row.Vi, En: row.En, Quantity: 1, Rate: row.Rate})
			return
		}
	}
	r.refuse("bảng mức hỗ trợ không có dòng cho trường hợp này", "the table has no row for this case")
}

// anyKey in a key of a table fits everything.
const anyKey = "*"

func joinKey(key []string) string {
	s := ""
	for i, k := range key {
		if i > 0 {
			s += "/"
		}
		s += k
	}
	return s
}

// tier finds the step that holds.
func (p *Policy) tier(in *input, r *reckoning) *Tier {
	var n int64
	if p.tierBy != nil {
		if p.tierBy.known != nil && !p.tierBy.known(in) {
			r.missFact(p.tierBy)
			return nil
		}
		n = in.value(p.tierBy).Value().(int64)
	}
	for i := range p.Tiers.Steps {
		t := &p.Tiers.Steps[i]
		switch {
		case p.tierBy != nil:
			if (t.From == 0 || t.From <= n) && (t.To == 0 || n <= t.To) {
				return t
			}
		case t.Otherwise:
			return t
		default:
			holds, err := run[bool](p.tierWhen[i], in)
			if u, ok := err.(*unknownFact); ok {
				r.missFact(u.v)
				return nil
			}
			if err != nil {
				r.miss("chưa tính được bậc "+t.ID, "tier "+t.ID+" could not be evaluated")
				return nil
			}
			if holds {
				return t
			}
		}
	}
	r.refuse("không thuộc bậc nào của chính sách", "no tier of the policy fits")
	return nil
}

// salaryMultiple is permille thousandths of the base salary that holds on the
// month's first day.
func (p *Policy) salaryMultiple(in *input, r *reckoning) {
	permille, line := p.Permille, domain.SumLine{Quantity: 1, Vi: "hệ số × lương cơ sở", En: "multiple × base salary"}
	if p.Tiers != nil {
		t := p.tier(in, r)
		if t == nil {
			return
		}
		permille, line.What, line.Vi, line.En = t.Permille, t.ID, t.Vi, t.En
	}
	salary := rateOn(p.BaseSalary, in.month.First())
	if salary == 0 {
		r.miss("chưa biết mức lương cơ sở của tháng này", "the base salary of this month is not known")
		return
	}
	line.Rate, _ = permilleOf(salary, permille, p.Rounding)
	r.rate = line.Rate
	r.line(line)
}

// permilleOf multiplies by thousandths; exact is false where it isn't whole
// đồng, which a file may hold only together with a rule of rounding.
func permilleOf(m domain.Money, permille int64, how Rounding) (out domain.Money, exact bool) {
	product := int64(m) * permille // both bounded by the parser
	out, exact = domain.Money(product/1000), product%1000 == 0
	if how == RoundHalfUp && product%1000 >= 500 {
		out++
	}
	return out, exact
}

func (p *Policy) fromRank(in *input, r *reckoning) {
	k := in.s.Rank
	switch {
	case k.Place <= 0:
		r.miss("chưa biết thứ hạng", "the rank is not known")
	case k.Tied:
		r.miss("đồng hạng với đơn vị khác: cần quyết định của tỉnh", "tied with another unit: the province must decide")
	case k.Place > int64(len(p.Ranks)):
		r.refuse("thứ hạng không được hỗ trợ", "the rank is not supported")
	default:
		r.rate = p.Ranks[k.Place-1]
		r.line(domain.SumLine{Vi: "theo thứ hạng", En: "by rank", Quantity: 1, Rate: r.rate})
	}
}
