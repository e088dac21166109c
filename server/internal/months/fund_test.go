package months_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

func touch(tx store.Tx, team domain.ID, m domain.Month) error { return months.Touch(tx, team, m) }

// change returns NQ 60's file with one piece replaced.
func change(t testing.TB, from, to string) string {
	t.Helper()
	raw, err := data.Files.ReadFile("policies/yb-nq60-team.json")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), from) {
		t.Fatalf("%q is not in the file", from)
	}
	return strings.Replace(string(raw), from, to, 1)
}

func TestFund_Refuses(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for name, c := range map[string]func(*domain.FundedWindow){
		"total":       func(f *domain.FundedWindow) { f.Total++ },
		"months":      func(f *domain.FundedWindow) { f.Months = 6 },
		"order":       func(f *domain.FundedWindow) { f.To = "2023-05" },
		"day":         func(f *domain.FundedWindow) { f.On = "12/10/2023" },
		"number":      func(f *domain.FundedWindow) { f.Decision = "" },
		"nobody":      func(f *domain.FundedWindow) { f.Teams, f.Total = nil, 0 },
		"unknown":     func(f *domain.FundedWindow) { f.Teams = []domain.ID{w.teams[0], w.leader} },
		"twice":       func(f *domain.FundedWindow) { f.Teams = []domain.ID{w.teams[0], w.teams[0]} },
		"policy":      func(f *domain.FundedWindow) { f.Policy = "no-such" },
		"badge":       func(f *domain.FundedWindow) { f.Origin = "" },
		"not covered": func(f *domain.FundedWindow) { f.From, f.To = "2025-07", "2026-01" },
	} {
		f := window2023(w.teams[:]...)
		c(&f)
		if _, err := w.svc.Fund(ctx, w.province, f); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, who := range []domain.Caller{w.chair, w.viewer, {Person: w.leader}, {Person: w.province.Person, PushOnly: true}} {
		if _, err := w.svc.Fund(ctx, who, window2023(w.teams[:]...)); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("caller without the right: %v", err)
		}
	}
	if n := w.decisions(); n != 0 {
		t.Errorf("%d decisions", n)
	}
}

func TestFund_OnceAndNeverTwiceForATeamMonth(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	f := window2023(w.teams[1], w.teams[0])
	given := []domain.ID{f.Teams[0], f.Teams[1]}
	for range 2 {
		got, err := w.svc.Fund(ctx, w.province, f)
		if err != nil || got.By != w.province.Person {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if cmp.Diff(given, f.Teams) != "" {
		t.Error("the caller's list was changed")
	}
	other := f
	other.On = "2023-10-13"
	if _, err := w.svc.Fund(ctx, w.province, other); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("the same number with other content: %v", err)
	}
	overlap := window2023(w.teams[0])
	overlap.Decision, overlap.From, overlap.To, overlap.Months, overlap.Total = "2000/QĐ-UBND", "2023-12", "2023-12", 1, 500_000
	if _, err := w.svc.Fund(ctx, w.province, overlap); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("a team-month was funded twice: %v", err)
	}
	overlap.Teams = []domain.ID{w.others[0]} // the same month, another team
	if _, err := w.svc.Fund(ctx, w.province, overlap); err != nil {
		t.Errorf("another team: %v", err)
	}
	list, err := w.svc.Fundings(ctx, w.viewer)
	if err != nil || len(list) != 2 || list[0].Decision != f.Decision {
		t.Errorf("%+v, %v", list, err)
	}
}

// The result by the short cut of totals and by the whole verdict is the same.
func TestMoney_OutcomeAgreesWithTheVerdict(t *testing.T) {
	p := policyFile(t, "yb-nq60-team")
	base := policy.Facts{Team: "AAAAAAAAAAAAAAAAAAAAAA", Month: "2023-03", Stage: domain.StageClosed, Level: domain.LevelVillage,
		Decision: "1", Active: true, WholeMonth: true, Members: 4, Leaders: 1,
		Registration: policy.Registration{Commune: "BBBBBBBBBBBBBBBBBBBBBB", Standard: "standard", Decision: "1"},
		Report:       policy.Report{State: domain.Approved}, Work: policy.Work{Counted: 1}}
	for _, spoil := range []func(*policy.Facts){
		func(*policy.Facts) {}, func(f *policy.Facts) { f.Report.State = "" },
		func(f *policy.Facts) { f.Registration = policy.Registration{} }, func(f *policy.Facts) { f.Month = "2026-01" },
	} {
		for _, fund := range []policy.Funding{{}, {YearOther: true, Decision: "1"}, {Month: true, Decision: "1"}, {Month: true, Team: true, Decision: "1"}} {
			f := base
			spoil(&f)
			closed, err := p.Decide(f)
			if err != nil {
				t.Fatal(err)
			}
			f.Funding = fund
			shown, err := p.Decide(f)
			if err != nil || policy.Outcome(closed.Result, fund) != shown.Result {
				t.Errorf("%s under %+v: totals say %s, the verdict %s, %v", closed.Result, fund, policy.Outcome(closed.Result, fund), shown.Result, err)
			}
		}
	}
}

func TestPublish(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	same := change(t, `"format": 1,`, `"format": 1, `) // white space alone
	if _, err := w.svc.Publish(ctx, w.province, []byte(same)); err != nil {
		t.Errorf("the same file again: %v", err)
	}
	if _, err := w.svc.Publish(ctx, w.province, []byte(change(t, `"rate_vnd": 500000,`, `"rate_vnd": 600000,`))); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a rate that the published window contradicts: %v", err)
	}
	if _, err := w.svc.Publish(ctx, w.province, []byte(change(t, `"preset": "1"`, `"preset": "4/2/2"`))); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("other content, same version: %v", err)
	}
	if _, err := w.svc.Publish(ctx, w.chair, []byte(same)); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("by a chair: %v", err)
	}
	w.work(w.teams[0], "2023-06")
	w.now = at("2023-07-08")
	w.close(w.teams[0], "2023-06")
	w.work(w.teams[1], "2023-06")
	stricter := strings.Replace(change(t, `"preset": "1"`, `"preset": "4/2/2"`), `"version": "1"`, `"version": "2"`, 1)
	if _, err := w.svc.ProposePolicy(ctx, w.province, w.id(), stricter); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a second version for the same months: %v", err)
	}
	stricter = strings.Replace(stricter, `"version": "2"`, `"version": "2", "replaces": "1"`, 1)
	if _, err := w.svc.Publish(ctx, w.province, []byte(stricter)); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("one person published after a close: %v", err)
	}
	second := domain.Caller{Person: w.id()}
	w.grant(second.Person, domain.RoleProvince, "")
	prop, err := w.svc.ProposePolicy(ctx, w.province, w.id(), stricter)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.DecidePolicy(ctx, second, prop.ID, months.Approve, ""); err != nil {
		t.Fatal(err)
	}
	if v := w.verdict(w.teams[0], "2023-06"); v.Result != domain.Eligible || v.Version != "1" {
		t.Errorf("a closed month was judged anew: %s by version %s", v.Result, v.Version)
	}
	if v := w.verdict(w.teams[1], "2023-06"); v.Result != domain.Incomplete || v.Version != "2" {
		t.Errorf("an open month: %s by version %s", v.Result, v.Version)
	}
	if list, err := w.svc.Policies(ctx, w.viewer); err != nil || len(list) != 2 {
		t.Errorf("%d policies, %v", len(list), err)
	}
}

func TestReads_Rights(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	leader, stranger := domain.Caller{Person: w.leader}, domain.Caller{Person: w.id()}
	for _, c := range []struct {
		name string
		who  domain.Caller
		team domain.ID
		ok   bool
	}{
		{"own team", leader, w.teams[0], true}, {"sibling team", leader, w.teams[1], false}, {"unknown team", leader, stranger.Person, false},
		{"chair", w.chair, w.teams[1], true}, {"other chair", w.chair2, w.teams[1], false},
		{"viewer", w.viewer, w.teams[0], true}, {"stranger", stranger, w.teams[0], false},
	} {
		_, err := w.svc.TeamMonth(ctx, c.who, c.team, "2023-06")
		if c.ok && err != nil || !c.ok && domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := w.svc.CommuneMonth(ctx, leader, w.registered, "2023-06"); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a leader reads the commune: %v", err)
	}
	if _, err := w.svc.Totals(ctx, w.chair, 2023); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a chair reads the province: %v", err)
	}
	if _, err := w.svc.TeamMonth(ctx, w.chair, w.teams[0], "2023-13"); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("month 13: %v", err)
	}
}
