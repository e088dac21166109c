package policy

import (
	"fmt"

	"github.com/banso/banso/server/internal/domain"
)

// sentences say how the amount is found.
func (p *Policy) sentences() (list []Text) {
	add := func(vi, en string) { list = append(list, Text{vi, en}) }
	period, periodEn := periodVi[p.Periodicity], periodEn[p.Periodicity]
	unit := unitOf[p.Basis]
	if p.accrues() && p.Periodicity != Once { // by days: the period says nothing more
		period, periodEn = "", ""
	}
	for _, r := range p.flatRates() {
		when, whenEn := between(r)
		add(r.VND.String()+" mỗi "+unit.Vi+period+when, moneyEn(r.VND)+" per "+unit.En+periodEn+whenEn)
	}
	switch {
	case p.RateFact != "":
		add("Mức mỗi "+unit.Vi+" do người ra lệnh quyết định, tối đa "+p.RateMax.String(),
			"The rate per "+unit.En+" is set by the order, at most "+moneyEn(p.RateMax))
	case p.assumes("rate_vnd"):
		add("Mức hỗ trợ: nguồn không nêu", "The rate: not given by the source")
	case p.Basis == ActualCost:
		add("Theo chi phí thực tế có chứng từ", "By real costs with evidence")
	}
	for i, m := range p.Ranks {
		add(fmt.Sprintf("Hạng %d: %s", i+1, m), fmt.Sprintf("Rank %d: %s", i+1, moneyEn(m)))
	}
	if p.Table != nil {
		for _, r := range p.Table.Rows {
			add(r.Vi+": "+r.Rate.String()+period, r.En+": "+moneyEn(r.Rate)+periodEn)
		}
	}
	list = append(list, p.tierSentences(period, periodEn)...)
	return append(list, p.limitSentences()...)
}

func (p *Policy) flatRates() []DatedRate {
	if p.Rate != 0 {
		return []DatedRate{{VND: p.Rate}}
	}
	return p.Rates
}

func (p *Policy) tierSentences(period, periodEn string) (list []Text) {
	if p.Tiers != nil {
		for _, t := range p.Tiers.Steps {
			vi, en := t.Rate.String(), moneyEn(t.Rate)
			if t.Rate == 0 {
				vi, en = times1000(t.Permille, ",")+" × lương cơ sở", times1000(t.Permille, ".")+" × base salary"
			}
			list = append(list, Text{t.Vi + ": " + vi + period, t.En + ": " + en + periodEn})
		}
	}
	if p.Permille != 0 {
		list = append(list, Text{times1000(p.Permille, ",") + " × lương cơ sở" + period, times1000(p.Permille, ".") + " × base salary" + periodEn})
	}
	for _, r := range p.BaseSalary {
		when, whenEn := between(r)
		list = append(list, Text{"Lương cơ sở: " + r.VND.String() + when, "Base salary: " + moneyEn(r.VND) + whenEn})
	}
	return list
}

func (p *Policy) limitSentences() (list []Text) {
	add := func(vi, en string) { list = append(list, Text{vi, en}) }
	for _, c := range p.Caps {
		per := Text{"mỗi năm", "a year"}
		if c.Per == perPeriod && p.Periodicity == Monthly {
			per = Text{"mỗi tháng", "a month"}
		}
		if c.Per == perPeriod && p.Periodicity == Quarterly {
			per = Text{"mỗi quý", "a quarter"}
		}
		if c.Per == perPeriod && p.Periodicity == Once {
			per = Text{"cho cả đợt", "in all"}
		}
		add("Tối đa "+c.VND.String()+" "+per.Vi, "At most "+moneyEn(c.VND)+" "+per.En)
	}
	for _, c := range p.Components {
		if c.Basis == basisRemainder {
			add(c.Vi+": phần còn lại", c.En+": the remainder")
			continue
		}
		u := unitOf[c.Basis]
		add(c.Vi+": tối đa "+c.Cap.String()+" mỗi "+u.Vi, c.En+": at most "+moneyEn(c.Cap)+" per "+u.En)
	}
	if t := p.TopUp; t != nil {
		add(fmt.Sprintf("%s được hỗ trợ thêm bằng ngân sách của mình, tối đa %s lần mức trên", payerOf[t.By].Vi, times1000(t.MaxPermille, ",")),
			fmt.Sprintf("%s may add from its own budget, at most %s times that", payerOf[t.By].En, times1000(t.MaxPermille, ".")))
	}
	return list
}

// times1000 writes thousandths as people do: 2000 is "2", 1500 "1,5".
func times1000(permille int64, comma string) string {
	s := fmt.Sprint(permille / 1000)
	if rest := permille % 1000; rest != 0 {
		frac := fmt.Sprintf("%03d", rest)
		for frac[len(frac)-1] == '0' {
			frac = frac[:len(frac)-1]
		}
		s += comma + frac
	}
	return s
}

func between(r DatedRate) (vi, en string) {
	day := func(d domain.Date) string { return d.Vi() }
	if r.From != "" {
		vi, en = " từ "+day(r.From), " from "+day(r.From)
	}
	if r.To != "" {
		vi, en = vi+" đến "+day(r.To), en+" until "+day(r.To)
	}
	return vi, en
}

var (
	periodVi = map[Period]string{Monthly: " mỗi tháng", Quarterly: " mỗi quý", Yearly: " mỗi năm", Once: ", một lần"}
	periodEn = map[Period]string{Monthly: " a month", Quarterly: " a quarter", Yearly: " a year", Once: ", once"}
	unitOf   = map[Basis]Text{PerTeam: {"tổ", "team"}, PerMember: {"thành viên", "member"},
		PerPersonDay: {"người mỗi ngày", "person and day"}, PerPersonNight: {"người mỗi đêm", "person and night"}}
	payerOf = map[string]Text{"commune": {"Cấp xã", "The commune"}, "district": {"Cấp huyện", "The district"}}
)
