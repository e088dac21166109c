package policy_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
)

func load(t testing.TB, name string) *policy.Policy {
	t.Helper()
	raw, err := data.Files.ReadFile("policies/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// june is a village team's month that meets every rule of NQ 60.
func june() policy.Facts {
	return policy.Facts{
		Team: "AAAAAAAAAAAAAAAAAAAAAA", Month: "2023-06", Stage: domain.StageGrace, Level: domain.LevelVillage,
		Decision: "12/QĐ-UBND", Since: "2022-10-01", Active: true, WholeMonth: true,
		Registration: policy.Registration{Commune: "BBBBBBBBBBBBBBBBBBBBBB", Standard: "standard", Decision: "894/QĐ-UBND"},
		Report:       policy.Report{State: domain.Approved},
		Activities:   []domain.Counted{{ID: "CCCCCCCCCCCCCCCCCCCCCC", Counts: true}},
		Work:         policy.Work{Counted: 1, Days: 1, Members: 1, Received: 1, Approved: 1},
		Members:      4, Leaders: 1,
	}
}

func failing(v domain.TeamMonth) (ids []string) {
	for _, r := range v.Rules {
		if !r.Pass && !r.Advisory && !r.Funding {
			ids = append(ids, r.Rule)
		}
	}
	return ids
}

func TestDecide_NQ60(t *testing.T) {
	p := load(t, "yb-nq60-team")
	for _, c := range []struct {
		name   string
		change func(*policy.Facts)
		want   domain.Result
		fails  []string
	}{
		{"all met", func(*policy.Facts) {}, domain.Eligible, nil},
		{"commune team", func(f *policy.Facts) { f.Level = domain.LevelCommune }, domain.Ineligible, []string{"R1"}},
		{"no decision", func(f *policy.Facts) { f.Decision = "" }, domain.Ineligible, []string{"R2"}},
		{"unregistered with 30 approved activities", func(f *policy.Facts) {
			f.Registration = policy.Registration{}
			f.Work = policy.Work{Counted: 30, Days: 20, Members: 4, Received: 30, Approved: 30}
		}, domain.Ineligible, []string{"R3"}},
		{"before the policy", func(f *policy.Facts) { f.Month = "2022-12" }, domain.OutOfWindow, []string{"R4"}},
		{"after the policy", func(f *policy.Facts) { f.Month = "2026-11" }, domain.OutOfWindow, []string{"R4"}},
		{"a window of the year without the month", func(f *policy.Facts) {
			f.Month, f.Funding = "2023-03", policy.Funding{YearOther: true, Decision: "1845/QĐ-UBND"}
		}, domain.OutOfWindow, nil},
		{"paid elsewhere, open", func(f *policy.Facts) { f.Paid.Elsewhere = true }, domain.Incomplete, []string{"R7"}},
		{"part of a month", func(f *policy.Facts) { f.WholeMonth = false; f.Stage = domain.StageClosed }, domain.Incomplete, []string{"R8"}},
		{"no report", func(f *policy.Facts) { f.Report = policy.Report{} }, domain.Incomplete, []string{"R9"}},
		{"no report, closed: the chair decides", func(f *policy.Facts) {
			f.Report, f.Stage = policy.Report{}, domain.StageClosed
		}, domain.Incomplete, []string{"R9"}},
		{"no report, closed and accepted", func(f *policy.Facts) {
			f.Report, f.Stage, f.Accepted = policy.Report{}, domain.StageClosed, "lụt"
		}, domain.Eligible, []string{"R9"}},
		{"nothing is accepted against the law", func(f *policy.Facts) {
			f.Registration, f.Stage, f.Accepted = policy.Registration{}, domain.StageClosed, "lụt"
		}, domain.Ineligible, []string{"R3"}},
		{"no activity", func(f *policy.Facts) { f.Work = policy.Work{} }, domain.Incomplete, []string{"R10"}},
		{"no evidence", func(f *policy.Facts) {
			f.Work = policy.Work{Approved: 1, Received: 1, NoEvidence: 1}
		}, domain.Incomplete, []string{"R10", "R11"}},
		{"a spare activity without evidence", func(f *policy.Facts) { f.Work.NoEvidence = 1 }, domain.Eligible, nil},
		{"report after the lock", func(f *policy.Facts) { f.Report.AfterLock = true }, domain.Incomplete, []string{"R13"}},
		{"author reviews himself", func(f *policy.Facts) {
			f.Work = policy.Work{Approved: 1, Received: 1, OwnReview: 1}
		}, domain.Incomplete, []string{"R10", "R15"}},
		{"small team is advice only", func(f *policy.Facts) { f.Members, f.Leaders = 1, 0 }, domain.Eligible, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := june()
			c.change(&f)
			v, err := p.Decide(f)
			if err != nil {
				t.Fatal(err)
			}
			if v.Result != c.want || cmp.Diff(c.fails, failing(v)) != "" {
				t.Errorf("got %s failing %v (%s), want %s failing %v", v.Result, failing(v), v.ReasonVi, c.want, c.fails)
			}
			if paid := v.Amount != 0; paid != (c.want == domain.Eligible) {
				t.Errorf("amount %d with result %s", v.Amount, v.Result)
			}
			if v.ReasonVi == "" || v.ReasonEn == "" {
				t.Error("no reason")
			}
		})
	}
}

// TestDecide_EachRuleOfNQ60Fails: every rule is met by a good month of a funded
// team, and each is broken by what it is about.
func TestDecide_EachRuleOfNQ60Fails(t *testing.T) {
	p := load(t, "yb-nq60-team")
	funded := func() policy.Facts {
		f := june()
		f.Funding = policy.Funding{Month: true, Team: true, Decision: "1845/QĐ-UBND", Total: 3_500_000, Ceiling: 3_500_000}
		return f
	}
	passes := func(f policy.Facts) map[string]bool {
		v, err := p.Decide(f)
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]bool{}
		for _, r := range v.Rules {
			m[r.Rule] = r.Pass
		}
		return m
	}
	breaks := map[string]func(*policy.Facts){
		"R1":  func(f *policy.Facts) { f.Level = domain.LevelCommune },
		"R2":  func(f *policy.Facts) { f.Decision = "" },
		"R3":  func(f *policy.Facts) { f.Registration = policy.Registration{} },
		"R4":  func(f *policy.Facts) { f.Month = "2022-12" },
		"R5":  func(f *policy.Facts) { f.Funding.Month = false },
		"R6":  func(f *policy.Facts) { f.Paid.Times = 2 },
		"R7":  func(f *policy.Facts) { f.Paid.Elsewhere = true },
		"R8":  func(f *policy.Facts) { f.WholeMonth = false },
		"R9":  func(f *policy.Facts) { f.Report = policy.Report{} },
		"R10": func(f *policy.Facts) { f.Work = policy.Work{} },
		"R11": func(f *policy.Facts) { f.Work = policy.Work{Approved: 1, NoEvidence: 1} },
		"R12": func(f *policy.Facts) { f.Members = 2 },
		"R13": func(f *policy.Facts) { f.Report.AfterLock = true },
		"R14": func(f *policy.Facts) { f.Work.AfterLock = 1 },
		"R15": func(f *policy.Facts) { f.Report.OwnReview = true },
		"R16": func(f *policy.Facts) { f.Funding.Total-- },
	}
	for rule, pass := range passes(funded()) {
		if !pass {
			t.Errorf("%s fails in a good month", rule)
		}
		if breaks[rule] == nil {
			t.Errorf("nothing here breaks %s", rule)
			continue
		}
		f := funded()
		breaks[rule](&f)
		if after, known := passes(f)[rule]; after || !known {
			t.Errorf("%s holds all the same (listed: %t)", rule, known)
		}
	}
}

func TestDecide_EveryRuleOfNQ60IsThere(t *testing.T) {
	v, err := load(t, "yb-nq60-team").Decide(june())
	if err != nil {
		t.Fatal(err)
	}
	origins := map[string]string{}
	for _, r := range v.Rules {
		origins[r.Rule] = string(r.Origin + r.Also)
		if r.Have == "" || r.Need == "" || r.HaveEn == "" && strings.ContainsAny(r.Have, "ăâêôơưđ") {
			t.Errorf("%s: have %q (%q), need %q", r.Rule, r.Have, r.HaveEn, r.Need)
		}
	}
	want := map[string]string{
		"R1": "S", "R2": "S", "R3": "SA", "R4": "S", "R5": "S", "R6": "SI", "R7": "A", "R8": "A", "R9": "A", "R10": "A",
		"R11": "A", "R12": "A", "R13": "A", "R14": "A", "R15": "A", "R16": "I",
	}
	if d := cmp.Diff(want, origins); d != "" {
		t.Error(d)
	}
	if want := "Đủ điều kiện – chờ quyết định kinh phí"; v.ReasonVi != want {
		t.Errorf("reason %q, want %q", v.ReasonVi, want)
	}
}

func TestDecide_ProposalPaysNothing(t *testing.T) {
	p := load(t, "dongnai-draft-team")
	v, err := p.Decide(june())
	if err != nil {
		t.Fatal(err)
	}
	if len(failing(v)) != 0 {
		t.Fatalf("rules %v fail: the test would pass for the wrong reason", failing(v))
	}
	if v.Amount != 0 || v.Result == domain.Eligible {
		t.Errorf("a proposal gives %s and %d đồng", v.Result, v.Amount)
	}
}

func TestDecide_StricterPreset(t *testing.T) {
	raw := change(t, `"preset": "1"`, `"preset": "4/2/2"`)
	p, err := policy.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		counted, days, members int64
		want                   domain.Result
	}{{4, 2, 2, domain.Eligible}, {3, 2, 2, domain.Incomplete}, {4, 1, 2, domain.Incomplete}, {4, 2, 1, domain.Incomplete}} {
		f := june()
		f.Work = policy.Work{Counted: c.counted, Days: c.days, Members: c.members}
		if v, err := p.Decide(f); err != nil || v.Result != c.want {
			t.Errorf("%d on %d days by %d: %s, %v, want %s", c.counted, c.days, c.members, v.Result, err, c.want)
		}
	}
}

func TestDecide_FaultyExpressionNeverPays(t *testing.T) {
	for _, expr := range []string{"9223372036854775807 + work.counted > 0", "int(team.decision) > 0"} {
		raw := change(t, `"expr": "!paid.elsewhere"`, `"expr": "`+expr+`"`)
		p, err := policy.Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Decide(june())
		if err != nil || v.Result != domain.Incomplete || v.Amount != 0 || !strings.Contains(v.ReasonVi, "R7") {
			t.Errorf("%s: %s, %d đồng, %q, %v", expr, v.Result, v.Amount, v.ReasonVi, err)
		}
	}
}

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

func TestParse_Refuses(t *testing.T) {
	for _, c := range []struct{ name, from, to, field string }{
		{"unknown field", `"format": 1,`, `"format": 1, "colour": "red",`, "/colour"},
		{"fraction of money", `"rate_vnd": 500000,`, `"rate_vnd": 500000.5,`, "/rate_vnd"},
		{"money in e notation", `"rate_vnd": 500000,`, `"rate_vnd": 5e5,`, "/rate_vnd"},
		{"money as text", `"rate_vnd": 500000,`, `"rate_vnd": "500000",`, "/rate_vnd"},
		{"no money", `"rate_vnd": 500000,`, ``, "/rate_vnd"},
		{"null", `"instrument": "60/2022/NQ-HĐND"`, `"instrument": null`, "/instrument"},
		{"duplicate", `"format": 1,`, `"format": 1, "format": 1,`, "/format"},
		{"not NFC", `"name": "Yên Bái"`, "\"name\": \"Ye\u0302n Bái\"", "/province/name"},
		{"badge", `"origin": "S",`, `"origin": "X",`, "/rules/0/origin"},
		{"no source", `"source": "Giả định của hệ thống (assumed by this system)"`, `"source": ""`, "/rules/6/source"},
		{"unknown status", `"status": "in_force"`, `"status": "active"`, "/status"},
		{"unknown fact", `"expr": "!paid.elsewhere"`, `"expr": "!paid.twice"`, "/rules/6/expr"},
		{"wrong type", `"expr": "!paid.elsewhere"`, `"expr": "paid.times"`, "/rules/6/expr"},
		{"loop", `"expr": "!paid.elsewhere"`, `"expr": "[1].all(x, x > 0)"`, "/rules/6/expr"},
		{"costly", `"expr": "!paid.elsewhere"`, `"expr": "` + strings.Repeat("(team.decision + team.decision).matches(team.decision) && ", 8) + `true"`, "/rules/6/expr"},
		{"wrong total", `"total_vnd": 2698500000`, `"total_vnd": 2698500001`, "/funded_windows/0/total_vnd"},
		{"unknown preset", `"preset": "1"`, `"preset": "9"`, "/preset"},
		{"deadlines", `"lock_day": 15`, `"lock_day": 9`, "/deadlines"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := policy.Parse([]byte(change(t, c.from, c.to)))
			var bad *policy.FileError
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want a FileError", err)
			}
			if bad.Field != c.field || bad.Line < 1 || bad.Reason == "" {
				t.Errorf("got line %d, field %q, %q; want field %q", bad.Line, bad.Field, bad.Reason, c.field)
			}
		})
	}
}

func TestParse_NamesTheLine(t *testing.T) {
	raw := change(t, `"rate_vnd": 500000,`, `"rate_vnd": 500000.5,`)
	want := 1 + strings.Count(raw[:strings.Index(raw, "500000.5")], "\n")
	var bad *policy.FileError
	if _, err := policy.Parse([]byte(raw)); !errors.As(err, &bad) || bad.Line != want {
		t.Errorf("got %v, want line %d", err, want)
	}
	raw = change(t, `"expr": "!paid.elsewhere"`, `"expr": "!paid.twice"`)
	want = 1 + strings.Count(raw[:strings.Index(raw, "!paid.twice")], "\n")
	if _, err := policy.Parse([]byte(raw)); !errors.As(err, &bad) || bad.Line != want {
		t.Errorf("got %v, want line %d", err, want)
	}
}

func TestDates(t *testing.T) {
	p := load(t, "yb-nq60-team")
	if d, want := p.Dates("2023-12"), (policy.Dates{Submit: "2024-01-05", Review: "2024-01-10", Lock: "2024-01-15"}); d != want {
		t.Errorf("got %v, want %v", d, want)
	}
	raw := change(t, `"overlap_group"`, `"extensions": [{"month": "2023-09", "deadlines": {"submit_day": 8, "review_day": 13, "lock_day": 18}, "reason": {"vi": "Mất điện", "en": "Outage"}}], "overlap_group"`)
	p, err := policy.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if d := p.Dates("2023-09"); d.Lock != "2023-10-18" || p.Dates("2023-10").Lock != "2023-11-15" {
		t.Errorf("got %v", d)
	}
}

// smallFile is a whole policy of one rule: instrumented for fuzzing, CEL's
// compiler is slow, and the shipped files keep it busy for seconds.
const smallFile = `{"format":1,"id":"x","version":"1","title":{"vi":"a","en":"a"},"instrument":"1/NQ",
"province":{"name":"a","code":"15"},"status":"in_force","subject":"team_village","basis":"per_team","periodicity":"month",
"rate_vnd":1000,"from":"2023-01","to":"2023-12","deadlines":{"submit_day":5,"review_day":10,"lock_day":15},
"presets":[{"id":"0","activities":0,"days":0,"members":0}],"preset":"0",
"rules":[{"id":"R1","expr":"work.counted + need.days > 0","have":"string(work.counted)","need":"'1'","origin":"A","source":"a","text":{"vi":"a","en":"a"}}]}`

func FuzzParse(f *testing.F) {
	if _, err := policy.Parse([]byte(smallFile)); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(smallFile))
	f.Add([]byte(strings.Replace(smallFile, `"rate_vnd":1000`, `"rate_vnd":1000.5`, 1)))
	f.Add([]byte(strings.Replace(smallFile, `"id":"x"`, `"id":null`, 1)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := policy.Parse(raw)
		var bad *policy.FileError
		if err != nil && !errors.As(err, &bad) {
			t.Fatalf("%T: %v", err, err)
		}
		if err == nil {
			if v, err := p.Decide(june()); err != nil || v.Amount != 0 && v.Result != domain.Eligible {
				t.Fatalf("%v %v", v, err)
			}
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	p := load(b, "yb-nq60-team")
	f := june()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Decide(f); err != nil {
			b.Fatal(err)
		}
	}
}

// What a phone shows of a month, in both languages, is a golden file: a change
// of wording is seen in review.
func TestDecide_Golden(t *testing.T) {
	p := load(t, "yb-nq60-team")
	var out strings.Builder
	for _, c := range []struct {
		name   string
		change func(*policy.Facts)
	}{
		{"open, nothing done", func(f *policy.Facts) {
			f.Stage, f.Report, f.Work, f.Activities = domain.StageOpen, policy.Report{}, policy.Work{}, nil
		}},
		{"all met", func(*policy.Facts) {}},
		{"all with the reviewer", func(f *policy.Facts) {
			f.Report.State, f.Work = domain.Pending, policy.Work{Received: 1, Pending: 1}
		}},
		{"nothing to mend", func(f *policy.Facts) { f.WholeMonth = false }},
		{"funded", func(f *policy.Facts) {
			f.Stage = domain.StageClosed
			f.Funding = policy.Funding{Month: true, Team: true, Decision: "1845/QĐ-UBND", Total: 2_698_500_000, Ceiling: 2_698_500_000}
		}},
		{"unregistered", func(f *policy.Facts) { f.Registration = policy.Registration{} }},
	} {
		f := june()
		c.change(&f)
		v, err := p.Decide(f)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "== %s: %s, %s\n%s\n%s\n", c.name, v.Result, v.Amount, v.ReasonVi, v.ReasonEn)
		for _, r := range v.Rules {
			fmt.Fprintf(&out, "%s %v: %s / %s | %s / %s | %s %s\n", r.Rule, r.Pass, r.Have, r.Need, r.HaveEn, r.NeedEn, r.TodoVi, r.By)
		}
	}
	const file = "testdata/verdicts.golden"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), out.String()); d != "" {
		t.Error(d)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")
