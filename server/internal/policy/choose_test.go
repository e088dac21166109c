package policy_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
)

// parse reads a shipped file with some values set.
func parse(t testing.TB, name string, values map[string]any) *policy.Policy {
	t.Helper()
	raw := edited(t, name, "/note/en", "x")
	for ptr, v := range values {
		raw = setIn(t, raw, ptr, v)
	}
	p, err := policy.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func idOf(p *policy.Policy) string {
	if p == nil {
		return ""
	}
	return p.ID + "@" + p.Version
}

func TestSelect(t *testing.T) {
	nq60, dongnai := load(t, "yb-nq60-team"), load(t, "dongnai-draft-team")
	commune := parse(t, "ht-nq119", map[string]any{"/id": "commune", "/subject": "team_commune", "/from": "2023-01"})
	lump, dn24, dn26, nghean := load(t, "bd-nq27-lump"), load(t, "dn-nq36"), load(t, "dn-nq26"), load(t, "nghean-analog")
	officer := load(t, "yb-nq60-officer")
	second := parse(t, "yb-nq60-team", map[string]any{"/version": "2", "/replaces": "1", "/preset": "4/2/2"})
	later := parse(t, "ht-nq119", map[string]any{"/version": "2", "/from": "2026-01", "/to": "2026-12"})
	for _, c := range []struct {
		name   string
		all    []*policy.Policy
		month  domain.Month
		level  domain.Level
		soil   []string
		main   string
		others []string
	}{
		{"one", []*policy.Policy{nq60}, "2023-06", "village", nil, "yb-nq60-team@1", nil},
		{"none about teams", []*policy.Policy{officer}, "2023-06", "village", nil, "", nil},
		{"outside its months it still explains", []*policy.Policy{nq60}, "2026-11", "village", nil, "yb-nq60-team@1", nil},
		{"a proposal gives way", []*policy.Policy{nq60, dongnai}, "2023-06", "village", nil, "yb-nq60-team@1", nil},
		{"a proposal alone explains", []*policy.Policy{dongnai}, "2023-06", "village", nil, "dongnai-draft-team@1", nil},
		{"by level", []*policy.Policy{nq60, commune}, "2024-06", "commune", nil, "commune@1", nil},
		{"a village team", []*policy.Policy{nq60, commune}, "2024-06", "village", nil, "yb-nq60-team@1", nil},
		{"teams and members", []*policy.Policy{lump, dn24}, "2024-09", "village", nil, "dn-nq36@1", []string{"bd-nq27-lump@1"}},
		{"the next resolution", []*policy.Policy{dn24, dn26}, "2026-01", "village", nil, "dn-nq26@1", nil},
		{"yearly, in the year", []*policy.Policy{nghean, nq60}, "2024-06", "village", nil, "yb-nq60-team@1", nil},
		{"yearly, at its end", []*policy.Policy{nghean, nq60}, "2024-12", "village", nil, "yb-nq60-team@1", []string{"nghean-analog@1"}},
		{"of the province alone", []*policy.Policy{nq60, lump, dn24}, "2024-09", "village", []string{"Tỉnh Yên Bái"}, "yb-nq60-team@1", nil},
		{"on merged soil", []*policy.Policy{nq60, lump}, "2025-07", "village", []string{"Tỉnh Lào Cai", "Tỉnh Yên Bái"}, "yb-nq60-team@1", nil},
		{"on other soil", []*policy.Policy{nq60, lump}, "2025-07", "village", []string{"Tỉnh Lào Cai"}, "", nil},
		{"a version that is replaced", []*policy.Policy{nq60, second}, "2023-06", "village", nil, "yb-nq60-team@2", nil},
		{"two versions in turn, the first", []*policy.Policy{later, load(t, "ht-nq119")}, "2025-12", "village", nil, "ht-nq119@1", nil},
		{"two versions in turn, the second", []*policy.Policy{later, load(t, "ht-nq119")}, "2026-01", "village", nil, "ht-nq119@2", nil},
	} {
		for seed := range uint64(4) {
			r := rand.New(rand.NewPCG(seed, 0))
			r.Shuffle(len(c.all), func(i, j int) { c.all[i], c.all[j] = c.all[j], c.all[i] })
			main, others := policy.Select(c.all, policy.Query{Month: c.month, Level: c.level, Provinces: c.soil})
			got := []string{}
			for _, o := range others {
				got = append(got, idOf(o))
			}
			if idOf(main) != c.main || strings.Join(got, " ") != strings.Join(c.others, " ") {
				t.Errorf("%s: %s and %v, want %s and %v", c.name, idOf(main), got, c.main, c.others)
			}
		}
	}
}

func TestCheckVersion(t *testing.T) {
	one := load(t, "ht-nq119")
	for _, c := range []struct {
		name   string
		values map[string]any
		field  string // "": accepted
	}{
		{"the same version", map[string]any{}, ""},
		{"overlapping", map[string]any{"/version": "2"}, "/version"},
		{"one month of overlap", map[string]any{"/version": "2", "/from": "2025-12", "/to": "2026-12"}, "/version"},
		{"afterwards", map[string]any{"/version": "2", "/from": "2026-01", "/to": "2026-12"}, ""},
		{"it replaces the other", map[string]any{"/version": "2", "/replaces": "1"}, ""},
		{"it replaces nothing that is there", map[string]any{"/version": "2", "/replaces": "0"}, "/replaces"},
		{"another policy", map[string]any{"/version": "2", "/id": "other"}, ""},
	} {
		err := policy.CheckVersion([]*policy.Policy{one}, parse(t, "ht-nq119", c.values))
		var bad *policy.FileError
		if errors.As(err, &bad) != (c.field != "") || c.field != "" && bad.Field != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Both of Đà Nẵng's would pay this month if one had not ended: the lower
// order does, and the other says who.
func TestDecideAll_OneOfAGroup(t *testing.T) {
	lump := parse(t, "dn-nq26", map[string]any{"/from": "2024-08"})
	costs := parse(t, "dn-nq36", map[string]any{"/overlap_order": 1})
	f := teamFacts("2024-09")
	f.Costs = []policy.Cost{cost("1", "telecom", "2024-09-03", 900_000)}
	for _, list := range [][]*policy.Policy{{lump, costs}, {costs, lump}} {
		all, err := policy.DecideAll(list, func(*policy.Policy) policy.Facts { return f })
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range all {
			switch j.Policy {
			case lump:
				if j.Verdict.Amount != 300_000 || j.Facts.Overlap.Policy != "" {
					t.Errorf("%+v", j.Verdict)
				}
			case costs:
				want := "Không hưởng hai lần: đã hưởng 300.000 đồng theo 26/2025/NQ-HĐND."
				if j.Verdict.Result != domain.Ineligible || j.Verdict.Amount != 0 || j.Verdict.ReasonVi != want || j.Facts.Overlap.Policy != "dn-nq26" {
					t.Errorf("%s, %d đồng: %s", j.Verdict.Result, j.Verdict.Amount, j.Verdict.ReasonVi)
				}
				if again, err := j.Policy.Decide(j.Facts); err != nil || again.ReasonVi != want {
					t.Errorf("from its own facts: %s, %v", again.ReasonVi, err)
				}
			}
		}
	}
}
