package months_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

func (w *world) whatIf(ask months.WhatIfAsk) *months.WhatIf {
	w.t.Helper()
	out, err := w.svc.WhatIf(context.Background(), w.province, ask)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// tried is a world with a closed and an open month: teams[0] has worked in
// both, the others not at all.
func tried(t testing.TB) *world {
	w := newWorld(t)
	w.work(w.teams[0], "2023-06")
	w.now = at("2023-07-08")
	w.close(w.teams[0], "2023-06")
	w.close(w.teams[1], "2023-06")
	w.work(w.teams[0], "2023-07")
	return w
}

func draft(t testing.TB, path string) []byte {
	t.Helper()
	raw, err := data.Files.ReadFile("policies/" + path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestWhatIf_DongNaisRate(t *testing.T) {
	w := tried(t)
	before := w.decisions()
	out := w.whatIf(months.WhatIfAsk{Policy: draft(t, "examples/yb-1500000.json"), From: "2023-06", To: "2023-07"})
	want := months.WhatIfSum{Teams: 8, Closed: 2, Was: 1_000_000, Would: 3_000_000, Gain: 2, GainVND: 2_000_000}
	if out.Total != want {
		t.Errorf("got %+v, want %+v", out.Total, want)
	}
	if len(out.Months) != 2 || out.Months[0].Closed != 2 || out.Months[0].Would != 1_500_000 || len(out.Communes) != 2 {
		t.Errorf("months %+v, communes %+v", out.Months, out.Communes)
	}
	if len(out.Changes) != 2 {
		t.Fatalf("%d changes", len(out.Changes))
	}
	c := out.Changes[0]
	if !c.Closed || c.Team != w.teams[0] || c.Was.Amount != 500_000 || c.Would.Amount != 1_500_000 || c.Was.ReasonVi == "" || c.Would.ReasonEn == "" {
		t.Errorf("%+v", c)
	}
	if w.decisions() != before || w.verdict(w.teams[0], "2023-06").Amount != 500_000 || w.verdict(w.teams[0], "2023-07").Amount != 500_000 {
		t.Error("a trial has changed something")
	}
}

// The proposal itself, without Yên Bái's conditions: every active team gains,
// whatever the proposal may pay today (nothing).
func TestWhatIf_AnotherProvincesProposal(t *testing.T) {
	w := tried(t)
	out := w.whatIf(months.WhatIfAsk{Policy: draft(t, "dongnai-draft-team.json"), From: "2023-06", To: "2023-06"})
	if out.Total.Would != 4*1_500_000 || out.Total.Gain != 4 || out.Total.Lose != 0 {
		t.Errorf("%+v", out.Total)
	}
}

func TestWhatIf_ChangeOfAPreset(t *testing.T) {
	w := tried(t)
	out := w.whatIf(months.WhatIfAsk{Change: policy.Change{Base: "yb-nq60-team", Preset: "4/2/2"}, From: "2023-06", To: "2023-06"})
	if out.Total.Lose != 1 || out.Total.LoseVND != 500_000 || out.Total.Would != 0 {
		t.Fatalf("%+v", out.Total)
	}
	if f := out.Changes[0].Would.Fails; len(f) != 1 || f[0].Rule != "R10" || f[0].Need != "4 hoạt động, 2 ngày, 2 người" {
		t.Errorf("the reason is %+v", f)
	}
	out = w.whatIf(months.WhatIfAsk{Change: policy.Change{Base: "yb-nq60-team", Without: []string{"R9", "R10"}}, From: "2023-06", To: "2023-06"})
	if out.Total.Gain != 1 || out.Total.GainVND != 500_000 { // the other team of the registered commune
		t.Errorf("without report and activity: %+v", out.Total)
	}
}

func TestWhatIf_CapsRunOverMonths(t *testing.T) {
	w := tried(t)
	raw := change(t, `"rate_vnd": 500000,`, `"rate_vnd": 500000, "caps": [{"per": "year", "vnd": 700000}],`)
	out := w.whatIf(months.WhatIfAsk{Policy: []byte(raw), From: "2023-06", To: "2023-07"})
	if out.Months[0].Would != 500_000 || out.Months[1].Would != 200_000 {
		t.Errorf("%+v", out.Months)
	}
}

// Where several policies judge a month, a change of one is compared with that
// one's verdict, closed or open.
func TestWhatIf_OfAFurtherPolicy(t *testing.T) {
	w := newWorld(t)
	w.publishAs("bd-nq27-lump", `"from": "2024-01"`, `"from": "2023-01"`)
	for _, name := range []string{"2023-06", "2023-07"} {
		w.work(w.teams[0], domain.Month(name))
	}
	w.grant(w.id(), domain.RoleMember, w.teams[0])
	w.now = at("2023-07-08")
	w.close(w.teams[0], "2023-06")
	main := w.verdict(w.teams[0], "2023-06").Policy
	tried, now, then := "bd-nq27-lump", domain.Money(2*60_000), domain.Money(2*70_000)
	if main == tried {
		tried, now, then = "yb-nq60-team", 500_000, 700_000
	}
	rate := then / 2
	if tried == "yb-nq60-team" {
		rate = then
	}
	out := w.whatIf(months.WhatIfAsk{Change: policy.Change{Base: tried, Rate: rate}, From: "2023-06", To: "2023-07"})
	seen := 0
	for _, c := range out.Changes {
		if c.Team == w.teams[0] {
			seen++
			if c.Was.Policy != tried || c.Was.Amount != now || c.Would.Amount != then {
				t.Errorf("%s: %s %d -> %d", c.Month, c.Was.Policy, c.Was.Amount, c.Would.Amount)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d changes of the team, main policy %s", seen, main)
	}
	w.view(func(r store.Reader) error { // both verdicts come again from the record, lines and all
		d, err := r.Decision(months.KindClose, string(w.teams[0])+"/2023-06")
		if err != nil {
			return err
		}
		var files []*policy.Policy
		for _, id := range []string{"yb-nq60-team", "bd-nq27-lump"} {
			p, err := w.svc.Policy(r, id)
			if err != nil {
				return err
			}
			files = append(files, p)
		}
		again, err := months.Recompute(files, d.Body)
		if err == nil && (string(again) != string(d.Body) || !strings.Contains(string(again), `"lines"`)) {
			t.Errorf("recomputed\n%s\nis not\n%s", again, d.Body)
		}
		return err
	})
}

func (w *world) publishAs(name, from, to string) {
	w.t.Helper()
	raw := strings.Replace(string(draft(w.t, name+".json")), from, to, 1)
	raw = strings.ReplaceAll(raw, `"name": "Bình Dương"`, `"name": "Yên Bái"`)
	if _, err := w.svc.Publish(context.Background(), w.province, []byte(raw)); err != nil {
		w.t.Fatal(err)
	}
}

func TestWhatIf_Refuses(t *testing.T) {
	w := tried(t)
	file := draft(t, "examples/yb-1500000.json")
	ask := months.WhatIfAsk{Policy: file, From: "2023-06", To: "2023-06"}
	for _, who := range []domain.Caller{w.chair, w.viewer, {Person: w.leader}} {
		if _, err := w.svc.WhatIf(context.Background(), who, ask); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%v", err)
		}
	}
	for name, a := range map[string]months.WhatIfAsk{
		"nothing to try": {From: "2023-06", To: "2023-06"},
		"both":           {Policy: file, Change: policy.Change{Base: "yb-nq60-team"}, From: "2023-06", To: "2023-06"},
		"25 months":      {Policy: file, From: "2021-01", To: "2023-01"},
		"backwards":      {Policy: file, From: "2023-07", To: "2023-06"},
		"no month":       {Policy: file, From: "2023", To: "2023-06"},
		"a broken file":  {Policy: []byte(`{"format":1}`), From: "2023-06", To: "2023-06"},
		"no such policy": {Change: policy.Change{Base: "x"}, From: "2023-06", To: "2023-06"},
		"no such rule":   {Change: policy.Change{Base: "yb-nq60-team", Without: []string{"R99"}}, From: "2023-06", To: "2023-06"},
		"of officers":    {Policy: draft(t, "yb-nq60-officer.json"), From: "2023-06", To: "2023-06"},
		"a long list":    {Policy: file, From: "2023-06", To: "2023-06", Changes: 2001},
	} {
		if _, err := w.svc.WhatIf(context.Background(), w.province, a); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.svc.WhatIf(gone, w.province, ask); err == nil {
		t.Error("a caller who left was served")
	}
}

// BenchmarkWhatIf tries a draft on twelve closed months. With CHECK=full it is
// Yên Bái's 1,356 teams, else a twelfth of them.
func BenchmarkWhatIf(b *testing.B) {
	teams := 113
	if os.Getenv("CHECK") == "full" {
		teams = 1356
	}
	w := newWorld(b)
	ids := make([]domain.ID, 0, teams)
	for i := range teams {
		id := w.id()
		w.putTeam(id, domain.Team{Name: fmt.Sprintf("Tổ thử %d", i+10), Level: domain.LevelVillage, Commune: w.registered,
			Decision: "1/QĐ-UBND", EstablishedOn: "2022-01-01"})
		ids = append(ids, id)
	}
	w.now = at("2024-02-20")
	w.seal(ids)
	ask := months.WhatIfAsk{Policy: draft(b, "examples/yb-1500000.json"), From: "2023-01", To: "2023-12"}
	b.ResetTimer()
	start := time.Now()
	for b.Loop() {
		if out := w.whatIf(ask); out.Total.Closed != int64(12*teams) {
			b.Fatalf("%+v", out.Total)
		}
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N*12*teams), "µs/team-month")
}

// seal closes a year of months with facts of a usual size.
func (w *world) seal(ids []domain.ID) {
	w.t.Helper()
	p := policyFile(w.t, "yb-nq60-team")
	for m := domain.Month("2023-01"); m <= "2023-12"; m = m.Add(1) {
		w.update(func(tx store.Tx) error {
			for _, id := range ids {
				if err := w.sealOne(tx, p, id, m); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func (w *world) sealOne(tx store.Tx, p *policy.Policy, id domain.ID, m domain.Month) error {
	f := policy.Facts{Team: id, Month: m, Stage: domain.StageClosed, Level: domain.LevelVillage, Decision: "1/QĐ-UBND",
		Active: true, WholeMonth: true, Registration: policy.Registration{Commune: w.registered, Standard: "standard", Decision: "894/QĐ-UBND"},
		Report: policy.Report{State: domain.Approved}, Work: policy.Work{Counted: 4, Days: 3, Members: 3, Received: 4, Approved: 4}, Members: 8, Leaders: 1}
	for range 4 {
		f.Activities = append(f.Activities, domain.Counted{ID: w.id(), C: "AAAAAAAAAAAAAAAAAAAAAA", Counts: true})
	}
	for range 8 {
		f.People = append(f.People, policy.Worker{ID: w.id(), Member: true, Days: 1})
	}
	v, err := p.Decide(f)
	if err != nil {
		return err
	}
	facts, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return putClose(tx, domain.Close{Team: id, Month: m, Unit: w.registered, Roster: []domain.ID{}, PolicyHash: p.Hash.String(), Facts: facts, Verdict: v.Sealed()})
}

func putClose(tx store.Tx, c domain.Close) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		return err
	}
	if _, err := tx.Append(months.KindClose, string(c.Team)+"/"+string(c.Month), doc.AppendCanonical(nil)); err != nil {
		return err
	}
	return tx.SetClosed(syncproto.TeamMonthScope(c.Team, string(c.Month)), true)
}
