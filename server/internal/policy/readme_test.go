package policy_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
)

const (
	readme      = "../../../deploy/data/policies/README.md"
	tableBegins = "<!-- table: go test ./server/internal/policy -run TestReadme -update -->\n"
	tableEnds   = "<!-- end of table -->"
)

// TestReadme: the table of policies says what the files say.
func TestReadme(t *testing.T) {
	raw, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(raw), tableBegins)
	old, tail, ended := strings.Cut(rest, tableEnds)
	if !found || !ended {
		t.Fatal("the README has no table")
	}
	table := policyTable(t)
	if *update {
		if err := os.WriteFile(readme, []byte(head+tableBegins+table+tableEnds+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != table {
		t.Error("the table of deploy/data/policies/README.md is not of these files: run the test with -update")
	}
}

func policyTable(t *testing.T) string {
	var list []*policy.Policy
	for path, raw := range shipped(t) {
		p, err := policy.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(path, "/examples/") {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *policy.Policy) int { return cmp.Compare(a.ID, b.ID) })
	var b strings.Builder
	b.WriteString("| policy | province, instrument, status | how much | months | S | I | A | assumed values |\n|---|---|---|---|---|---|---|---|\n")
	for _, p := range list {
		plain := p.Plain()
		fmt.Fprintf(&b, "| `%s` | %s; %s; %s | %s | %s – %s | %s | %s | %s | %s |\n", p.ID, p.Province.Name, p.Instrument, p.Status,
			texts(plain.Amount), orUnknown(p.From), orUnknown(p.To),
			rulesOf(plain, domain.Sourced), rulesOf(plain, domain.Inferred), rulesOf(plain, domain.Assumed), assumed(plain))
	}
	return b.String()
}

func texts(list []policy.Text) string {
	var out []string
	for _, s := range list {
		out = append(out, s.En)
	}
	return strings.Join(out, "; ")
}

func orUnknown(m domain.Month) string { return cmp.Or(string(m), "not known") }

func rulesOf(p policy.Plain, o domain.Origin) string {
	var out []string
	for _, r := range p.Rules {
		if r.Origin == o || r.Also == o {
			out = append(out, r.Rule)
		}
	}
	return cmp.Or(strings.Join(out, " "), "–")
}

func assumed(p policy.Plain) string {
	var out []string
	for _, a := range p.Assumed {
		out = append(out, a.Field+": "+a.En)
	}
	return cmp.Or(strings.Join(out, "; "), "–")
}
