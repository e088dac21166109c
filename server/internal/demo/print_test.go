package demo

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	api "github.com/banso/banso/admin/client"
	plan "github.com/banso/banso/deploy/demo"
)

// chance is what differs from run to run.
var chance = regexp.MustCompile(`[0-9][0-9.]*|…|[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`)

// TestPrinter_READMEShowsIt: the transcript in README.md has the published
// figures of 2023, and its lines are those that a run prints.
func TestPrinter_READMEShowsIt(t *testing.T) {
	b, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(b), "```text\n")
	text, _, ok := strings.Cut(text, "```")
	if !ok {
		t.Fatal("README.md has no transcript")
	}
	r := &plan.Result{Communes: 173, VillageTeams: 1356, RegisteredTeams: 771, TeamMonths: 5397, TotalVND: 2_698_500_000,
		Money: plan.Money{ListedVND: 2_698_500_000, Fingerprint: "ZRMC-30GB-ZNTQ-4P1D"}, Seed: 2023, Scale: 1}
	for _, m := range plan.Months {
		r.Months = append(r.Months, api.MonthTotals{Month: m, Teams: 1356, Closed: 1356, Eligible: 771, Ineligible: 585, Funded: 771, FundedVND: 385_500_000})
	}
	var out bytes.Buffer
	(&printer{w: &out}).result(r, "", false)
	fixed, paid, ok := strings.Cut(text, "Danh sách chi trả")
	if printed, _, _ := strings.Cut(out.String(), "Danh sách chi trả"); !ok || strings.TrimSpace(printed) != strings.TrimSpace(fixed) {
		t.Errorf("README.md shows\n%s\na run prints\n%s", fixed, printed)
	}
	lines := strings.Split(chance.ReplaceAllString(out.String(), "#"), "\n")
	for line := range strings.Lines("Danh sách chi trả" + paid) {
		if !slices.Contains(lines, chance.ReplaceAllString(strings.TrimSuffix(line, "\n"), "#")) {
			t.Errorf("README.md shows a line that no run prints: %s", line)
		}
	}
}
