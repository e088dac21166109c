package policy

import (
	"fmt"
	"slices"

	"github.com/banso/banso/server/internal/domain"
)

// Bounds of money in a file. Below minVND somebody wrote thousands or millions
// instead of đồng; no base salary was ever below minSalary.
const (
	minVND    domain.Money = 1_000
	minSalary domain.Money = 100_000
	maxRate   domain.Money = 1_000_000_000  // of what is paid again and again
	maxAward  domain.Money = 10_000_000_000 // of what is paid once
)

// uses lists the figures that each basis may have, and whether subjects that
// are teams, or others, may be counted by it.
var uses = map[Basis]struct {
	team, other bool
	need, may   []string
}{
	PerTeam:           {team: true, need: []string{"rate"}, may: []string{"caps", "components", "top_up"}},
	PerMember:         {team: true, need: []string{"rate", "count"}, may: []string{"caps", "components", "top_up"}},
	PerPersonDay:      {team: true, other: true, need: []string{"rate"}, may: []string{"caps", "rate_max_vnd"}},
	PerPersonNight:    {team: true, other: true, need: []string{"rate"}, may: []string{"caps", "rate_max_vnd"}},
	ActualCost:        {team: true, need: []string{"caps"}, may: []string{"components", "top_up"}},
	RateTable:         {team: true, other: true, need: []string{"table"}, may: []string{"caps"}},
	OnceOnRecognition: {other: true, need: []string{"table"}},
	ByTier:            {team: true, other: true, need: []string{"tiers"}, may: []string{"caps", "components", "top_up"}},
	SalaryMultiple:    {team: true, other: true, need: []string{"base_salary", "multiple"}, may: []string{"caps", "rounding"}},
	Ranked:            {other: true, need: []string{"ranks_vnd"}},
}

// given names the figures that a file has.
func (f *File) given() []string {
	list := []string{}
	for _, g := range []struct {
		name string
		is   bool
	}{
		{"rate", f.Rate != 0 || len(f.Rates) > 0 || f.RateFact != ""},
		{"rate_max_vnd", f.RateMax != 0}, {"count", f.Count != ""}, {"table", f.Table != nil},
		{"multiple", f.Permille != 0 || f.Tiers != nil && f.Basis == SalaryMultiple},
		{"tiers", f.Tiers != nil && f.Basis != SalaryMultiple}, {"base_salary", len(f.BaseSalary) > 0},
		{"rounding", f.Rounding != ""}, {"ranks_vnd", len(f.Ranks) > 0}, {"caps", len(f.Caps) > 0},
		{"components", len(f.Components) > 0}, {"top_up", f.TopUp != nil},
	} {
		if g.is {
			list = append(list, g.name)
		}
	}
	return list
}

// pointers of figures that have not their own name in the file.
var figurePtr = map[string]string{"rate": "/rate_vnd", "multiple": "/permille"}

func (f *File) checkScale() *fault {
	u, known := uses[f.Basis]
	switch {
	case !known:
		return bad("/basis", "%q is no basis", f.Basis)
	case f.Subject.OfTeam() && !u.team || !f.Subject.OfTeam() && !u.other:
		return bad("/basis", "%s can't be counted for the subject %s", f.Basis, f.Subject)
	case f.Basis == OnceOnRecognition && f.Periodicity != Once:
		return bad("/periodicity", "of once_on_recognition is once")
	case f.Subject == Member && f.Basis != PerMember && f.Basis != PerPersonDay && f.Basis != PerPersonNight:
		return bad("/basis", "of the subject member is counted by person")
	}
	given := f.given()
	for _, n := range u.need {
		field := trimPtr(n)
		switch {
		case slices.Contains(given, n) || field == "rate_vnd" && f.assumes(field):
		case field == "rate_vnd":
			return bad("/"+field, "is missing for the basis %s; if the source does not give it, list %q under assumed", f.Basis, field)
		default:
			return bad("/"+field, "is missing for the basis %s", f.Basis)
		}
	}
	for _, n := range given {
		if !slices.Contains(u.need, n) && !slices.Contains(u.may, n) {
			return bad("/"+trimPtr(n), "means nothing for the basis %s", f.Basis)
		}
	}
	return first(f.checkRate, f.checkTable, f.checkTiers, f.checkSalary, f.checkRanks, f.checkCaps, f.checkComponents, f.checkTopUp)
}

func trimPtr(name string) string {
	if p := figurePtr[name]; p != "" {
		return p[1:]
	}
	return name
}

// amount checks one figure of money.
func amount(ptr string, m, most domain.Money) *fault {
	switch {
	case m <= 0:
		return bad(ptr, "must be an amount in đồng above 0")
	case m < minVND:
		return bad(ptr, "is %d đồng: amounts are whole đồng, not thousands", m)
	case m > most:
		return bad(ptr, "is more than %s: amounts are đồng", most)
	}
	return nil
}

func (f *File) checkRate() *fault {
	ways := 0
	for _, is := range []bool{f.Rate != 0, len(f.Rates) > 0, f.RateFact != ""} {
		if is {
			ways++
		}
	}
	switch {
	case ways > 1:
		return bad("/rate_vnd", "only one of rate_vnd, rates and rate_fact can hold")
	case f.Rate != 0:
		if b := amount("/rate_vnd", f.Rate, maxRate); b != nil {
			return b
		}
	case f.RateFact != "" && f.RateMax == 0:
		return bad("/rate_max_vnd", "is missing: a rate that is decided case by case has a limit")
	}
	if f.RateFact == "" && f.RateMax != 0 {
		return bad("/rate_max_vnd", "means nothing without rate_fact")
	}
	if f.RateMax != 0 {
		if b := amount("/rate_max_vnd", f.RateMax, maxRate); b != nil {
			return b
		}
	}
	if f.Count != "" && f.Count != CountLastDay && f.Count != CountWorking {
		return bad("/count", "%q is not %s or %s", f.Count, CountLastDay, CountWorking)
	}
	return dated("/rates", f.Rates, minVND)
}

// dated: intervals in order, without gap or overlap, only the outer ends open.
func dated(ptr string, list []DatedRate, least domain.Money) *fault {
	for i, r := range list {
		p := fmt.Sprintf("%s/%d", ptr, i)
		switch {
		case r.From != "" && !validDate(r.From):
			return bad(p+"/from", "is not yyyy-mm-dd")
		case r.To != "" && !validDate(r.To):
			return bad(p+"/to", "is not yyyy-mm-dd")
		case r.From != "" && r.To != "" && r.To < r.From:
			return bad(p+"/to", "is before from")
		case i > 0 && (list[i-1].To == "" || r.From == "" || r.From <= list[i-1].To):
			return bad(p+"/from", "overlaps the rate before it")
		case i > 0 && r.From != list[i-1].To.Add(1):
			return bad(p+"/from", "leaves a gap after the rate before it")
		}
		if r.VND > 0 && r.VND < least {
			return bad(p+"/vnd", "is %d đồng: amounts are whole đồng, not thousands", r.VND)
		}
		if b := amount(p+"/vnd", r.VND, maxRate); b != nil {
			return b
		}
	}
	return nil
}
