package months_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

type policyT = *policy.Policy

// closedJune closes June of teams[0]; full says whether it is eligible.
func closedJune(t testing.TB, full bool) (*world, int64) {
	t.Helper()
	w := newWorld(t)
	w.settle()
	if full {
		w.work(w.teams[0], "2023-06")
	} else {
		w.report(w.teams[0], "2023-06", domain.Approved)
	}
	w.now = at("2023-07-08")
	res := w.close(w.teams[0], "2023-06")
	if !res.Closed {
		t.Fatalf("%+v", res)
	}
	return w, res.Decision
}

func (w *world) ask(kind string, close int64, amount domain.Money, basis ...string) months.Ask {
	return months.Ask{Key: w.id(), Kind: kind, Team: w.teams[0], Month: "2023-06", Amount: amount, Close: close, Reason: "Xã chốt sớm", Basis: basis}
}

func (w *world) propose(who domain.Caller, in months.Ask) (months.ProposalView, error) {
	return w.svc.Propose(context.Background(), who, in)
}

func (w *world) decide(who domain.Caller, id domain.ID, c months.Choice) (months.ProposalView, error) {
	return w.svc.DecideProposal(context.Background(), who, id, c, "Đã đối chiếu")
}

// correct proposes as the chair and approves as the province.
func (w *world) correct(in months.Ask) months.ProposalView {
	w.t.Helper()
	p, err := w.propose(w.chair, in)
	if err != nil {
		w.t.Fatal(err)
	}
	if p, err = w.decide(w.province, p.ID, months.Approve); err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) dues() (d []domain.Due) {
	w.t.Helper()
	w.view(func(r store.Reader) (err error) {
		d, err = w.svc.Dues(r, w.teams[0], "2023-06")
		return err
	})
	return d
}

func wantCode(t *testing.T, what string, err error, c domain.Code) {
	t.Helper()
	if domain.CodeOf(err) != c {
		t.Errorf("%s: %v, want %s", what, err, c)
	}
}

func TestAdjustment_TwoPeople(t *testing.T) {
	w, n := closedJune(t, true)
	p, err := w.propose(w.chair, w.ask("recovery", n, 200_000))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.decide(w.chair, p.ID, months.Approve)
	wantCode(t, "who proposed approves", err, domain.Forbidden)
	_, err = w.decide(w.chair2, p.ID, months.Approve)
	wantCode(t, "another commune's chair approves", err, domain.Forbidden)
	_, err = w.decide(w.viewer, p.ID, months.Approve)
	wantCode(t, "a viewer approves", err, domain.Forbidden)
	w.grant(w.province.Person, domain.RoleMember, w.teams[0])
	_, err = w.decide(w.province, p.ID, months.Approve)
	wantCode(t, "somebody of the team approves", err, domain.Forbidden)
	_, err = w.propose(w.province, w.ask("recovery", n, 1))
	wantCode(t, "somebody of the team proposes", err, domain.Forbidden)
	_, err = w.propose(w.chair2, w.ask("recovery", n, 1))
	wantCode(t, "another commune's chair proposes", err, domain.Forbidden)
	if d := w.dues(); d[0].Amount != 500_000 {
		t.Errorf("a proposal moved money: %+v", d)
	}
}

func TestAdjustment_RecoversAndPaysBackWithinThePolicy(t *testing.T) {
	w, n := closedJune(t, true)
	_, err := w.propose(w.chair, w.ask("back_payment", n, 1))
	wantCode(t, "more than the policy gives", err, domain.Unprocessable)
	_, err = w.propose(w.chair, w.ask("recovery", n, 500_001))
	wantCode(t, "more than is due", err, domain.Unprocessable)
	_, err = w.propose(w.chair, w.ask("recovery", n+1, 1))
	wantCode(t, "another close", err, domain.Precondition)
	if p := w.correct(w.ask("recovery", n, 200_000)); p.PayIn != "2023-07" || p.DecisionNo == 0 {
		t.Errorf("%+v", p)
	}
	d := w.dues()[0]
	if d.Amount != 300_000 || len(d.Adjusted) != 1 || d.Close != n {
		t.Errorf("%+v", d)
	}
	w.correct(w.ask("back_payment", n, 200_000))
	if d := w.dues()[0]; d.Amount != 500_000 || len(d.Adjusted) != 2 {
		t.Errorf("%+v", d)
	}
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Due != 500_000 || p.Money != domain.MoneyEligible {
		t.Errorf("progress: due %d, %s", p.Due, p.Money)
	}
	w.correct(w.ask("withhold", n, 0))
	_, err = w.propose(w.chair, w.ask("withhold", n, 0))
	wantCode(t, "withheld already", err, domain.Unprocessable)
	if d := w.dues()[0]; !d.Withheld {
		t.Errorf("%+v", d)
	}
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Money != domain.Withheld {
		t.Errorf("progress: %s", p.Money)
	}
	w.correct(w.ask("release", n, 0))
	if d := w.dues()[0]; d.Withheld || d.Amount != 500_000 {
		t.Errorf("%+v", d)
	}
	w.recomputes(policyFile(t, "yb-nq60-team"))
}

// Two approvals of recoveries that together would go below 0: the second is
// refused, whichever comes first.
func TestAdjustment_RaceNeverBelowZero(t *testing.T) {
	w, n := closedJune(t, true)
	var ids []domain.ID
	for range 8 {
		p, err := w.propose(w.chair, w.ask("recovery", n, 300_000))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	var done sync.WaitGroup
	errs := make([]error, len(ids))
	for i, id := range ids {
		done.Go(func() { _, errs[i] = w.decide(w.province, id, months.Approve) })
	}
	done.Wait()
	good := 0
	for _, err := range errs {
		if err == nil {
			good++
		} else {
			wantCode(t, "one too many", err, domain.Unprocessable)
		}
	}
	if d := w.dues()[0]; good != 1 || d.Amount != 200_000 {
		t.Errorf("%d approvals, %+v", good, d)
	}
}

func TestProposal_OnceAndRefused(t *testing.T) {
	w, n := closedJune(t, true)
	in := w.ask("recovery", n, 100_000)
	first, err := w.propose(w.chair, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.propose(w.chair, in)
	if err != nil || again.ID != first.ID || again.AtMs != first.AtMs {
		t.Errorf("%+v, %v", again, err)
	}
	in.Kind = "withhold"
	_, err = w.propose(w.chair, in)
	wantCode(t, "another proposal under the key", err, domain.Conflict)
	_, err = w.svc.DecideProposal(context.Background(), w.province, first.ID, months.Refuse, "")
	wantCode(t, "refused without a reason", err, domain.Invalid)
	for range 2 {
		if p, err := w.decide(w.province, first.ID, months.Refuse); err != nil || p.State != domain.ProposalRefused {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	_, err = w.decide(w.province, first.ID, months.Approve)
	wantCode(t, "approved after all", err, domain.Conflict)
	list, err := w.svc.Proposals(context.Background(), w.chair, months.ProposalQuery{Commune: w.registered, State: domain.ProposalRefused})
	if err != nil || len(list) != 1 || list[0].Note != "Đã đối chiếu" {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = w.svc.Proposals(context.Background(), w.chair, months.ProposalQuery{})
	wantCode(t, "a chair lists the province", err, domain.Forbidden)
}

// An approved activity that came after the lock is worth a back payment; what
// was made after the lock is not.
func TestAdjustment_LateWork(t *testing.T) {
	w := newWorld(t)
	w.settle()
	w.report(w.teams[0], "2023-06", domain.Approved)
	late := func(a *domain.Activity) { a.Received = at("2023-07-16").UnixMilli() }
	w.activity(w.teams[0], "2023-06-30", func(a *domain.Activity) { a.State = domain.Pending; late(a) })
	w.now = at("2023-07-16")
	w.settle()
	id, _ := w.activity(w.teams[0], "2023-06-10", late)
	n := w.close(w.teams[0], "2023-06")
	if n.Closed {
		t.Fatal("closed over an undecided submission")
	}
	w.undecidedToApproved(w.teams[0], "2023-06")
	w.settle()
	d := w.dues()
	if len(d) != 1 || d[0].Amount != 0 || d[0].Outcome != domain.Incomplete {
		t.Fatalf("%+v", d)
	}
	p, err := w.propose(w.chair, w.ask("back_payment", d[0].Close, 0, "activity:"+string(id)))
	if err != nil || p.Amount != 500_000 || p.Timing != domain.TimeOpen {
		t.Fatalf("%+v, %v", p, err)
	}
	_, err = w.propose(w.province, w.ask("back_payment", d[0].Close, 500_000, "activity:"+string(id)))
	wantCode(t, "the same basis twice", err, domain.Conflict)
	_, err = w.propose(w.chair, w.ask("back_payment", d[0].Close, 0, "activity:"+string(w.id())))
	wantCode(t, "no such work", err, domain.Invalid)
	if p, err = w.decide(w.province, p.ID, months.Approve); err != nil {
		t.Fatal(err)
	}
	if d := w.dues()[0]; d.Amount != 500_000 || d.Adjusted[0] != p.DecisionNo {
		t.Errorf("%+v", d)
	}
}

// undecidedToApproved approves what is pending in a month.
func (w *world) undecidedToApproved(team domain.ID, month domain.Month) {
	w.t.Helper()
	var ids []domain.ID
	var docs []domain.Activity
	w.view(func(r store.Reader) error {
		return r.Members(syncproto.TeamMonthScope(team, string(month)), syncproto.TypeActivity, func(rec *store.Record) bool {
			var a domain.Activity
			if err := json.Unmarshal(rec.Doc, &a); err != nil {
				w.t.Fatal(err)
			}
			if a.State == domain.Pending {
				a.State = domain.Approved
				ids, docs = append(ids, rec.ID), append(docs, a)
			}
			return true
		})
	})
	for i, id := range ids {
		if err := w.put(syncproto.TypeActivity, id, team, month, docs[i]); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestReopen(t *testing.T) {
	w, n := closedJune(t, false)
	old := w.decisionBody(n)
	w.correct(w.ask("back_payment", n, 500_000)) // R10 is an assumed rule: two people may
	if d := w.dues()[0]; d.Amount != 500_000 {
		t.Fatalf("%+v", d)
	}
	w.now = at("2023-08-01")
	p := w.correct(w.ask("reopen", n, 0))
	if d := w.dues(); len(d) != 0 {
		t.Errorf("a reopened month is due %+v", d)
	}
	w.settle()
	if pr, _ := w.progress(w.teams[0], "2023-06"); !pr.Reopened || pr.Stage != domain.StageGrace || pr.LockOn != "2023-08-12" {
		t.Errorf("%+v", pr)
	}
	// What came after the old lock counts now.
	w.activity(w.teams[0], "2023-06-10", func(a *domain.Activity) { a.Received = at("2023-08-02").UnixMilli() })
	w.now = at("2023-08-12")
	w.settle()
	d := w.dues()[0]
	if d.Amount != 500_000 || d.Close == n || len(d.Adjusted) != 0 || d.Outcome != domain.Eligible {
		t.Errorf("after the new close: %+v", d)
	}
	if got := w.decisionBody(n); got != old {
		t.Error("the old record has changed")
	}
	if body := w.decisionBody(d.Close); !strings.Contains(body, `"supersedes":`) {
		t.Errorf("%s", body)
	}
	_, err := w.propose(w.chair, w.ask("recovery", n, 1))
	wantCode(t, "a correction of a superseded close", err, domain.Precondition)
	if p.DecisionNo <= n || d.Close <= p.DecisionNo {
		t.Errorf("order of decisions %d, %d, %d", n, p.DecisionNo, d.Close)
	}
	w.recomputes(policyFile(t, "yb-nq60-team"))
}

func (w *world) decisionBody(n int64) (body string) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		return r.Decisions(n, func(d *store.Decision) bool { body = string(d.Body); return false })
	})
	return body
}

// In a finalised month only the province approves.
func TestReopen_Finalised(t *testing.T) {
	w, n := closedJune(t, true)
	w.now = at("2023-07-16")
	w.settle()
	if err := w.svc.Finalise(context.Background(), w.province, "2023-06"); err != nil {
		t.Fatal(err)
	}
	p, err := w.propose(w.province, w.ask("reopen", n, 0))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.decide(w.chair, p.ID, months.Approve)
	wantCode(t, "a chair reopens a finalised month", err, domain.Forbidden)
	w.correct(w.ask("reopen", n, 0))
	_, err = w.decide(w.chair, p.ID, months.Approve)
	wantCode(t, "reopened twice", err, domain.Forbidden)
	w.settle()
	if pr, _ := w.progress(w.teams[0], "2023-06"); pr.Stage != domain.StageGrace || !pr.Reopened {
		t.Errorf("%s", pr.Stage)
	}
	w.now = at("2023-07-27")
	w.settle()
	if pr, _ := w.progress(w.teams[0], "2023-06"); pr.Stage != domain.StageFinalised || pr.Due != 500_000 {
		t.Errorf("%+v", pr)
	}
}

// The same bytes for member, chair, province and auditor, before and after.
func TestExplain_SameBytesForEverybody(t *testing.T) {
	w, n := closedJune(t, false)
	w.correct(w.ask("back_payment", n, 500_000))
	w.activity(w.teams[0], "2023-07-03", func(a *domain.Activity) { a.Evidence = nil })
	for _, m := range []domain.Month{"2023-06", "2023-07"} {
		var first string
		for _, who := range []domain.Caller{{Person: w.leader}, w.chair, w.province, w.viewer} {
			b, err := w.svc.ExplainFor(context.Background(), who, w.teams[0], m)
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(b)
			}
			if string(b) != first {
				t.Errorf("%s: others see\n%s\nhe sees\n%s", m, first, b)
			}
		}
		var e months.Explanation
		if err := json.Unmarshal([]byte(first), &e, json.RejectUnknownMembers(true)); err != nil {
			t.Fatal(err)
		}
		if m == "2023-06" && (e.Money.Due != 500_000 || len(e.Money.Adjustments) != 1 || !e.Money.Adjustments[0].Holds || len(e.Closes) != 1 || e.Closes[0].N != n) {
			t.Errorf("%s", first)
		}
		if m == "2023-07" && (len(e.Activities) != 1 || e.Activities[0].Why != policy.WhyNoEvidence || e.Activities[0].Vi == "") {
			t.Errorf("%s", first)
		}
		for _, p := range []domain.ID{w.leader, w.chair.Person, w.province.Person} {
			if strings.Contains(first, string(p)) {
				t.Error("it names a person")
			}
		}
	}
	_, err := w.svc.ExplainFor(context.Background(), w.chair2, w.teams[0], "2023-06")
	wantCode(t, "another commune's chair", err, domain.Forbidden)
}
