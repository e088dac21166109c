package months_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const costPolicy = "dn-nq36" // real costs, 3,000,000 a year; drinks and fuel 50,000 a person-day

// spend writes what teams[0] spent, as the sync service would; change adjusts it
// first.
func (w *world) spend(id domain.ID, on domain.Date, category string, amount domain.Money, change func(*domain.Spending)) {
	w.t.Helper()
	sp := domain.Spending{Team: w.teams[0], Policy: costPolicy, Category: category, Amount: amount, On: on,
		Evidence: []string{"paper:HD 1"}, Author: w.leader, Received: w.now.UnixMilli()}
	if change != nil {
		change(&sp)
	}
	raw, err := json.Marshal(sp)
	if err != nil {
		w.t.Fatal(err)
	}
	doc, err := decodeDoc(raw)
	if err != nil {
		w.t.Fatal(err)
	}
	w.update(func(tx store.Tx) error {
		if _, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeSpending, ID: id}, Doc: doc, Scopes: teamScopes(w.teams[0])}); err != nil {
			return err
		}
		return months.Touch(tx, w.teams[0], on.Month())
	})
}

// costs is what the policy on real costs gives teams[0] in a month.
func (w *world) costs(month domain.Month) domain.PolicyMonth {
	w.t.Helper()
	p := w.verdict(w.teams[0], month)
	for _, o := range append(p.Others, domain.PolicyMonth{Policy: p.Policy, Result: p.Result, Amount: p.Amount, ReasonVi: p.ReasonVi}) {
		if o.Policy == costPolicy {
			return o
		}
	}
	w.t.Fatalf("%s does not judge %s: %+v", costPolicy, month, p)
	return domain.PolicyMonth{}
}

// spent is a world of real costs, in September 2024, with one day of work.
func spent(t *testing.T) *world {
	w := newWorld(t)
	w.publish(costPolicy)
	w.now = at("2024-10-08")
	w.work(w.teams[0], "2024-09")
	return w
}

// TestCosts_WhatIsProvedCounts: a cost counts on its month, in an allowed use,
// with what proves it here, within the limit of a person-day.
func TestCosts_WhatIsProvedCounts(t *testing.T) {
	w := spent(t)
	if c := w.costs("2024-09"); c.Result != domain.Incomplete || c.Amount != 0 {
		t.Fatalf("nothing was spent: %+v", c)
	}
	w.spend(w.id(), "2024-09-10", "telecom", 200_000, nil)
	w.spend(w.id(), "2024-09-10", "drinks", 120_000, nil) // one person-day: 50,000
	w.spend(w.id(), "2024-10-01", "telecom", 900_000, nil)
	w.spend(w.id(), "2024-09-10", "karaoke", 900_000, nil)
	w.spend(w.id(), "2024-09-10", "telecom", 900_000, func(s *domain.Spending) { s.Policy = "yb-nq60-team" })
	if c := w.costs("2024-09"); c.Result != domain.Eligible || c.Amount != 250_000 {
		t.Fatalf("%+v", c)
	}
	photo, seen := "photo:"+strings.Repeat("a", 64), w.csum(w.chair, w.teams[0], "2024-09")
	id := w.id()
	w.spend(id, "2024-09-12", "stationery", 30_000, func(s *domain.Spending) { s.Evidence = []string{photo} })
	waiting := w.csum(w.chair, w.teams[0], "2024-09")
	if c := w.costs("2024-09"); c.Amount != 250_000 || waiting == seen {
		t.Errorf("a photo that is not here counts, or is not in the sum: %+v", c)
	}
	w.spend(id, "2024-09-12", "stationery", 30_000, func(s *domain.Spending) { s.Evidence, s.Held = []string{photo}, []string{photo} })
	if c := w.costs("2024-09"); c.Amount != 280_000 {
		t.Errorf("the photo arrived: %+v", c)
	}
	for _, stale := range []string{seen, waiting} {
		if res := w.closeItem(months.CloseItem{Team: w.teams[0], Csum: stale}, "2024-09"); res.Closed || res.Code != domain.Precondition {
			t.Errorf("closed with another sum than was looked at: %+v", res)
		}
	}
	if res := w.close(w.teams[0], "2024-09"); !res.Closed {
		t.Fatalf("%+v", res)
	}
	w.spend(id, "2024-09-12", "stationery", 99_000, nil) // forced in behind the close
	if c := w.costs("2024-09"); c.Amount != 280_000 {
		t.Errorf("a closed month changed: %+v", c)
	}
	w.provenCloses()
}

// provenCloses makes every close again from its snapshot.
func (w *world) provenCloses() {
	w.t.Helper()
	files := []*policy.Policy{policyFile(w.t, costPolicy), policyFile(w.t, "yb-nq60-team")}
	n := 0
	w.view(func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			if d.Kind != months.KindClose {
				return true
			}
			n++
			if body, err := months.Recompute(files, d.Body); err != nil || string(body) != string(d.Body) {
				w.t.Errorf("decision %d, %v: %s", d.N, err, cmp.Diff(string(d.Body), string(body)))
			}
			return true
		})
	})
	if n == 0 {
		w.t.Error("nothing is closed")
	}
}

// TestCosts_YearsMaximum: the year's maximum holds in whatever order its months
// are closed, and a month that waits shows what is left.
func TestCosts_YearsMaximum(t *testing.T) {
	w := spent(t)
	w.now = at("2024-12-08")
	for m, vnd := range map[domain.Month]domain.Money{"2024-09": 1_000_000, "2024-10": 1_800_000, "2024-11": 1_500_000} {
		w.work(w.teams[0], m)
		w.spend(w.id(), m.Day(10), "telecom", vnd, nil)
	}
	w.settle()
	want := func(m domain.Month, amount domain.Money) {
		t.Helper()
		if c := w.costs(m); c.Amount != amount {
			t.Errorf("%s: %+v, want %d", m, c, amount)
		}
	}
	want("2024-09", 1_000_000)
	for _, m := range []domain.Month{"2024-11", "2024-10"} { // September waits
		if res := w.close(w.teams[0], m); !res.Closed {
			t.Fatalf("%+v", res)
		}
	}
	want("2024-11", 1_500_000)
	want("2024-10", 1_500_000)
	want("2024-09", 0)
	w.settle()
	if p, _ := w.progress(w.teams[0], "2024-09"); !slices.ContainsFunc(append(p.Others, domain.PolicyMonth{Policy: p.Policy, ReasonVi: p.ReasonVi}),
		func(o domain.PolicyMonth) bool {
			return o.Policy == costPolicy && strings.Contains(o.ReasonVi, "hết mức tối đa 3.000.000 đồng")
		}) {
		t.Errorf("the phone is not told that the year is used up: %+v", p)
	}
	if res := w.close(w.teams[0], "2024-09"); !res.Closed {
		t.Fatalf("%+v", res)
	}
	want("2024-09", 0)
	w.provenCloses()
}

// TestCosts_WhatIf: another maximum, tried on a closed and an open month.
func TestCosts_WhatIf(t *testing.T) {
	w := spent(t)
	w.spend(w.id(), "2024-09-10", "telecom", 2_000_000, nil)
	w.close(w.teams[0], "2024-09")
	w.now = at("2024-11-08")
	w.spend(w.id(), "2024-10-10", "telecom", 2_000_000, nil)
	raw := strings.Replace(string(draft(t, costPolicy+".json")), `"vnd": 3000000`, `"vnd": 2500000`, 1)
	raw = strings.NewReplacer("paid.year <= 3000000", "paid.year <= 2500000", `"version": "1"`, `"version": "2"`).Replace(raw)
	out := w.whatIf(months.WhatIfAsk{Policy: []byte(raw), From: "2024-09", To: "2024-10", Commune: w.registered})
	if out.Total.Was != 3_000_000 || out.Total.Would != 2_500_000 || out.Total.Lose != 1 || out.Total.LoseVND != 500_000 {
		t.Errorf("%+v", out.Total)
	}
}

// TestFund_WithoutOneRate: where a policy gives no rate for each team, a
// decision's total is a ceiling and not a product.
func TestFund_WithoutOneRate(t *testing.T) {
	w := spent(t)
	w.publish("bd-nq27-lump") // 60,000 a member
	f := domain.FundedWindow{Policy: costPolicy, Decision: "12/QĐ-UBND", On: "2024-10-01", From: "2024-08", To: "2024-12",
		Teams: []domain.ID{w.teams[0], w.teams[1]}, Months: 5, Total: 5_000_001, Origin: domain.Assumed}
	none := f
	none.Total = 0
	if _, err := w.svc.Fund(context.Background(), w.province, none); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("nothing: %v", err)
	}
	lump := f
	lump.Policy, lump.Decision, lump.From, lump.To = "bd-nq27-lump", "13/QĐ-UBND", "2024-03", "2024-03"
	lump.Months, lump.Total = 1, 420_000
	for _, f := range []domain.FundedWindow{f, lump} {
		if _, err := w.svc.Fund(context.Background(), w.province, f); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	w.view(func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			n++
			if err := w.svc.VerifyFunding(r, d); err != nil {
				t.Error(err)
			}
			return true
		})
	})
	if n != 2 {
		t.Errorf("%d decisions", n)
	}
	w.spend(w.id(), "2024-09-10", "telecom", 200_000, nil)
	w.close(w.teams[0], "2024-09")
	var d []domain.Due
	w.view(func(r store.Reader) (err error) { d, err = w.svc.Dues(r, w.teams[0], "2024-09"); return err })
	if !slices.ContainsFunc(d, func(d domain.Due) bool { return d.Amount == 200_000 && d.Funding == "12/QĐ-UBND" }) {
		t.Errorf("%+v", d)
	}
}
