package months_test

import (
	"context"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

func storm(days int) domain.Extension {
	return domain.Extension{Kind: domain.ExtensionStorm, From: "2023-06", To: "2023-06", Days: days, Reason: "Bão số 2, mất điện"}
}

func (w *world) extend(x domain.Extension) error {
	_, err := w.svc.Extend(context.Background(), w.province, x)
	return err
}

// A storm moves the days of one commune; the others close on the policy's day.
func TestExtension_MovesTheDaysOfItsScopeOnly(t *testing.T) {
	w := newWorld(t)
	w.settle()
	x := storm(7)
	x.Unit = w.registered
	if err := w.extend(x); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.SubmitBy != "2023-07-12" || p.ReviewBy != "2023-07-17" || p.LockOn != "2023-07-22" {
		t.Errorf("moved to %s, %s, %s", p.SubmitBy, p.ReviewBy, p.LockOn)
	}
	if p, _ := w.progress(w.others[0], "2023-06"); p.LockOn != "2023-07-15" {
		t.Errorf("another commune's lock moved to %s", p.LockOn)
	}
	w.now = at("2023-07-15")
	w.settle()
	if a, b := w.verdict(w.teams[0], "2023-06").Stage, w.verdict(w.others[0], "2023-06").Stage; a != domain.StageGrace || b != domain.StageClosed {
		t.Errorf("on the policy's lock day: %s, %s", a, b)
	}
	// Work of the day before the moved lock counts.
	w.activity(w.teams[0], "2023-06-20", func(a *domain.Activity) { a.Received = at("2023-07-21").UnixMilli() })
	w.report(w.teams[0], "2023-06", domain.Approved)
	w.now = at("2023-07-22")
	w.settle()
	p, _ := w.progress(w.teams[0], "2023-06")
	if p.Stage != domain.StageClosed || p.Result != domain.Eligible || !p.Activities[0].Counts {
		t.Errorf("after the moved lock: %s, %s, %+v", p.Stage, p.Result, p.Activities)
	}
	w.recomputes(policyFile(t, "yb-nq60-team"))
}

// recomputes holds every close against its own recomputation.
func (w *world) recomputes(p policyT) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			if d.Kind != months.KindClose {
				return true
			}
			if body, err := months.Recompute([]*policy.Policy{p}, d.Body); err != nil || string(body) != string(d.Body) {
				w.t.Errorf("decision %d, %v:\n%s\n%s", d.N, err, d.Body, body)
			}
			return true
		})
	})
}

// The later day holds: extensions don't add up, and a second one goes on from
// the policy's days. One that comes after the lock still counts while the
// month waits.
func TestExtension_LaterDayHolds(t *testing.T) {
	w := newWorld(t)
	w.settle()
	for _, days := range []int{3, 5, 5} {
		if err := w.extend(storm(days)); err != nil {
			t.Fatal(err)
		}
	}
	if p := w.verdict(w.teams[0], "2023-06"); p.LockOn != "2023-07-20" {
		t.Errorf("lock on %s", p.LockOn)
	}
	if list, err := w.svc.Extensions(context.Background(), w.chair); err != nil || len(list) != 2 {
		t.Errorf("%d extensions, %v: the same twice is one", len(list), err)
	}
	w.now = at("2023-07-19")
	w.settle()
	if err := w.extend(storm(10)); err != nil {
		t.Fatal(err)
	}
	w.now = at("2023-07-20")
	w.settle()
	if s := w.verdict(w.teams[0], "2023-06").Stage; s != domain.StageGrace {
		t.Errorf("closed on the day of the shorter extension: %s", s)
	}
	w.now = at("2023-07-25")
	w.settle()
	if s := w.verdict(w.teams[0], "2023-06").Stage; s != domain.StageClosed {
		t.Errorf("on the last day: %s", s)
	}
	if err := w.extend(storm(30)); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("an extension of closed months: %v", err)
	}
}

func TestExtension_Refuses(t *testing.T) {
	w := newWorld(t)
	change := func(f func(*domain.Extension)) domain.Extension {
		x := storm(3)
		f(&x)
		return x
	}
	for name, x := range map[string]domain.Extension{
		"earlier":      change(func(x *domain.Extension) { x.Days = -1 }),
		"nothing":      change(func(x *domain.Extension) { x.Days = 0 }),
		"no reason":    change(func(x *domain.Extension) { x.Reason = "" }),
		"unknown kind": change(func(x *domain.Extension) { x.Kind = "mercy" }),
		"backwards":    change(func(x *domain.Extension) { x.To = "2023-05" }),
		"two scopes":   change(func(x *domain.Extension) { x.Unit, x.Team = w.registered, w.teams[0] }),
	} {
		if err := w.extend(x); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, who := range map[string]domain.Caller{"chair": w.chair, "viewer": w.viewer} {
		if _, err := w.svc.Extend(context.Background(), who, storm(3)); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Reviews that nobody made in time are listed by commune, and cost nothing.
func TestOverdue(t *testing.T) {
	w := newWorld(t)
	w.settle()
	for range 2 {
		w.activity(w.teams[0], "2023-06-10", func(a *domain.Activity) { a.State, a.Submitted = domain.Pending, at("2023-06-11").UnixMilli() })
	}
	w.activity(w.others[0], "2023-06-10", func(a *domain.Activity) { a.State, a.Submitted = domain.Pending, at("2023-06-12").UnixMilli() })
	x := storm(4)
	x.Team = w.others[0]
	if err := w.extend(x); err != nil {
		t.Fatal(err)
	}
	list := func(day string) []months.Overdue {
		t.Helper()
		w.now = at(day)
		l, err := w.svc.OverdueIn(context.Background(), w.viewer, "2023-06")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	if l := list("2023-07-10"); len(l) != 0 {
		t.Errorf("on the review day: %+v", l)
	}
	l := list("2023-07-11")
	if len(l) != 1 || l[0] != (months.Overdue{Unit: w.registered, Teams: 1, Submissions: 2, Since: "2023-07-11", OldestMs: at("2023-06-11").UnixMilli()}) {
		t.Errorf("the day after: %+v", l)
	}
	if l := list("2023-07-15"); len(l) != 2 || l[1].Since != "2023-07-15" {
		t.Errorf("after the moved review day: %+v", l)
	}
	if _, err := w.svc.OverdueIn(context.Background(), w.chair, "2023-06"); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a chair: %v", err)
	}
}
