package policy_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
)

// anyFacts draws a team's month, plausible or not.
func anyFacts(r *rand.Rand, m domain.Month) policy.Facts {
	f := teamFacts(m)
	flip := func(n int) bool { return r.IntN(n) == 0 }
	if flip(8) {
		f.Registration = policy.Registration{}
	}
	if flip(8) {
		f.Report = policy.Report{}
	}
	if flip(8) {
		f.Accepted = "lụt"
	}
	f.Stage = []domain.Stage{domain.StageOpen, domain.StageGrace, domain.StageClosed}[r.IntN(3)]
	for i := range f.People {
		f.People[i].Days, f.People[i].Nights = int64(r.IntN(32)), int64(r.IntN(8))
	}
	f.Village = policy.Village{Households: int64(r.IntN(700)), Kind: []string{"", "xom", "khoi"}[r.IntN(3)], Border: flip(4)}
	for i := range r.IntN(6) {
		f.Costs = append(f.Costs, policy.Cost{ID: string(rune('a' + i)), Category: []string{"drinks", "fuel", "telecom", "party"}[r.IntN(4)],
			On: m.Day(r.IntN(40)), VND: domain.Money(r.Int64N(2_000_000)), Evidence: !flip(4)})
	}
	f.Extra = policy.Extra{By: "commune", VND: domain.Money(r.Int64N(900_000))}
	f.Paid = policy.Paid{Elsewhere: flip(8), Period: domain.Money(r.Int64N(3_500_000))}
	f.Paid.Year = f.Paid.Period + domain.Money(r.Int64N(1_000_000))
	if flip(50) { // nonsense must not pay and not panic
		f.People[0].Days, f.Costs = -1, append(f.Costs, policy.Cost{ID: "z", Category: "fuel", On: m.First(), VND: -1, Evidence: true})
	}
	return f
}

func teamPolicies(t testing.TB) (list []*policy.Policy) {
	for path, raw := range shipped(t) {
		p, err := policy.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if p.Subject.OfTeam() && !strings.Contains(path, "/examples/") {
			list = append(list, p.Trial()) // proposals too: their sums must hold as well
		}
	}
	slices.SortFunc(list, func(a, b *policy.Policy) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// TestProperty_Amounts: never negative, never above a cap, the sum of its
// lines, nothing without a reason, nothing of another payer.
func TestProperty_Amounts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := teamPolicies(t)
	paid := map[string]int{}
	for range 1500 {
		p := list[r.IntN(len(list))]
		f := anyFacts(r, domain.Month("2024-01").Add(r.IntN(36)))
		v, err := p.Decide(f)
		if err != nil {
			t.Fatal(err)
		}
		if v.Amount < 0 || v.Amount > 0 && v.Result != domain.Eligible || v.Result == domain.Eligible && v.Amount == 0 {
			t.Fatalf("%s: %s with %d đồng on %+v", p.ID, v.Result, v.Amount, f)
		}
		if v.ReasonVi == "" || v.ReasonEn == "" {
			t.Fatalf("%s: no reason", p.ID)
		}
		for _, c := range p.Caps {
			if v.Amount > max(0, c.VND-f.Paid.Year) && c.Per == "year" {
				t.Fatalf("%s: %d đồng above the year's %d after %d", p.ID, v.Amount, c.VND, f.Paid.Year)
			}
		}
		if v.Amount > 0 {
			paid[p.ID]++
			sums(t, p, v)
		}
		raw, err := json.Marshal(f, json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		var back policy.Facts
		if err := json.Unmarshal(raw, &back, json.RejectUnknownMembers(true)); err != nil {
			t.Fatal(err)
		}
		if again, err := p.Decide(back); err != nil || cmp.Diff(v, again) != "" {
			t.Fatalf("%s: facts that were stored give another verdict: %v %s", p.ID, err, cmp.Diff(v, again))
		}
	}
	for _, p := range list {
		if paid[p.ID] == 0 && p.ID != "nghean-analog" {
			t.Errorf("%s never paid: the test says little of it", p.ID)
		}
	}
}

// sums checks that an amount is what its breakdown says.
func sums(t *testing.T, p *policy.Policy, v domain.TeamMonth) {
	t.Helper()
	if v.How == nil {
		if v.Amount != v.Rate {
			t.Fatalf("%s: %d đồng at a rate of %d without a word", p.ID, v.Amount, v.Rate)
		}
		return
	}
	var lines, parts, cut domain.Money
	for _, l := range v.How.Lines {
		if l.Amount != domain.Money(l.Quantity)*l.Rate || l.Vi == "" || l.En == "" {
			t.Fatalf("%s: line %+v", p.ID, l)
		}
		lines += l.Amount
	}
	for _, s := range v.How.Parts {
		parts += s.Amount
		if s.Limit > 0 && s.Amount > s.Limit || s.Amount < 0 {
			t.Fatalf("%s: part %+v", p.ID, s)
		}
	}
	for _, c := range v.How.Caps {
		cut += c.Cut
	}
	switch p.Basis {
	case policy.PerTeam:
		if parts != v.Amount {
			t.Fatalf("%s: parts of %d make %d", p.ID, v.Amount, parts)
		}
	case policy.ActualCost:
		if v.Amount > lines {
			t.Fatalf("%s: %d đồng for costs of %d", p.ID, v.Amount, lines)
		}
	default:
		if v.Amount != lines-cut {
			t.Fatalf("%s: %d đồng, lines %d, cut %d", p.ID, v.Amount, lines, cut)
		}
	}
	if u := v.How.TopUp; u != nil && (u.Amount > 2*v.Amount || u.Amount != 0 && u.Amount != u.Asked) {
		t.Fatalf("%s: top-up %+v on %d", p.ID, u, v.Amount)
	}
}

// TestProperty_Overlap: whatever policies judge a month, one of a group pays
// at most, and their order changes nothing.
func TestProperty_Overlap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	list := teamPolicies(t)
	lost := 0
	for range 200 {
		f := anyFacts(r, domain.Month("2024-01").Add(r.IntN(36)))
		all := slices.Clone(list)
		for _, p := range all { // an order of their own, and ties
			p.OverlapOrder = int64(r.IntN(3))
		}
		facts := func(p *policy.Policy) policy.Facts {
			g := f
			g.Paid.Times = int64(len(p.ID) % 2)
			return g
		}
		first, err := policy.DecideAll(all, facts)
		if err != nil {
			t.Fatal(err)
		}
		payers := map[string][]string{}
		for _, j := range first {
			if j.Verdict.Amount > 0 && j.Policy.OverlapGroup != "" {
				payers[j.Policy.OverlapGroup] = append(payers[j.Policy.OverlapGroup], j.Policy.ID)
			}
			if o := j.Facts.Overlap; o.Policy != "" {
				lost++
				if j.Verdict.Amount != 0 || !strings.Contains(j.Verdict.ReasonVi, o.Instrument) || !strings.Contains(j.Verdict.ReasonEn, o.Instrument) {
					t.Fatalf("the loser %s: %s", j.Policy.ID, j.Verdict.ReasonVi)
				}
			}
		}
		for group, ids := range payers {
			if len(ids) > 1 {
				t.Fatalf("%s is paid by %v", group, ids)
			}
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		second, err := policy.DecideAll(all, facts)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range second {
			i := slices.IndexFunc(first, func(o policy.Judged) bool { return o.Policy == j.Policy })
			if d := cmp.Diff(first[i].Verdict, j.Verdict); d != "" {
				t.Fatalf("another order, another verdict of %s: %s", j.Policy.ID, d)
			}
		}
	}
	if lost == 0 {
		t.Error("no policy ever lost: the test says nothing")
	}
}

// FuzzDecide: whatever the figures are, no verdict panics, and nobody is paid
// a negative sum or one without being eligible.
func FuzzDecide(f *testing.F) {
	list := teamPolicies(f)
	var others []*policy.Policy
	for _, raw := range shipped(f) {
		if p, err := policy.Parse(raw); err == nil && !p.Subject.OfTeam() {
			others = append(others, p.Trial())
		}
	}
	slices.SortFunc(others, func(a, b *policy.Policy) int { return strings.Compare(a.ID, b.ID) })
	f.Add(uint64(1), []byte("12345678"), "village")
	f.Add(uint64(9), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, "commune")
	f.Fuzz(func(t *testing.T, seed uint64, raw []byte, text string) {
		n := int64(binary.LittleEndian.Uint64(append(slices.Clone(raw), make([]byte, 8)...)))
		r := rand.New(rand.NewPCG(seed, 0))
		m := domain.Month("2022-01").Add(r.IntN(100))
		facts := anyFacts(r, m)
		facts.People[0].Days, facts.People[1].Nights, facts.Village.Households, facts.Extra.VND = n, n, n, domain.Money(n)
		facts.Paid.Year, facts.Decision, facts.Village.Kind = domain.Money(n), text, text
		facts.Costs = append(facts.Costs, policy.Cost{ID: text, Category: "telecom", On: m.First(), VND: domain.Money(n), Evidence: true})
		p := list[int(seed%uint64(len(list)))]
		if v, err := p.Decide(facts); err != nil || v.Amount < 0 || v.Amount != 0 && v.Result != domain.Eligible {
			t.Fatalf("%s: %s, %d, %v", p.ID, v.Result, v.Amount, err)
		}
		q := others[int(seed%uint64(len(others)))]
		s := supportFacts(q.Subject, m)
		s.Person.Days, s.Person.Nights, s.Order.Rate, s.Rank.Place, s.Village.Households = n, n, domain.Money(n), n, n
		s.Unit.Kind, s.Officer.Level = text, text
		if v, err := q.DecideSupport(s); err != nil || v.Amount < 0 || v.Amount != 0 && v.Result != domain.Eligible {
			t.Fatalf("%s: %s, %d, %v", q.ID, v.Result, v.Amount, err)
		}
	})
}
