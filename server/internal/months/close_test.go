package months_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

func (w *world) decisions() (n int) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		n = 0
		return r.Decisions(1, func(*store.Decision) bool { n++; return true })
	})
	return n
}

func TestClose_OnceOnly(t *testing.T) {
	w := newWorld(t)
	w.work(w.teams[0], "2023-06")
	w.now = at("2023-07-08")
	csum := w.csum(w.chair, w.teams[0], "2023-06")
	first := w.close(w.teams[0], "2023-06")
	if !first.Closed || first.Verdict.Result != domain.Eligible || first.Verdict.Amount != 500_000 {
		t.Fatalf("%+v", first)
	}
	again := w.closeItem(months.CloseItem{Team: w.teams[0], Csum: csum}, "2023-06")
	stale := w.closeItem(months.CloseItem{Team: w.teams[0], Csum: "AAAAAAAAAAAAAAAAAAAAAA"}, "2023-06")
	if cmp.Diff(first, again) != "" || cmp.Diff(first, stale) != "" {
		t.Errorf("a second close gave another record:\n%s%s", cmp.Diff(first, again), cmp.Diff(first, stale))
	}
	if n := w.decisions(); n != 1 {
		t.Errorf("%d decisions, want 1", n)
	}
	if got := w.csum(w.chair, w.teams[0], "2023-06"); got != csum {
		t.Errorf("csum after the close is %s, was %s", got, csum)
	}
}

func TestClose_StaleCsum(t *testing.T) {
	w := newWorld(t)
	w.work(w.teams[0], "2023-06")
	w.now = at("2023-07-08")
	old := w.csum(w.chair, w.teams[0], "2023-06")
	w.activity(w.teams[0], "2023-06-14", nil)
	if res := w.closeItem(months.CloseItem{Team: w.teams[0], Csum: old}, "2023-06"); res.Closed || res.Code != domain.Precondition {
		t.Errorf("%+v", res)
	}
	if res := w.closeItem(months.CloseItem{Team: w.teams[0]}, "2023-06"); res.Closed || res.Code != domain.Invalid {
		t.Errorf("without a csum: %+v", res)
	}
	if n := w.decisions(); n != 0 {
		t.Errorf("%d decisions", n)
	}
}

// What the csum covers: content and review state, and nothing else.
func TestCsum(t *testing.T) {
	w := newWorld(t)
	id, a := w.activity(w.teams[0], "2023-06-10", nil)
	before := w.csum(w.chair, w.teams[0], "2023-06")
	put := func() string {
		t.Helper()
		if err := w.put(syncproto.TypeActivity, id, w.teams[0], "2023-06", a); err != nil {
			t.Fatal(err)
		}
		return w.csum(w.chair, w.teams[0], "2023-06")
	}
	a.Note = "thêm ghi chú"
	if put() != before {
		t.Error("a note changes the csum")
	}
	a.Measures = map[string]int64{"so_ho_so": 4}
	content := put()
	if content == before {
		t.Error("content does not change the csum")
	}
	a.State = domain.Returned
	if put() == content {
		t.Error("the review state does not change the csum")
	}
}

func TestClose_Refuses(t *testing.T) {
	w := newWorld(t)
	w.work(w.teams[0], "2023-06")
	if res := w.close(w.teams[0], "2023-06"); res.Closed || res.Code != domain.Unprocessable {
		t.Errorf("a month that is not over: %+v", res)
	}
	w.now = at("2023-07-08")
	_, a := w.activity(w.teams[0], "2023-06-14", func(a *domain.Activity) { a.State = domain.Pending })
	if res := w.close(w.teams[0], "2023-06"); res.Closed || res.Code != domain.Unprocessable || res.DetailVi == "" {
		t.Errorf("an undecided submission: %+v", res)
	}
	if _, err := w.svc.CloseTeamMonths(context.Background(), w.chair2, w.registered, "2023-06", nil); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("another commune's chair: %v", err)
	}
	res, err := w.svc.CloseTeamMonths(context.Background(), w.chair2, w.plain, "2023-06", []months.CloseItem{{Team: w.teams[0], Csum: "x"}})
	if err != nil || res[0].Closed || res[0].Code != domain.NotFound {
		t.Errorf("another commune's team: %+v, %v", res, err)
	}
	_ = a
}

func TestClose_ScopeRefusesWrites(t *testing.T) {
	w := newWorld(t)
	w.work(w.teams[0], "2023-06")
	w.now = at("2023-07-08")
	w.close(w.teams[0], "2023-06")
	err := w.put(syncproto.TypeActivity, w.id(), w.teams[0], "2023-06", domain.Activity{Team: w.teams[0], DoneOn: "2023-06-20", State: domain.Received})
	if !errors.Is(err, store.ErrScopeClosed) {
		t.Errorf("a write into a closed month: %v", err)
	}
	w.activity(w.teams[0], "2023-07-05", nil) // the next month is open
}

func TestClose_ChairAcceptsWhatOnlyAssumedRulesForbid(t *testing.T) {
	w := newWorld(t)
	w.activity(w.teams[0], "2023-06-10", nil) // no report: R9
	w.activity(w.teams[1], "2023-06-10", nil)
	w.now = at("2023-07-08")
	item := func(team domain.ID) months.CloseItem {
		return months.CloseItem{Team: team, Csum: w.csum(w.chair, team, "2023-06"), Accept: true, Reason: "Bão, mất điện cả tuần"}
	}
	it := item(w.teams[0])
	it.Reason = ""
	if res := w.closeItem(it, "2023-06"); res.Closed || res.Code != domain.Invalid {
		t.Errorf("without a reason: %+v", res)
	}
	if res := w.closeItem(item(w.teams[0]), "2023-06"); !res.Closed || res.Verdict.Result != domain.Eligible || cmp.Diff([]string{"R9"}, failing(res.Verdict)) != "" {
		t.Errorf("accepted: %+v", res)
	}
	w.grant(w.chair.Person, domain.RoleMember, w.teams[1])
	if res := w.closeItem(item(w.teams[1]), "2023-06"); res.Closed || res.Code != domain.Forbidden {
		t.Errorf("a member accepts his own team's month: %+v", res)
	}
	if res := w.close(w.teams[1], "2023-06"); !res.Closed || res.Verdict.Result != domain.Incomplete || res.Verdict.Amount != 0 {
		t.Errorf("not accepted: %+v", res)
	}
}

func TestClose_RecomputesToTheSameBytes(t *testing.T) {
	w := newWorld(t)
	for i, st := range []domain.State{domain.Approved, domain.Rejected} {
		w.activity(w.teams[i], "2023-06-10", nil)
		w.activity(w.teams[i], "2023-06-11", func(a *domain.Activity) { a.Evidence = nil })
		w.report(w.teams[i], "2023-06", st)
	}
	w.now = at("2023-07-15")
	w.settle() // the clock does not close June: the shard first ticked on 15 July
	for _, team := range w.teams {
		w.close(team, "2023-06")
	}
	p := policyFile(t, "yb-nq60-team")
	check := func(when string) {
		t.Helper()
		w.view(func(r store.Reader) error {
			return r.Decisions(1, func(d *store.Decision) bool {
				if d.Kind != months.KindClose {
					return true
				}
				body, err := months.Recompute([]*policy.Policy{p}, d.Body)
				if err != nil || string(body) != string(d.Body) {
					t.Errorf("%s: decision %d, %v:\n%s\n%s", when, d.N, err, d.Body, body)
				}
				return true
			})
		})
	}
	check("after the close")
	if _, err := w.svc.Fund(context.Background(), w.province, window2023(w.teams[0])); err != nil {
		t.Fatal(err)
	}
	w.settle()
	check("after the funding")
	w.view(func(r store.Reader) error {
		d, err := r.Decision(months.KindClose, string(w.teams[1])+"/2023-06")
		if err != nil {
			return err
		}
		forged := []byte(string(d.Body))
		i := len(forged)/2 + 1
		forged[i] ^= 1
		if body, err := months.Recompute([]*policy.Policy{p}, forged); err == nil && string(body) == string(forged) {
			t.Error("a changed byte recomputes")
		}
		return nil
	})
}

func TestFinalise(t *testing.T) {
	w := newWorld(t)
	w.settle()
	w.now = at("2023-07-08")
	ctx := context.Background()
	if err := w.svc.Finalise(ctx, w.province, "2023-06"); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("with open months: %v", err)
	}
	w.now = at("2023-07-15")
	w.settle()
	if err := w.svc.Finalise(ctx, w.chair, "2023-06"); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("by a chair: %v", err)
	}
	for range 2 {
		if err := w.svc.Finalise(ctx, w.province, "2023-06"); err != nil {
			t.Fatal(err)
		}
	}
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Stage != domain.StageFinalised {
		t.Errorf("stage %s", p.Stage)
	}
	if n := w.decisions(); n != 5 { // four closes, one end
		t.Errorf("%d decisions, want 5", n)
	}
}
