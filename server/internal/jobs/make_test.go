package jobs_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// steps is a kind of job that writes a record in each of its steps; doing one
// again changes nothing. before is asked at each.
func (w *world) steps(n int, before func(step int) error) {
	w.svc.Makers = map[jobs.Kind]jobs.Maker{jobs.Export: {
		Check: func(_ context.Context, _ domain.Caller, ask []byte) (string, error) {
			if string(ask) == "no" {
				return "", domain.E(domain.Forbidden, "No.", "Không.")
			}
			return string(ask), nil
		},
		Make: func(ctx context.Context, _ domain.Caller, ask []byte, tick func(done, of int) error) (jobs.Made, error) {
			made := jobs.Made{Name: "x.csv", MIME: "text/csv"}
			for i := range n {
				if err := before(i); err != nil {
					return made, err
				}
				if err := tick(i, n); err != nil {
					return made, err
				}
				id := syncproto.DerivedID("step", domain.ID(ask), strconv.Itoa(i))
				if err := w.store.Update(ctx, func(tx store.Tx) error {
					_, err := tx.Put(store.Put{Key: store.Key{Type: "step", ID: id}, Doc: syncproto.Doc{"i": syncproto.Int(int64(i))}, Scopes: []syncproto.Scope{"sys:steps"}})
					return err
				}); err != nil {
					return made, err
				}
				made.Bytes = append(made.Bytes, strings.Repeat(strconv.Itoa(i)+"\n", 40_000)...)
				made.En, made.Vi = strconv.Itoa(i+1)+" done.", "Xong "+strconv.Itoa(i+1)+"."
			}
			return made, nil
		},
	}}
}

func (w *world) stepped() (n int64) {
	w.Helper()
	w.must(w.store.View(w.Context(), func(r store.Reader) error {
		sc, err := r.Scope("sys:steps")
		n = sc.Count
		return err
	}))
	return n
}

func (w *world) ask(what string) jobs.Job {
	w.Helper()
	j, err := w.svc.Start(w.Context(), w.admin, jobs.Export, []byte(what))
	w.must(err)
	return j
}

func fine(int) error { return nil }

// TestMaker_Result: what a job made comes back whole, to who asked for it, for
// a week; who has no right starts none.
func TestMaker_Result(t *testing.T) {
	w := newWorld(t)
	w.steps(20, fine)
	if _, err := w.svc.Start(t.Context(), w.admin, jobs.Export, []byte("no")); domain.CodeOf(err) != domain.Forbidden {
		t.Fatal(err)
	}
	j := w.done(w.ask("a").ID)
	if j.State != jobs.Done || j.Result == nil || j.Result.Parts < 3 || j.MsgVi != "Xong 20." || j.What != "a" {
		t.Fatalf("%+v", j)
	}
	out, err := w.svc.Result(t.Context(), w.admin, j.ID)
	if err != nil || len(out.Bytes) != j.Result.Bytes || !strings.HasSuffix(string(out.Bytes), "18\n19\n"[3:]) || out.Name != "x.csv" {
		t.Fatalf("%d bytes, %v", len(out.Bytes), err)
	}
	if _, err := w.svc.Result(t.Context(), domain.Caller{Person: j.ID}, j.ID); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("somebody else fetches it: %v", err)
	}
	w.now = w.now.Add(8 * 24 * time.Hour)
	for more := true; more; {
		more, err = w.svc.Forget(t.Context())
		w.must(err)
	}
	if _, err := w.svc.Result(t.Context(), w.admin, j.ID); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("after a week: %v", err)
	}
}

// TestMaker_Restart: the server stops before each step of a job in turn; the
// job comes to its end, its work is done once, and its result is whole.
func TestMaker_Restart(t *testing.T) {
	w := newWorld(t)
	const n = 6
	var want []byte
	for at := range n + 1 {
		gone := errors.New("killed")
		w.steps(n, func(i int) error {
			if i == at {
				return gone
			}
			return nil
		})
		j := w.ask(strconv.Itoa(at))
		if _, err := w.svc.Work(t.Context()); at < n && !errors.Is(err, gone) || at == n && err != nil {
			t.Fatalf("at %d: %v", at, err)
		}
		w.restart()
		if got, err := w.svc.Job(t.Context(), w.admin, j.ID); err != nil || at < n && got.State != jobs.Waiting {
			t.Fatalf("at %d: %+v, %v", at, got, err)
		}
		w.steps(n, fine)
		got := w.done(j.ID)
		out, err := w.svc.Result(t.Context(), w.admin, j.ID)
		if want == nil {
			want = out.Bytes
		}
		if err != nil || got.State != jobs.Done || string(out.Bytes) != string(want) || w.stepped() != int64(n*(at+1)) {
			t.Errorf("at %d: %+v, %d bytes, %d steps, %v", at, got, len(out.Bytes), w.stepped(), err)
		}
	}
}

// TestMaker_Cancel: a running job stops between two steps and says what it did;
// one that is told to stop and then killed does not go on after the start.
func TestMaker_Cancel(t *testing.T) {
	w := newWorld(t)
	var id domain.ID
	cancel := func(i int) error {
		if i == 3 {
			j, err := w.svc.Cancel(t.Context(), w.admin, id)
			if err != nil || j.State != jobs.Running {
				t.Errorf("%+v, %v", j, err)
			}
		}
		return nil
	}
	w.steps(6, cancel)
	id = w.ask("a").ID
	j := w.done(id)
	if j.State != jobs.Cancelled || j.MsgVi != "Xong 3." || j.Result == nil || w.stepped() != 3 {
		t.Errorf("%+v, %d steps", j, w.stepped())
	}
	gone := errors.New("killed")
	w.steps(6, func(i int) error {
		if err := cancel(i); err != nil || i < 3 {
			return err
		}
		return gone
	})
	id = w.ask("b").ID
	if _, err := w.svc.Work(t.Context()); !errors.Is(err, gone) {
		t.Fatal(err)
	}
	w.restart()
	w.steps(6, fine)
	if j := w.done(id); j.State != jobs.Cancelled || w.stepped() != 6 {
		t.Errorf("%+v, %d steps", j, w.stepped())
	}
}

// TestMaker_GivesUp: a job that brings the server down each time is not begun
// for ever, and others get their turn.
func TestMaker_GivesUp(t *testing.T) {
	w := newWorld(t)
	gone, tries := errors.New("killed"), 0
	w.steps(2, func(int) error { tries++; return gone })
	first := w.ask("a")
	for range 10 {
		_, _ = w.svc.Work(t.Context()) // it fails, as said
		w.restart()
		w.steps(2, func(int) error { tries++; return gone })
	}
	w.steps(2, fine)
	if j := w.done(first.ID); j.State != jobs.Failed || tries != 4 || j.MsgVi == "" {
		t.Errorf("%+v after %d tries", j, tries)
	}
	if j := w.done(w.ask("b").ID); j.State != jobs.Done {
		t.Errorf("%+v", j)
	}
}
