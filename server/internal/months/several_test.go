package months_test

import (
	"context"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// beside publishes a second policy for the same teams: NQ 60's file under
// another id. apart says whether it stands outside NQ 60's overlap group.
func (w *world) beside(apart bool) policyT {
	w.t.Helper()
	raw := strings.Replace(change(w.t, `"id": "yb-nq60-team"`, `"id": "yb-other-team"`), `"rate_vnd": 500000,`, `"rate_vnd": 300000,`, 1)
	raw = strings.ReplaceAll(raw, `"total_vnd": 2698500000`, `"total_vnd": 1619100000`)
	if apart {
		i := strings.Index(raw, `"overlap_group": "`) + len(`"overlap_group": "`)
		raw = raw[:i] + "x-" + raw[i:]
	}
	if _, err := w.svc.Publish(context.Background(), w.province, []byte(raw)); err != nil {
		w.t.Fatal(err)
	}
	p, err := policy.Parse([]byte(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// Two policies judge a month. Outside one overlap group both pay, each with a
// due of its own; within it one does, and the other says which.
func TestSeveralPolicies(t *testing.T) {
	for _, apart := range []bool{true, false} {
		w := newWorld(t)
		second := w.beside(apart)
		w.settle()
		w.work(w.teams[0], "2023-06")
		w.now = at("2023-07-08")
		open := w.verdict(w.teams[0], "2023-06")
		res := w.close(w.teams[0], "2023-06")
		dues := w.dues()
		if !res.Closed || len(dues) != 2 || len(open.Others) != 1 {
			t.Fatalf("apart %v: %+v, %+v", apart, res, dues)
		}
		sum, paying := domain.Money(0), 0
		for _, d := range dues {
			if sum += d.Amount; d.Amount > 0 {
				paying++
			}
		}
		if apart && (sum != 800_000 || paying != 2) || !apart && paying != 1 {
			t.Errorf("apart %v: %+v", apart, dues)
		}
		closed := w.verdict(w.teams[0], "2023-06")
		if closed.Amount != open.Amount || closed.Others[0].Due != dues[1].Amount || closed.Due != dues[0].Amount {
			t.Errorf("apart %v: open %+v, closed %+v", apart, open.Others, closed.Others)
		}
		files := []*policy.Policy{second, policyFile(t, "yb-nq60-team")}
		w.view(func(r store.Reader) error {
			d, err := r.Decision(months.KindClose, string(w.teams[0])+"/2023-06")
			if err != nil {
				return err
			}
			if body, err := months.Recompute(files, d.Body); err != nil || string(body) != string(d.Body) {
				t.Errorf("apart %v: %v\n%s\n%s", apart, err, d.Body, body)
			}
			if _, err := months.Recompute(files[:1], d.Body); err == nil {
				t.Error("recomputed without one of its files")
			}
			return w.svc.VerifyClose(r, &d)
		})
		if apart {
			w.adjustsTheSecond(dues[1])
		}
		if tot, err := w.svc.Totals(context.Background(), w.viewer, 2023); err != nil || tot.Months[5].Closed != 1 {
			t.Errorf("%+v, %v", tot.Months[5], err)
		}
	}
}

// adjustsTheSecond recovers what the second policy gave, and nothing of the
// first.
func (w *world) adjustsTheSecond(d domain.Due) {
	w.t.Helper()
	in := w.ask("recovery", d.Close, 100_000)
	in.Policy = d.Policy
	w.correct(in)
	after := w.dues()
	if after[1].Amount != d.Amount-100_000 || len(after[0].Adjusted) != 0 {
		w.t.Errorf("%+v", after)
	}
	in = w.ask("recovery", d.Close, 1)
	in.Policy = "unknown"
	_, err := w.propose(w.chair, in)
	if domain.CodeOf(err) != domain.Invalid {
		w.t.Errorf("a policy that did not judge the month: %v", err)
	}
}
