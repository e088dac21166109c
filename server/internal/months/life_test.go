package months_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Two chairs close at once, many times: one record, and both get it.
func TestClose_TwoAtOnce(t *testing.T) {
	w := newWorld(t)
	w.work(w.teams[0], "2023-06")
	w.now = at("2023-07-08")
	csum := w.csum(w.chair, w.teams[0], "2023-06")
	var done sync.WaitGroup
	got := make([]months.CloseResult, 16)
	for i := range got {
		done.Go(func() {
			res, err := w.svc.CloseTeamMonths(context.Background(), w.chair, w.registered, "2023-06", []months.CloseItem{{Team: w.teams[0], Csum: csum}})
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = res[0]
		})
	}
	done.Wait()
	for _, r := range got {
		if !r.Closed || r.Decision != got[0].Decision || r.Hash != got[0].Hash {
			t.Errorf("%+v", r)
		}
	}
	if n := w.decisions(); n != 1 {
		t.Errorf("%d decisions", n)
	}
}

// Writes go on while the month is closed: each is in the record or refused,
// none is lost in between.
func TestClose_DuringPushes(t *testing.T) {
	w := newWorld(t)
	w.report(w.teams[0], "2023-06", domain.Approved)
	w.now = at("2023-07-08")
	ids := make([]domain.ID, 60)
	for i := range ids {
		ids[i] = w.id()
	}
	took := make([]bool, len(ids))
	var done sync.WaitGroup
	done.Go(func() {
		for i, id := range ids {
			a := domain.Activity{Team: w.teams[0], DoneOn: "2023-06-10", Category: "DVC_NOP_HO_SO", Evidence: []string{"paper:1"},
				Author: w.leader, State: domain.Approved, Unit: w.registered, Month: "2023-06", Reviewer: w.chair.Person}
			took[i] = w.put("activity", id, w.teams[0], "2023-06", a) == nil
		}
	})
	var closed months.CloseResult
	for !closed.Closed { // each try is of what it saw
		closed = w.close(w.teams[0], "2023-06")
	}
	done.Wait()
	var c domain.Close
	if err := json.Unmarshal([]byte(w.decisionBody(closed.Decision)), &c); err != nil {
		t.Fatal(err)
	}
	in := map[domain.ID]bool{}
	for _, a := range c.Verdict.Activities {
		in[a.ID] = true
	}
	for i, id := range ids {
		if took[i] != in[id] {
			t.Errorf("activity %d: taken %v, in the record %v", i, took[i], in[id])
		}
	}
}

// The clock steps over midnight at the month's end in UTC+7: before it the
// month can't be closed, a step back reopens nothing.
func TestClose_MidnightInVietnam(t *testing.T) {
	w := newWorld(t)
	w.work(w.teams[0], "2023-06")
	w.now = domain.Date("2023-07-01").Start().Add(-1)
	if res := w.close(w.teams[0], "2023-06"); res.Closed {
		t.Error("closed on 30 June, 23:59:59")
	}
	w.now = domain.Date("2023-07-01").Start()
	first := w.close(w.teams[0], "2023-06")
	if !first.Closed {
		t.Fatalf("%+v", first)
	}
	w.now = domain.Date("2023-07-01").Start().Add(-2e9)
	w.settle()
	if again := w.close(w.teams[0], "2023-06"); again.Hash != first.Hash {
		t.Errorf("a clock that went back: %+v", again)
	}
	if w.verdict(w.teams[0], "2023-06").Stage != domain.StageClosed {
		t.Error("a clock that went back opened it")
	}
}

// A unit is merged in the month: the month belongs to the commune of its last
// day, its registration is the predecessor's until the year ends, and its
// extension is not lost.
func TestClose_UnitMergedInTheMonth(t *testing.T) {
	w := newWorld(t)
	w.settle()
	merged := w.id()
	x := storm(3)
	x.Unit = w.registered
	if err := w.extend(x); err != nil {
		t.Fatal(err)
	}
	w.work(w.teams[0], "2023-06")
	w.putTeam(w.teams[0], domain.Team{Name: "Tổ thử 1", Level: domain.LevelVillage, Commune: merged, Decision: "1/QĐ-UBND",
		EstablishedOn: "2022-01-01", Former: []domain.FormerCommune{{Commune: w.registered, Until: "2023-06-14"}}})
	p := w.verdict(w.teams[0], "2023-06")
	if p.Result != domain.Eligible {
		t.Errorf("%s: %s", p.Result, p.ReasonVi)
	}
	w.now = at("2023-07-20")
	w.settle()
	var c domain.Close
	d := w.dues()
	if err := json.Unmarshal([]byte(w.decisionBody(d[0].Close)), &c); err != nil {
		t.Fatal(err)
	}
	if c.Unit != merged || d[0].Amount != 500_000 {
		t.Errorf("unit %s, %+v", c.Unit, d)
	}
}

// Somebody is in two teams: his work counts for the team it was logged in, and
// each team counts its own.
func TestClose_MemberOfTwoTeams(t *testing.T) {
	w := newWorld(t)
	w.grant(w.leader, domain.RoleMember, w.teams[1])
	for _, team := range w.teams {
		w.work(team, "2023-06")
	}
	w.now = at("2023-07-08")
	for _, team := range w.teams {
		res := w.close(team, "2023-06")
		if res.Verdict.Result != domain.Eligible || len(res.Verdict.Activities) != 1 {
			t.Errorf("%+v", res.Verdict)
		}
	}
}

// A team dissolved in the month: its month is closed, and does not count (R8).
func TestClose_TeamDissolvedInTheMonth(t *testing.T) {
	w := newWorld(t)
	w.settle()
	w.work(w.teams[0], "2023-06")
	w.putTeam(w.teams[0], domain.Team{Name: "Tổ thử 1", Level: domain.LevelVillage, Commune: w.registered, Decision: "1/QĐ-UBND",
		EstablishedOn: "2022-01-01", DissolvedOn: "2023-06-20"})
	w.now = at("2023-07-20")
	w.settle()
	p, _ := w.progress(w.teams[0], "2023-06")
	if p.Stage != domain.StageClosed || p.Result != domain.Incomplete || p.Due != 0 {
		t.Errorf("%s, %s, %v", p.Stage, p.Result, failing(p.TeamMonth))
	}
	if _, err := w.svc.TeamMonth(context.Background(), w.chair, w.teams[0], "2023-07"); err != nil {
		t.Errorf("the month after: %v", err)
	}
	if n := w.verdict(w.teams[0], "2023-07"); n.Result != domain.Ineligible {
		t.Errorf("the month after: %s", n.Result)
	}
}

// A registration revoked later changes open months only; a closed one is
// corrected by two people.
func TestClose_RegistrationRevokedLater(t *testing.T) {
	w, n := closedJune(t, true)
	w.work(w.teams[0], "2023-07")
	w.update(func(tx store.Tx) error {
		_, err := tx.Delete(store.Key{Type: roster.TypeRegistration, ID: roster.RegistrationID(w.registered, 2023)}, store.Cause{By: w.province.Person, Op: "revoke"})
		return err
	})
	w.settle()
	if d := w.dues()[0]; d.Amount != 500_000 || d.Close != n {
		t.Errorf("the closed month: %+v", d)
	}
	if p := w.verdict(w.teams[0], "2023-07"); p.Result != domain.Ineligible {
		t.Errorf("the open month: %s", p.Result)
	}
	w.correct(w.ask("recovery", n, 500_000))
	if d := w.dues()[0]; d.Amount != 0 {
		t.Errorf("%+v", d)
	}
	_, err := w.propose(w.chair, w.ask("back_payment", n, 500_001))
	wantCode(t, "more than the policy gives", err, domain.Unprocessable)
}

// listedAs writes the payment record that a list leaves.
func (w *world) listedAs(p domain.Payment) {
	w.t.Helper()
	p.Policy, p.Subject, p.Period = "yb-nq60-team", w.teams[0], "2023-06"
	w.update(func(tx store.Tx) error {
		raw, err := json.Marshal(p)
		if err != nil {
			return err
		}
		doc, err := decodeDoc(raw)
		if err != nil {
			return err
		}
		if _, err := tx.Put(store.Put{Key: store.Key{Type: domain.TypePayment, ID: domain.PaymentID(p.Policy, p.Subject, p.Period)},
			Doc: doc, Scopes: teamScopes(w.teams[0]), Derived: true}); err != nil {
			return err
		}
		return touch(tx, w.teams[0], "2023-06")
	})
	w.settle()
}

// Where the money is, as the phone shows it: f(close, adjustments, lists).
func TestMoneyState(t *testing.T) {
	w, n := closedJune(t, true)
	line := func(amount domain.Money) []domain.PayLine {
		return []domain.PayLine{{List: "1/DS", On: "2023-08-01", Kind: domain.LineRegular, Amount: amount}}
	}
	for _, c := range []struct {
		p    domain.Payment
		want domain.MoneyState
	}{
		{domain.Payment{Lines: []domain.PayLine{}}, domain.MoneyEligible},
		{domain.Payment{Listed: 500_000, Lines: line(500_000)}, domain.Listed},
		{domain.Payment{Listed: 500_000, Paid: 500_000, Lines: line(500_000)}, domain.Paid},
		{domain.Payment{Listed: 500_000, Paid: 500_000, Received: 500_000, Lines: line(500_000)}, domain.Settled},
		{domain.Payment{Listed: 300_000, Lines: line(300_000)}, domain.Adjusted},
	} {
		w.listedAs(c.p)
		if p, _ := w.progress(w.teams[0], "2023-06"); p.Money != c.want || p.Listed != c.p.Listed || p.Got != c.p.Received || p.Due != 500_000 {
			t.Errorf("%+v: %s, want %s", p.Amounts, p.Money, c.want)
		}
	}
	w.listedAs(domain.Payment{Listed: 500_000, Paid: 500_000, Lines: line(500_000)})
	w.correct(w.ask("recovery", n, 500_000))
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Money != domain.Adjusted || p.Due != 0 || p.Listed != 500_000 {
		t.Errorf("before the recovery is listed: %s, %+v", p.Money, p.Amounts)
	}
	w.listedAs(domain.Payment{Paid: 500_000, Lines: append(line(500_000), domain.PayLine{List: "2/DS", On: "2023-09-01", Kind: domain.LineRecovery, Amount: -500_000})})
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Money != domain.Recovered {
		t.Errorf("after it: %s", p.Money)
	}
	// A reopened month keeps what was listed.
	w.correct(w.ask("reopen", n, 0))
	w.listedAs(domain.Payment{Listed: 500_000, Lines: line(500_000)})
	if p, _ := w.progress(w.teams[0], "2023-06"); !p.Reopened || p.Listed != 500_000 || p.Due != 0 || p.Money != domain.Projected {
		t.Errorf("reopened: %s, %+v", p.Money, p.Amounts)
	}
}

// A policy whose rule can't be evaluated on what a month holds (overflow, a
// text that is no number) pays nobody: the month is incomplete, says which
// rule, and closes so. What can be seen from the file alone — what doesn't
// compile, divides by what may be zero or may cost too much — is not
// published at all: TestParse_Refuses, TestParse_RefusesWithPlace.
func TestClose_PolicyThatCannotBeEvaluated(t *testing.T) {
	for _, expr := range []string{"9223372036854775807 + work.counted > 0", "int(team.decision) > 0"} {
		w := newWorld(t)
		raw, err := data.Files.ReadFile("policies/yb-nq60-team.json")
		if err != nil {
			t.Fatal(err)
		}
		bad := strings.Replace(strings.Replace(string(raw), `"expr": "!paid.elsewhere"`, `"expr": "`+expr+`"`, 1), `"version": "1"`, `"version": "2", "replaces": "1"`, 1)
		if _, err := w.svc.Publish(context.Background(), w.province, []byte(bad)); err != nil {
			t.Fatal(err)
		}
		w.work(w.teams[0], "2023-06")
		w.now = at("2023-07-08")
		if v := w.verdict(w.teams[0], "2023-06"); v.Result != domain.Incomplete || v.Amount != 0 || !strings.Contains(v.ReasonVi, "R7") {
			t.Errorf("%s: %s, %d, %q", expr, v.Result, v.Amount, v.ReasonVi)
		}
		accept := months.CloseItem{Team: w.teams[0], Csum: w.csum(w.chair, w.teams[0], "2023-06"), Accept: true, Reason: "bận"}
		if res := w.closeItem(accept, "2023-06"); !res.Closed || res.Verdict.Result != domain.Incomplete || res.Verdict.Amount != 0 {
			t.Errorf("%s: accepted: %+v", expr, res)
		}
		if _, err := w.svc.Fund(context.Background(), w.province, window2023(w.teams[0])); err != nil {
			t.Fatal(err)
		}
		w.view(func(r store.Reader) error {
			d, err := w.svc.Dues(r, w.teams[0], "2023-06")
			if err != nil || len(d) != 1 || d[0].Amount != 0 || d[0].Funding != "" {
				t.Errorf("%s: due %+v, %v", expr, d, err)
			}
			return nil
		})
	}
}

// TestHoped: while something waits, readers see what approving all of it would
// give; the verdict, the csum and the close know nothing of it.
func TestHoped(t *testing.T) {
	w := newWorld(t)
	w.activity(w.teams[0], "2023-06-10", func(a *domain.Activity) { a.State, a.Reviewer = domain.Pending, "" })
	w.report(w.teams[0], "2023-06", domain.Pending)
	w.now = at("2023-07-08")
	read := func() months.TeamMonthView {
		t.Helper()
		v, err := w.svc.TeamMonth(context.Background(), w.chair, w.teams[0], "2023-06")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := read()
	if len(v.Hoped) != 1 || v.Hoped[0].Amount != 500_000 || v.Hoped[0].Result != domain.Eligible || v.Progress.Amount != 0 {
		t.Errorf("%+v, %+v", v.Hoped, v.Progress)
	}
	if res := w.close(w.teams[0], "2023-06"); res.Closed {
		t.Error("closed over what waits")
	}
	w.report(w.teams[0], "2023-06", domain.Approved)
	if v := read(); len(v.Hoped) != 1 || v.Hoped[0].Amount != 500_000 {
		t.Errorf("%+v", v.Hoped)
	}
	w.work(w.teams[1], "2023-06")
	if v, err := w.svc.TeamMonth(context.Background(), w.chair, w.teams[1], "2023-06"); err != nil || v.Hoped != nil {
		t.Errorf("nothing waits: %+v, %v", v.Hoped, err)
	}
}
