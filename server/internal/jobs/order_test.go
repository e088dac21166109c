package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
)

// TestWork_InTurn: jobs are done in the order in which they were started, also
// where the texts of their ids, which hold the time, stand the other way round.
func TestWork_InTurn(t *testing.T) {
	w := newWorld(t)
	w.steps(0, fine)
	var want []domain.ID
	for range 70 {
		w.now = w.now.Add(4 * time.Second)
		want = append(want, w.ask("a").ID)
	}
	for i, id := range want {
		if _, err := w.svc.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if j, err := w.svc.Job(t.Context(), w.admin, id); err != nil || j.State != jobs.Done {
			t.Fatalf("job %d is %s, %v", i, j.State, err)
		}
	}
}

// TestForget_All: each result goes after its week, whatever others there are.
func TestForget_All(t *testing.T) {
	w := newWorld(t)
	w.svc.Makers = map[jobs.Kind]jobs.Maker{jobs.Export: {
		Check: func(context.Context, domain.Caller, []byte) (string, error) { return "a", nil },
		Make: func(context.Context, domain.Caller, []byte, func(done, of int) error) (jobs.Made, error) {
			return jobs.Made{Name: "x.csv", MIME: "text/csv", Bytes: []byte("x")}, nil
		},
	}}
	made := map[domain.ID]time.Time{}
	for range 64 {
		w.now = w.now.Add(5 * time.Hour)
		j := w.done(w.ask("a").ID)
		made[j.ID] = w.now
	}
	for more := true; more; {
		var err error
		more, err = w.svc.Forget(t.Context())
		w.must(err)
	}
	for id, at := range made {
		_, err := w.svc.Result(t.Context(), w.admin, id)
		if gone := domain.CodeOf(err) == domain.NotFound; gone != (w.now.Sub(at) > 7*24*time.Hour) {
			t.Errorf("made %s ago: %v", w.now.Sub(at), err)
		}
	}
}

// TestMaker_Unavailable: a job that meets what is over in a while waits for
// that, also where it has made something already.
func TestMaker_Unavailable(t *testing.T) {
	w := newWorld(t)
	away := domain.E(domain.Unavailable, "Not now.", "Chưa được.")
	w.steps(4, func(i int) error {
		if i == 2 {
			return away
		}
		return nil
	})
	j := w.ask("a")
	if _, err := w.svc.Work(t.Context()); domain.CodeOf(err) != domain.Unavailable {
		t.Errorf("it says %v", err)
	}
	w.steps(4, fine)
	if j = w.done(j.ID); j.State != jobs.Done || j.MsgVi != "Xong 4." {
		t.Errorf("%+v", j)
	}
}
