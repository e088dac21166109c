package httpapi_test

import (
	"io"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// TestFlow_WhyNotPaid: a member asks from his phone, the chair upholds, the
// province approves, and everybody reads the same bytes.
func TestFlow_WhyNotPaid(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	rep := syncproto.DerivedID(syncproto.TypeReport, w.team["T1"], month)
	for _, v := range w.phone(leader).push(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeReport, ID: rep,
		Set: syncproto.Doc{"team": syncproto.Str(string(w.team["T1"])), "month": syncproto.Str(month), "summary": syncproto.Str("Đã làm.")}},
		&syncproto.Mutation{Op: syncproto.OpSubmit, Type: syncproto.TypeReport, ID: rep}) {
		if v.V != syncproto.Applied {
			t.Fatalf("%+v", v)
		}
	}
	w.reviewed()
	w.clock.set("2023-07-08")
	tm, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil {
		t.Fatal(err)
	}
	closed, err := w.as[chair].CloseTeamMonth(ctx, w.team["T1"], month, tm.Csum)
	if err != nil || closed.Verdict.Result != "incomplete" {
		t.Fatalf("%+v, %v", closed, err)
	}
	id := w.aDispute()
	list, err := w.as[chair].Disputes(ctx, w.unit["A"], "open")
	if err != nil || list.Open != 1 || list.Overdue != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	d, err := w.as[chair].AnswerDispute(ctx, id, client.Answer{Decision: "upheld", Text: "Xã sót hoạt động", Amount: 500_000, Close: closed.Decision})
	if err != nil || d.Proposal == "" {
		t.Fatalf("%+v, %v", d, err)
	}
	if _, err := w.as[chair].DecideProposal(ctx, d.Proposal, "approve", ""); client.AsProblem(err) == nil || client.AsProblem(err).Status != 403 {
		t.Errorf("the chair approves his own: %v", err)
	}
	p, err := w.as[province].DecideProposal(ctx, d.Proposal, "approve", "")
	if err != nil || p.State != "approved" || p.DecisionNo <= closed.Decision {
		t.Fatalf("%+v, %v", p, err)
	}
	w.sameForAll("/v1/teams/" + string(w.team["T1"]) + "/months/" + month + "/explain")
	tm, _, err = w.as[member].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil || tm.Progress.Due != 500_000 || tm.Progress.Result != "incomplete" {
		t.Errorf("%+v, %v", tm.Progress, err)
	}
	if list, err := w.as[province].Proposals(ctx, "", w.team["T1"], "approved"); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	re, err := w.as[province].Propose(ctx, client.Ask{Key: newID(), Kind: "reopen", Team: w.team["T1"], Month: month, Close: closed.Decision, Reason: "Chốt nhầm"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.as[chair].DecideProposal(ctx, re.ID, "approve", ""); err != nil {
		t.Fatal(err)
	}
	w.sameForAll("/v1/teams/" + string(w.team["T1"]) + "/months/" + month + "/explain")
	if v := w.phone(member).push(w.activity("T1"))[0]; v.V != syncproto.Applied {
		t.Errorf("a reopened month refuses work: %+v", v)
	}
	w.proved()
}

// proved verifies all decisions: nothing may be found.
func (w *world) proved() {
	w.t.Helper()
	rep, err := w.as[province].Verify(w.t.Context())
	if err != nil || rep.Found != 0 || rep.Decisions == 0 {
		w.t.Errorf("verify: %+v, %v", rep, err)
	}
}

// sameForAll reads a path as everybody who may and compares bytes and tags.
func (w *world) sameForAll(path string) {
	w.t.Helper()
	body, tag := "", ""
	for _, as := range []string{member, leader, chair, viewer, province, system} {
		if _, err := w.as[as].Me(w.t.Context()); err != nil { // signs in anew, weeks later
			w.t.Fatal(err)
		}
		res := w.raw(as, "GET", path, nil, nil)
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 {
			w.t.Fatalf("%s: %d, %v", as, res.StatusCode, err)
		}
		if body == "" {
			body, tag = string(b), res.Header.Get("ETag")
		}
		if string(b) != body || res.Header.Get("ETag") != tag || tag == "" {
			w.t.Errorf("%s reads other bytes (%s, %s):\n%s\n%s", as, tag, res.Header.Get("ETag"), body, b)
		}
		if again := w.raw(as, "GET", path, nil, map[string]string{"If-None-Match": tag}); again.StatusCode != 304 {
			w.t.Errorf("%s: %d for a tag that holds", as, again.StatusCode)
		}
	}
}

// TestFlow_Extension: the province moves the days after a storm and sees who
// is behind.
func TestFlow_Extension(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.pending()
	w.clock.set("2023-07-12")
	list, err := w.as[province].OverdueReviews(ctx, month)
	if err != nil || len(list) != 1 || list[0].Unit != w.unit["A"] || list[0].Since != "2023-07-11" || list[0].Submissions != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	x := client.Extension{Kind: "storm", From: month, To: month, Unit: w.unit["A"], Days: 7, Reason: "Bão số 2"}
	for range 2 {
		if _, err := w.as[province].Extend(ctx, x); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := w.as[member].Extensions(ctx); err != nil || len(all) != 1 || all[0].Days != 7 {
		t.Errorf("%+v, %v", all, err)
	}
	if list, err := w.as[province].OverdueReviews(ctx, month); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	tm, _, err := w.as[member].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil || tm.Progress.LockOn != "2023-07-22" {
		t.Errorf("%+v, %v", tm.Progress.LockOn, err)
	}
	x.Days = -3
	if _, err := w.as[province].Extend(ctx, x); client.AsProblem(err) == nil || client.AsProblem(err).Status != 400 {
		t.Errorf("days were taken away: %v", err)
	}
}
