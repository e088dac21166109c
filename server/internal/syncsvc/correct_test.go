package syncsvc

import (
	"context"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// paid is a world with the policy of NQ 60 in force, a registered commune and
// an administrator of the province.
type paid struct {
	*world
	province domain.ID
	months   *months.Service
}

func newPaid(t *testing.T) *paid {
	t.Helper()
	w := &paid{world: newWorld(t)}
	w.province = w.id()
	w.grant(w.province, domain.RoleProvince, w.id(), "2023-01-01", "")
	w.months = w.svc.cfg.Months
	file, err := data.Files.ReadFile("policies/yb-nq60-team.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.months.Publish(context.Background(), domain.Caller{Person: w.province}, file); err != nil {
		t.Fatal(err)
	}
	w.update(func(tx store.Tx) error {
		return roster.PutRegistration(tx, domain.Registration{Commune: w.commune, Year: 2023, Standard: "standard",
			Decision: "894/QĐ-UBND", On: "2023-06-01", Origin: domain.Assumed}, store.Cause{})
	})
	return w
}

// reported gives July an approved report and nothing else.
func (w *paid) reported() {
	w.t.Helper()
	leader, chair := w.phone(w.leader), w.phone(w.chair)
	rep := syncproto.DerivedID(syncproto.TypeReport, w.team, "2023-07")
	set := doc("team", string(w.team), "month", "2023-07", "summary", "Đã làm")
	leader.want(syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeReport, ID: rep, Set: set}, syncproto.Applied, "")
	leader.want(syncproto.Mutation{Op: syncproto.OpSubmit, Type: syncproto.TypeReport, ID: rep}, syncproto.Applied, "")
	chair.want(syncproto.Mutation{Op: syncproto.OpReview, Type: syncproto.TypeReport, ID: rep, Seen: w.c(syncproto.TypeReport, rep),
		Args: doc("decision", "approve")}, syncproto.Applied, "")
}

// closeJuly closes the team's July as its chair.
func (w *paid) closeJuly() months.CloseResult {
	w.t.Helper()
	ctx, chair := context.Background(), domain.Caller{Person: w.chair}
	v, err := w.months.TeamMonth(ctx, chair, w.team, "2023-07")
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := w.months.CloseTeamMonths(ctx, chair, w.commune, "2023-07", []months.CloseItem{{Team: w.team, Csum: v.Csum}})
	if err != nil || !res[0].Closed {
		w.t.Fatalf("%+v, %v", res, err)
	}
	return res[0]
}

func (w *paid) due() domain.Due {
	w.t.Helper()
	var d []domain.Due
	w.view(func(r store.Reader) (err error) {
		d, err = w.months.Dues(r, w.team, "2023-07")
		return err
	})
	if len(d) != 1 {
		w.t.Fatalf("%+v", d)
	}
	return d[0]
}

func (w *paid) notes(person domain.ID, kind string) (n int) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		return r.Members(syncproto.UserScope(person), syncproto.TypeInbox, func(rec *store.Record) bool {
			d, err := syncproto.SplitCanonical(rec.Doc)
			if err != nil {
				w.t.Fatal(err)
			}
			if d.Str("kind") == kind {
				n++
			}
			return true
		})
	})
	return n
}

// Work that was logged in time and reached a month that was closed early: the
// chair's adoption is a proposal, the province's approval pays it back, the
// case ends and its author hears of it.
func TestAdopt_ClosedMonthBecomesABackPayment(t *testing.T) {
	w := newPaid(t)
	w.reported()
	close := w.closeJuly()
	if close.Verdict.Amount != 0 {
		t.Fatalf("%+v", close.Verdict)
	}
	member, chair := w.phone(w.member), w.phone(w.chair)
	m := w.create(w.id(), w.team, "2023-07-20")
	m.Add = syncproto.Sets{"evidence": {"paper:Sổ theo dõi 7"}}
	v := member.want(m, syncproto.Aside, syncproto.CodeMonthClosed)
	adopt := closeCase(syncproto.OpAdopt, v.Case, doc("h", "", "reason", "Ghi đúng hạn, mạng chậm"))
	chair.want(adopt, syncproto.Applied, "")
	chair.want(adopt, syncproto.Noop, "")
	_, kase := w.record(syncproto.TypeCase, v.Case)
	prop, pd := w.record(syncproto.TypeProposal, syncproto.ID(kase.Str("proposal")))
	if kase.Str("state") != caseOpen || prop == nil || pd.Str("timing") != string(domain.InTime) || pd.Str("state") != "proposed" {
		t.Fatalf("case %s, proposal %v", kase.Str("state"), pd)
	}
	if n, _ := pd.Int("amount"); n != 500_000 {
		t.Errorf("proposed %d", n)
	}
	ctx := context.Background()
	if _, err := w.months.DecideProposal(ctx, domain.Caller{Person: w.chair}, prop.ID, months.Approve, ""); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("the chair approves what he proposed: %v", err)
	}
	if _, err := w.months.DecideProposal(ctx, domain.Caller{Person: w.province}, prop.ID, months.Approve, ""); err != nil {
		t.Fatal(err)
	}
	w.clearDue()
	if d := w.due(); d.Amount != 500_000 {
		t.Errorf("%+v", d)
	}
	if _, kase = w.record(syncproto.TypeCase, v.Case); kase.Str("state") != caseAdopted {
		t.Errorf("case %s", kase.Str("state"))
	}
	if n := w.notes(w.member, "adopted"); n != 1 {
		t.Errorf("%d notes", n)
	}
}

// A refused proposal frees its case for another adoption.
func TestAdopt_ClosedMonthRefused(t *testing.T) {
	w := newPaid(t)
	w.reported()
	w.closeJuly()
	m := w.create(w.id(), w.team, "2023-07-20")
	m.Add = syncproto.Sets{"evidence": {"paper:Sổ theo dõi 7"}}
	v := w.phone(w.member).want(m, syncproto.Aside, syncproto.CodeMonthClosed)
	chair := w.phone(w.chair)
	chair.want(closeCase(syncproto.OpAdopt, v.Case, doc("h", "")), syncproto.Applied, "")
	_, kase := w.record(syncproto.TypeCase, v.Case)
	if _, err := w.months.DecideProposal(context.Background(), domain.Caller{Person: w.province}, syncproto.ID(kase.Str("proposal")), months.Refuse, "Thiếu sổ"); err != nil {
		t.Fatal(err)
	}
	w.clearDue()
	if _, kase = w.record(syncproto.TypeCase, v.Case); kase.Str("state") != caseOpen || kase.Str("proposal") != "" {
		t.Fatalf("case %s, proposal %s", kase.Str("state"), kase.Str("proposal"))
	}
	chair.want(closeCase(syncproto.OpAdopt, v.Case, doc("h", "", "reason", "Đã bổ sung sổ")), syncproto.Applied, "")
}

// In a month that was reopened the adoption takes the work itself.
func TestAdopt_ReopenedMonthTakesTheWork(t *testing.T) {
	w := newPaid(t)
	w.reported()
	n := w.closeJuly().Decision
	m := w.create(w.id(), w.team, "2023-07-20")
	v := w.phone(w.member).want(m, syncproto.Aside, syncproto.CodeMonthClosed)
	ctx := context.Background()
	p, err := w.months.Propose(ctx, domain.Caller{Person: w.chair}, months.Ask{Key: w.id(), Kind: months.KindOfReopen, Team: w.team,
		Month: "2023-07", Close: n, Reason: "Chốt nhầm"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.months.DecideProposal(ctx, domain.Caller{Person: w.province}, p.ID, months.Approve, ""); err != nil {
		t.Fatal(err)
	}
	w.phone(w.chair).want(closeCase(syncproto.OpAdopt, v.Case, doc("h", "")), syncproto.Applied, "")
	if w.state(m.ID) != domain.Received {
		t.Errorf("the work is %q", w.state(m.ID))
	}
	w.phone(w.leader).want(w.create(w.id(), w.team, "2023-07-21"), syncproto.Applied, "")
}

// Who stands in decides what is overdue, and nothing before.
func TestReview_StandbyDeputy(t *testing.T) {
	w := newPaid(t)
	deputy := w.id()
	w.grant(deputy, domain.RoleStandby, w.commune, "2023-01-01", "")
	id := w.id()
	member := w.phone(w.member)
	member.want(w.create(id, w.team, "2023-07-20"), syncproto.Applied, "")
	member.want(on(syncproto.OpSubmit, id), syncproto.Applied, "")
	review := func() syncproto.Mutation {
		m := on(syncproto.OpReview, id)
		m.Seen, m.Args = w.c(syncproto.TypeActivity, id), doc("decision", "approve")
		return m
	}
	ph := w.phone(deputy)
	ph.want(review(), syncproto.Aside, syncproto.CodeForbidden) // 10 August: the last day to review
	w.now = time.Date(2023, 8, 11, 0, 0, 0, 0, domain.Zone)
	ph.want(review(), syncproto.Applied, "")
	if w.state(id) != domain.Approved {
		t.Errorf("%s", w.state(id))
	}
	m := review()
	m.Args = doc("decision", "revoke", "reason", "Xem lại")
	ph.want(m, syncproto.Aside, syncproto.CodeForbidden) // decided: not his any more
}

func (w *paid) dispute(id syncproto.ID) domain.Dispute {
	w.t.Helper()
	rec, _ := w.record(syncproto.TypeDispute, id)
	var d domain.Dispute
	if rec == nil {
		w.t.Fatal("no dispute")
	}
	if err := json.Unmarshal(rec.Doc, &d, json.RejectUnknownMembers(true)); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *paid) question(id syncproto.ID, text string) syncproto.Mutation {
	return syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeDispute, ID: id,
		Set: doc("team", string(w.team), "month", "2023-07", "question", text)}
}

func TestDispute(t *testing.T) {
	w := newPaid(t)
	w.reported()
	close := w.closeJuly()
	id := w.id()
	member := w.phone(w.member)
	member.want(w.question(id, "Vì sao tổ tôi chưa được chi?"), syncproto.Applied, "")
	member.want(w.question(w.id(), "Hỏi lại"), syncproto.Noop, "")
	d := w.dispute(id)
	// Thursday 10 August: five working days end on Thursday the 17th.
	if d.State != domain.DisputeOpen || d.AnswerBy != "2023-08-17" || d.Origin != domain.Assumed || d.Author != w.member {
		t.Errorf("%+v", d)
	}
	var e months.Explanation
	if err := json.Unmarshal(d.Stood, &e); err != nil || e.Closes[0].N != close.Decision || e.Verdict.Result != domain.Incomplete {
		t.Errorf("%s, %v", d.Stood, err)
	}
	ctx, chair := context.Background(), domain.Caller{Person: w.chair}
	w.now = w.now.AddDate(0, 0, 8)
	list, err := w.svc.Disputes(ctx, chair, w.commune, "")
	if err != nil || list.Open != 1 || list.Overdue != 1 || !list.Disputes[0].Overdue || list.Disputes[0].Stood != nil {
		t.Errorf("%+v, %v", list, err)
	}
	if all, err := w.svc.Disputes(ctx, domain.Caller{Person: w.province}, "", domain.DisputeOpen); err != nil || len(all.Disputes) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	for _, who := range []domain.ID{w.member, w.leader, w.other, w.stranger} {
		if _, err := w.svc.AnswerDispute(ctx, domain.Caller{Person: who}, id, Answer{Decision: domain.DisputeExplained, Text: "x"}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("answered by %s: %v", who, err)
		}
	}
	if _, err := w.svc.AnswerDispute(ctx, chair, id, Answer{Decision: domain.DisputeUpheld, Text: "Đúng", Amount: 600_000, Close: close.Decision}); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("more than the policy gives: %v", err)
	}
	if w.dispute(id).State != domain.DisputeOpen {
		t.Error("a refused answer has ended it")
	}
	for range 2 {
		if _, err := w.svc.AnswerDispute(ctx, chair, id, Answer{Decision: domain.DisputeUpheld, Text: "Đúng, xã sót", Amount: 500_000, Close: close.Decision}); err != nil {
			t.Fatal(err)
		}
	}
	if d = w.dispute(id); d.State != domain.DisputeUpheld || d.Proposal == "" || string(d.Stood) == "" {
		t.Errorf("%+v", d)
	}
	if _, err := w.months.DecideProposal(ctx, domain.Caller{Person: w.province}, d.Proposal, months.Approve, ""); err != nil {
		t.Fatal(err)
	}
	if due := w.due(); due.Amount != 500_000 {
		t.Errorf("%+v", due)
	}
	if n := w.notes(w.member, "dispute_upheld"); n != 1 {
		t.Errorf("%d notes", n)
	}
	member.want(syncproto.Mutation{Op: syncproto.OpWithdraw, Type: syncproto.TypeDispute, ID: id}, syncproto.Noop, syncproto.CodeStaleReview)
}

func TestDispute_WhoMayAsk(t *testing.T) {
	w := newPaid(t)
	id := w.id()
	w.phone(w.other).want(w.question(w.id(), "Hỏi hộ"), syncproto.Waiting, syncproto.CodeNotMember)
	member := w.phone(w.member)
	member.want(w.question(w.id(), ""), syncproto.Aside, syncproto.CodeInvalid)
	bad := w.question(w.id(), "x")
	bad.Set["state"] = syncproto.Str("upheld")
	member.want(bad, syncproto.Aside, syncproto.CodeInvalid)
	later := w.question(w.id(), "x")
	later.Set["month"] = syncproto.Str("2023-09")
	member.want(later, syncproto.Aside, syncproto.CodeFutureDate)
	member.want(w.question(id, "Bao giờ chi?"), syncproto.Applied, "")
	withdraw := syncproto.Mutation{Op: syncproto.OpWithdraw, Type: syncproto.TypeDispute, ID: id}
	w.phone(w.leader).want(withdraw, syncproto.Aside, syncproto.CodeForbidden)
	member.want(withdraw, syncproto.Applied, "")
	member.want(withdraw, syncproto.Noop, "")
	member.want(syncproto.Mutation{Op: syncproto.OpDelete, Type: syncproto.TypeDispute, ID: id}, syncproto.Aside, syncproto.CodeUnknownOp)
	if _, err := w.svc.AnswerDispute(context.Background(), domain.Caller{Person: w.chair}, id, Answer{Decision: domain.DisputeExplained, Text: "x"}); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("a withdrawn dispute is answered: %v", err)
	}
	if v, err := w.svc.Dispute(context.Background(), domain.Caller{Person: w.leader}, id); err != nil || v.State != domain.DisputeWithdrawn {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := w.svc.Dispute(context.Background(), domain.Caller{Person: w.other}, id); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("another team reads it: %v", err)
	}
}
