package months_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

func TestTick_OpensGraceAndLock(t *testing.T) {
	w := newWorld(t)
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Stage != domain.StageOpen || p.LockOn != "2023-07-15" || p.SubmitBy != "2023-07-05" {
		t.Errorf("June: %s, lock %s", p.Stage, p.LockOn)
	}
	w.work(w.teams[0], "2023-06")
	w.now = at("2023-07-01")
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Stage != domain.StageGrace || p.Result != domain.Eligible {
		t.Errorf("June in July: %s, %s", p.Stage, p.Result)
	}
	if p, _ := w.progress(w.teams[0], "2023-07"); p.Stage != domain.StageOpen {
		t.Errorf("July: %s", p.Stage)
	}
	w.now = domain.Date("2023-07-15").Start().Add(-1)
	w.settle()
	if w.verdict(w.teams[0], "2023-06").Stage != domain.StageGrace {
		t.Error("closed before the lock day")
	}
	w.now = domain.Date("2023-07-15").Start()
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Stage != domain.StageClosed || p.Money != domain.MoneyEligible {
		t.Errorf("June after the lock: %s, %s", p.Stage, p.Money)
	}
	n := w.decisions()
	if rounds := w.settle(); rounds != 1 || w.decisions() != n || n != 4 {
		t.Errorf("%d rounds, %d and %d decisions", rounds, n, w.decisions())
	}
}

// An undecided submission keeps the month open beyond its lock day; the team
// loses nothing, and the close follows the last decision.
func TestTick_WaitsForTheReviewer(t *testing.T) {
	w := newWorld(t)
	w.settle()
	w.report(w.teams[0], "2023-06", domain.Approved)
	id, a := w.activity(w.teams[0], "2023-06-10", func(a *domain.Activity) { a.State = domain.Pending })
	w.now = at("2023-07-16")
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Stage != domain.StageGrace || !p.Overdue {
		t.Errorf("%s, overdue %v", p.Stage, p.Overdue)
	}
	w.now = at("2023-07-20")
	a.State = domain.Approved
	if err := w.put(syncproto.TypeActivity, id, w.teams[0], "2023-06", a); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Stage != domain.StageClosed || p.Result != domain.Eligible || p.Overdue {
		t.Errorf("after the decision: %s, %s, overdue %v", p.Stage, p.Result, p.Overdue)
	}
}

// A new shard closes nothing of the time before it.
func TestTick_LeavesThePastAlone(t *testing.T) {
	w := newWorld(t)
	w.now = at("2023-11-20")
	w.settle()
	w.work(w.teams[0], "2023-03")
	w.settle()
	if n := w.decisions(); n != 0 {
		t.Errorf("%d months were closed by the clock", n)
	}
}

func TestTick_Extension(t *testing.T) {
	w := newWorld(t)
	w.settle()
	raw := change(t, `"version": "1"`, `"version": "2", "replaces": "1", "extensions": [{"month": "2023-06", "deadlines": {"submit_day": 8, "review_day": 13, "lock_day": 18}, "reason": {"vi": "Máy chủ hỏng ba ngày", "en": "The server was down for three days"}}]`)
	if _, err := w.svc.Publish(context.Background(), w.province, []byte(raw)); err != nil {
		t.Fatal(err)
	}
	w.now = at("2023-07-17")
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Stage != domain.StageGrace || p.LockOn != "2023-07-18" || p.Version != "2" {
		t.Errorf("%s, lock %s, version %s", p.Stage, p.LockOn, p.Version)
	}
	w.now = at("2023-07-18")
	w.settle()
	if p, _ := w.progress(w.teams[0], "2023-06"); p.Stage != domain.StageClosed {
		t.Errorf("%s", p.Stage)
	}
}

// A registration that comes later reaches the progress of all teams.
func TestTick_NewRegistration(t *testing.T) {
	w := newWorld(t)
	w.work(w.others[0], "2023-06")
	w.settle()
	if p, _ := w.progress(w.others[0], "2023-06"); p.Result != domain.Ineligible {
		t.Fatalf("%s", p.Result)
	}
	w.update(func(tx store.Tx) error {
		return roster.PutRegistration(tx, domain.Registration{Commune: w.plain, Year: 2023, Standard: "standard",
			Decision: "895/QĐ-UBND", On: "2023-06-20", Origin: domain.Assumed}, store.Cause{})
	})
	w.settle()
	if p, _ := w.progress(w.others[0], "2023-06"); p.Result != domain.Eligible {
		t.Errorf("%s: %s", p.Result, p.ReasonVi)
	}
}

func TestRefresh_WritesOnlyWhatIsNew(t *testing.T) {
	w := newWorld(t)
	w.work(w.teams[0], "2023-06")
	w.settle()
	_, rev := w.progress(w.teams[0], "2023-06")
	w.update(func(tx store.Tx) error { return touch(tx, w.teams[0], "2023-06") })
	w.settle()
	if _, again := w.progress(w.teams[0], "2023-06"); again != rev {
		t.Errorf("the same verdict was written again: rev %d, then %d", rev, again)
	}
}

// More teams than one batch of anything: all are reached, one close each.
func TestTick_ManyTeams(t *testing.T) {
	w := newWorld(t)
	const n = 300
	w.update(func(tx store.Tx) error {
		for i := range n {
			if err := roster.PutTeam(tx, w.id(), domain.Team{Name: fmt.Sprint("Tổ ", i), Level: domain.LevelVillage,
				Commune: w.plain, Decision: "2/QĐ", EstablishedOn: "2022-01-01"}, store.Cause{}); err != nil {
				return err
			}
		}
		return nil
	})
	w.settle()
	w.now = at("2023-07-15")
	w.settle()
	if got := w.decisions(); got != n+4 {
		t.Errorf("%d closes, want %d", got, n+4)
	}
	list, err := w.svc.CommuneMonth(context.Background(), w.chair2, w.plain, "2023-06")
	if err != nil || len(list) != n+2 {
		t.Fatalf("%d teams, %v", len(list), err)
	}
	for _, v := range list {
		if !v.Closed || v.Csum == "" {
			t.Fatalf("%+v", v)
		}
	}
}
