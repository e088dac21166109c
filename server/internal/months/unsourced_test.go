package months_test

import (
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
)

// TestVerdict_FactsWithoutSource: where a policy needs a fact that nobody has
// told the store yet (households of a village, real costs, who decided a
// top-up), the month is incomplete and says what misses. It is never eligible
// for nothing, and nothing is paid.
func TestVerdict_FactsWithoutSource(t *testing.T) {
	for _, c := range []struct {
		policy string
		month  domain.Month
		result domain.Result
		amount domain.Money
		says   string // in the reason
	}{
		{"dn-nq36", "2024-09", domain.Incomplete, 0, "chưa có khoản chi nào có chứng từ"},
		{"dn-nq26", "2026-03", domain.Eligible, 300_000, ""},
		{"nghean-analog", "2026-12", domain.Incomplete, 0, "chưa biết số hộ"},
		{"bd-nq27-lump", "2024-03", domain.Eligible, 60_000, ""}, // of its leader, the one member
		{"ht-nq119", "2024-03", domain.Eligible, 600_000, ""},
	} {
		t.Run(c.policy, func(t *testing.T) {
			w := newWorld(t)
			w.publish(c.policy)
			team := w.teams[0]
			w.now = at(string(c.month.Day(11)))
			w.work(team, c.month)
			p := w.verdict(team, c.month)
			got := domain.PolicyMonth{Policy: p.Policy, Result: p.Result, Amount: p.Amount, ReasonVi: p.ReasonVi, ReasonEn: p.ReasonEn}
			for _, o := range p.Others {
				if o.Policy == c.policy {
					got = o
				}
			}
			if got.Policy != c.policy || got.Result != c.result || got.Amount != c.amount ||
				!strings.Contains(strings.ToLower(got.ReasonVi), c.says) || got.ReasonEn == "" {
				t.Errorf("%+v, want %+v", got, c)
			}
			if got.Result == domain.Eligible && got.Amount == 0 {
				t.Error("eligible for nothing")
			}
		})
	}
}
