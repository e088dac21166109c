package policy_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
)

// goldenCase is a case of a policy on teams or on others. Each change starts
// from facts that meet all conditions.
type goldenCase struct {
	name    string
	month   domain.Month
	team    func(*policy.Facts)
	support func(*policy.SupportFacts)
}

// teamFacts is a village team's month that meets every shipped rule.
func teamFacts(m domain.Month) policy.Facts {
	f := june()
	f.Month = m
	f.Members = 3
	f.People = []policy.Worker{
		{ID: "AAAAAAAAAAAAAAAAAAAAAB", Member: true, Days: 2}, {ID: "AAAAAAAAAAAAAAAAAAAAAC", Member: true, Days: 1, Nights: 1},
		{ID: "AAAAAAAAAAAAAAAAAAAAAD", Member: true}, {ID: "AAAAAAAAAAAAAAAAAAAAAE", Days: 1},
	}
	return f
}

// supportFacts meet every shipped rule of a subject.
func supportFacts(s policy.Subject, m domain.Month) policy.SupportFacts {
	return policy.SupportFacts{
		Subject: s, ID: "SSSSSSSSSSSSSSSSSSSSSA", Month: m,
		Officer: policy.OfficerFacts{Level: "province", Degree: "university", InCharge: true, WholeMonth: true, Decision: "5/QĐ-SNV"},
		Unit:    policy.UnitFacts{Kind: "xa", Standard: "standard", Recognised: m.Day(15), Decision: "77/QĐ-UBND"},
		Rank:    policy.RankFacts{Place: 1, Decision: "9/QĐ-UBND"},
		Person:  policy.PersonFacts{Kind: "mobilised", Days: 3, Nights: 2},
		Order:   policy.OrderFacts{By: "province_chair", Urgent: true, Decision: "3/LĐ-UBND", Rate: 150_000},
	}
}

func costs(list ...policy.Cost) func(*policy.Facts) {
	return func(f *policy.Facts) { f.Costs = list }
}

func cost(id, category string, on domain.Date, vnd domain.Money) policy.Cost {
	return policy.Cost{ID: id, Category: category, On: on, VND: vnd, Evidence: true}
}

func householdsOf(n int64) func(*policy.SupportFacts) {
	return func(f *policy.SupportFacts) { f.Person.Kind = "village_officer"; f.Village.Households = n }
}

func village(v policy.Village) func(*policy.Facts) {
	return func(f *policy.Facts) { f.Village = v }
}

func topUp(vnd domain.Money) func(*policy.Facts) {
	return func(f *policy.Facts) { f.Extra = policy.Extra{By: "commune", Decision: "8/NQ-HĐND", VND: vnd} }
}

func officer(level, degree string) func(*policy.SupportFacts) {
	return func(f *policy.SupportFacts) { f.Officer.Level, f.Officer.Degree = level, degree }
}

func unit(kind, standard string) func(*policy.SupportFacts) {
	return func(f *policy.SupportFacts) { f.Unit.Kind, f.Unit.Standard = kind, standard }
}

var goldens = []struct {
	policy string
	cases  []goldenCase
}{
	{"yb-nq60-team", []goldenCase{
		{name: "June 2023", month: "2023-06"}, {name: "before it", month: "2022-12"}, {name: "November 2026", month: "2026-11"},
		{name: "unregistered", month: "2023-06", team: func(f *policy.Facts) { f.Registration = policy.Registration{} }},
	}},
	{"yb-nq60-officer", []goldenCase{
		{name: "province, university", month: "2023-06"},
		{name: "district, master", month: "2023-06", support: officer("district", "master_plus")},
		{name: "commune, degree unknown", month: "2023-06", support: officer("commune", "")},
		{name: "province, degree unknown", month: "2023-06", support: officer("province", "")},
		{name: "province, college", month: "2023-06", support: officer("province", "college")},
		{name: "not in charge", month: "2023-06", support: func(f *policy.SupportFacts) { f.Officer.InCharge = false }},
		{name: "part of a month", month: "2023-06", support: func(f *policy.SupportFacts) { f.Officer.WholeMonth = false }},
		{name: "after it", month: "2026-01"},
	}},
	{"yb-nq60-award", []goldenCase{
		{name: "commune, standard", month: "2023-06"}, {name: "commune, advanced", month: "2023-06", support: unit("xa", "advanced")},
		{name: "district, standard", month: "2023-06", support: unit("huyen", "standard")},
		{name: "district, advanced", month: "2023-06", support: unit("huyen", "advanced")},
		{name: "department, standard", month: "2023-06", support: unit("so_ban_nganh", "standard")},
		{name: "department, advanced", month: "2023-06", support: unit("so_ban_nganh", "advanced")},
		{name: "not recognised", month: "2023-06", support: unit("xa", "")},
		{name: "a school", month: "2023-06", support: unit("truong", "standard")},
		{name: "kind unknown", month: "2023-06", support: unit("", "standard")},
		{name: "awarded before", month: "2023-06", support: func(f *policy.SupportFacts) { f.Paid.Times = 1 }},
		{name: "too late", month: "2026-01"},
	}},
	{"ht-nq119", []goldenCase{
		{name: "first month", month: "2024-01"}, {name: "last month", month: "2025-12"}, {name: "after it", month: "2026-01"},
		{name: "paid elsewhere", month: "2024-01", team: func(f *policy.Facts) { f.Paid.Elsewhere = true }},
	}},
	{"bd-nq27-lump", []goldenCase{
		{name: "three members", month: "2024-01"}, {name: "long after: no end is known", month: "2030-01"}, {name: "before it", month: "2023-12"},
		{name: "no list of members", month: "2024-01", team: func(f *policy.Facts) { f.People = nil }},
		{name: "nobody left", month: "2024-01", team: func(f *policy.Facts) { f.People, f.Members = nil, 0 }},
	}},
	{"bd-nq27-day", []goldenCase{
		{name: "three days", month: "2024-03"},
		{name: "salaried", month: "2024-03", support: func(f *policy.SupportFacts) { f.Person.Salaried = true }},
		{name: "a member who has a salary", month: "2024-03", support: func(f *policy.SupportFacts) { f.Person.Kind, f.Person.Salaried = "member", true }},
		{name: "no order", month: "2024-03", support: func(f *policy.SupportFacts) { f.Order = policy.OrderFacts{} }},
		{name: "no day", month: "2024-03", support: func(f *policy.SupportFacts) { f.Person.Days = 0 }},
	}},
	{"bd-nq27-night", []goldenCase{
		{name: "two nights", month: "2024-03"},
		{name: "exactly the most", month: "2024-03", support: func(f *policy.SupportFacts) { f.Order.Rate = 200_000 }},
		{name: "above it", month: "2024-03", support: func(f *policy.SupportFacts) { f.Order.Rate = 200_001 }},
		{name: "the order has no rate", month: "2024-03", support: func(f *policy.SupportFacts) { f.Order.Rate = 0 }},
		{name: "no urgent order", month: "2024-03", support: func(f *policy.SupportFacts) { f.Order.Urgent = false }},
	}},
	{"dn-nq36", []goldenCase{
		{name: "within all limits", month: "2024-09", team: costs(cost("1", "drinks", "2024-09-02", 120_000), cost("2", "telecom", "2024-09-03", 300_000))},
		{name: "drinks exactly at 4 person-days", month: "2024-09", team: costs(cost("1", "drinks", "2024-09-02", 120_000), cost("2", "fuel", "2024-09-03", 80_000))},
		{name: "drinks above it", month: "2024-09", team: costs(cost("1", "drinks", "2024-09-02", 120_000), cost("2", "fuel", "2024-09-03", 80_001))},
		{name: "the year's rest exactly", month: "2024-12", team: func(f *policy.Facts) {
			costs(cost("1", "telecom", "2024-12-02", 400_000))(f)
			f.Paid.Year = 2_600_000
		}},
		{name: "above the year's rest", month: "2024-12", team: func(f *policy.Facts) {
			costs(cost("1", "telecom", "2024-12-02", 400_001))(f)
			f.Paid.Year = 2_600_000
		}},
		{name: "the year is used up", month: "2024-12", team: func(f *policy.Facts) {
			costs(cost("1", "telecom", "2024-12-02", 400_000))(f)
			f.Paid.Year = 3_000_000
		}},
		{name: "what does not count", month: "2024-08", team: costs(cost("1", "telecom", "2024-08-09", 1), cost("2", "party", "2024-08-12", 2),
			policy.Cost{ID: "3", Category: "telecom", On: "2024-08-13", VND: 3}, cost("4", "telecom", "2024-09-01", 4), cost("5", "telecom", "2024-08-10", 50_000))},
		{name: "no costs", month: "2024-09"}, {name: "before it", month: "2024-07"}, {name: "after it", month: "2026-01"},
	}},
	{"dn-nq26", []goldenCase{
		{name: "four person-days", month: "2026-01"},
		{name: "more person-days than money", month: "2026-01", team: func(f *policy.Facts) { f.People[0].Days = 20 }},
		{name: "twice on top", month: "2026-01", team: topUp(600_000)}, {name: "2.01 times on top", month: "2026-01", team: topUp(603_000)},
		{name: "on top of nothing", month: "2026-01", team: func(f *policy.Facts) { topUp(600_000)(f); f.Decision = "" }},
		{name: "on top by another", month: "2026-01", team: func(f *policy.Facts) { topUp(600_000)(f); f.Extra.By = "village" }},
		{name: "paid elsewhere", month: "2026-01", team: func(f *policy.Facts) { f.Paid.Elsewhere = true }},
		{name: "after it", month: "2028-01"},
	}},
	{"dongnai-draft-team", []goldenCase{{name: "a proposal", month: "2024-06"}}},
	{"dongnai-draft-top3", []goldenCase{
		{name: "the best, of a proposal", month: "2024-12"},
		{name: "a commune", month: "2024-12", support: unit("xa", "")},
	}},
	{"hcm-2026-data-campaign", []goldenCase{
		{name: "three days", month: "2026-03"}, {name: "not sent", month: "2026-03", support: func(f *policy.SupportFacts) { f.Order.Decision = "" }},
	}},
	{"hungyen-analog", []goldenCase{
		{name: "349 households", month: "2026-06", support: householdsOf(349)}, {name: "350 households", month: "2026-06", support: householdsOf(350)},
		{name: "500 households", month: "2026-06", support: householdsOf(500)}, {name: "501 households", month: "2026-06", support: householdsOf(501)},
		{name: "349 households, new base salary", month: "2026-07", support: householdsOf(349)},
		{name: "350 households, new base salary", month: "2026-07", support: householdsOf(350)},
		{name: "501 households, new base salary", month: "2026-07", support: householdsOf(501)},
		{name: "households unknown", month: "2026-07", support: householdsOf(0)},
	}},
	{"nghean-analog", []goldenCase{
		{name: "a hamlet of 349", month: "2025-12", team: village(policy.Village{Kind: "xom", Households: 349})},
		{name: "a hamlet of 350", month: "2025-12", team: village(policy.Village{Kind: "xom", Households: 350})},
		{name: "a quarter of 499", month: "2025-12", team: village(policy.Village{Kind: "khoi", Households: 499})},
		{name: "a quarter of 500", month: "2025-12", team: village(policy.Village{Kind: "khoi", Households: 500})},
		{name: "a small one at the border", month: "2025-12", team: village(policy.Village{Kind: "ban", Households: 40, Border: true})},
		{name: "at the border, households unknown", month: "2025-12", team: village(policy.Village{Kind: "ban", Border: true})},
		{name: "not at the border, households unknown", month: "2025-12", team: village(policy.Village{Kind: "ban"})},
		{name: "nothing known", month: "2025-12"},
		{name: "not yet December", month: "2025-11", team: village(policy.Village{Kind: "xom", Households: 350})},
	}},
}

// TestGolden holds facts and the verdict's bytes of each shipped policy, one
// file each: its cases read as a table of what the policy does.
func TestGolden(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.policy, func(t *testing.T) {
			p := load(t, g.policy)
			var out strings.Builder
			for _, c := range g.cases {
				v := decide(t, p, c)
				raw, err := json.Marshal(v, jsontext.WithIndent(" "), json.Deterministic(true))
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, "== %s, %s\n%s\n", c.name, c.month, raw)
			}
			compare(t, "testdata/policies/"+g.policy+".golden", out.String())
		})
	}
	if len(goldens) != len(shipped(t))-1 { // all but the example
		t.Errorf("%d policies have goldens, %d are shipped", len(goldens), len(shipped(t))-1)
	}
}

// decide gives the verdict on a case, texts of rules left out: the file has
// them.
func decide(t testing.TB, p *policy.Policy, c goldenCase) any {
	t.Helper()
	short := func(rules []domain.RuleResult) {
		for i := range rules {
			rules[i].Source, rules[i].Vi, rules[i].En = "", "", ""
		}
	}
	if p.Subject.OfTeam() {
		f := teamFacts(c.month)
		if c.team != nil {
			c.team(&f)
		}
		v, err := p.Decide(f)
		if err != nil {
			t.Fatal(err)
		}
		short(v.Rules)
		v.Activities = nil
		return v
	}
	f := supportFacts(p.Subject, c.month)
	if c.support != nil {
		c.support(&f)
	}
	v, err := p.DecideSupport(f)
	if err != nil {
		t.Fatal(err)
	}
	short(v.Rules)
	return v
}

func compare(t testing.TB, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}
