package storetest

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
)

// rounds is how many histories the random cases run.
func rounds() int {
	switch {
	case os.Getenv("CHECK") == "full":
		return 100
	case testing.Short():
		return 2
	}
	return 3
}

// seen is a place in the history that somebody holds.
type seen struct {
	epoch  string
	commit int64
}

// testModel runs random transactions with restarts at random points.
func (e Engine) testModel(t *testing.T, again bool) {
	for seed := range uint64(rounds()) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			dir, clk, w := t.TempDir(), newClock(), newWorld(seed)
			open := func() store.Store {
				s := e.Open(t, dir, clk.now)
				if again {
					return twice{s}
				}
				return s
			}
			s := open()
			m := newModel(0)
			var held []seen
			for i := range 120 {
				clk.t = clk.t.Add(time.Duration(w.rnd.IntN(50)) * time.Second)
				if next, err := w.transaction(t, s, m); err == nil {
					m = next
				}
				if i%10 == 0 {
					compare(t, s, w, m)
					held = append(held, heldNow(t, s, held))
				}
				if w.rnd.IntN(25) == 0 {
					mustClose(t, s)
					e.Verify(t, dir)
					s = open()
					held = append(held, heldNow(t, s, held))
				}
			}
			compare(t, s, w, m)
			mustClose(t, s)
			e.Verify(t, dir)
		})
	}
}

// heldNow checks that all that was ever seen is still part of the history and
// that what was not is no part of it.
func heldNow(t *testing.T, s store.Store, held []seen) (now seen) {
	t.Helper()
	mustView(t, s, func(r store.Reader) error {
		h := r.Head()
		now = seen{h.Epoch, h.Commit}
		newest := map[string]int64{}
		for _, p := range append(held, now) {
			if !r.Holds(p.epoch, p.commit) {
				t.Errorf("does not hold %v", p)
			}
			newest[p.epoch] = max(newest[p.epoch], p.commit)
		}
		if r.Holds("nobody's", h.Commit) || r.Holds(h.Epoch, h.Commit+1) {
			t.Error("holds what never was")
		}
		for ep, last := range newest {
			if ep != h.Epoch && r.Holds(ep, h.Commit) {
				t.Errorf("run %s that ended near %d holds %d", ep, last, h.Commit)
			}
		}
		return nil
	})
	return now
}

// testFault makes a commit end with an unknown outcome: the store stops, and
// after a restart all of the transaction is there, or nothing.
func (e Engine) testFault(t *testing.T, applied bool) {
	for seed := range uint64(rounds()) {
		dir, clk, w := t.TempDir(), newClock(), newWorld(1000+seed)
		s := e.Open(t, dir, clk.now)
		m := newModel(0)
		for range 40 {
			fail := w.rnd.IntN(6) == 0
			if fail {
				e.FailNext(s, e.Broken, applied)
			}
			next, err := w.transaction(t, s, m)
			switch {
			case err == nil && !fail:
				m = next
			case errors.Is(err, store.ErrStopped):
				if applied {
					m = next
				}
				if err := s.View(t.Context(), func(store.Reader) error { return nil }); !errors.Is(err, store.ErrStopped) {
					t.Fatalf("view after the stop: %v", err)
				}
				if err := s.Update(t.Context(), func(store.Tx) error { return nil }); !errors.Is(err, store.ErrStopped) {
					t.Fatalf("update after the stop: %v", err)
				}
				mustClose(t, s)
				e.Verify(t, dir)
				s = e.Open(t, dir, clk.now)
			case fail: // the transaction did not come to its commit
				mustClose(t, s)
				s = e.Open(t, dir, clk.now)
			}
			compare(t, s, w, m)
		}
		mustClose(t, s)
	}
}

// testFull makes commits fail for want of room: nothing is written, reads go
// on, and it heals by itself.
func (e Engine) testFull(t *testing.T) {
	dir, clk, w := t.TempDir(), newClock(), newWorld(77)
	s := e.Open(t, dir, clk.now)
	m := newModel(0)
	refused := 0
	for range 80 {
		if w.rnd.IntN(4) == 0 {
			e.FailNext(s, e.Full, false)
		}
		next, err := w.transaction(t, s, m)
		switch {
		case err == nil:
			m = next
		case errors.Is(err, store.ErrFull):
			refused++
		}
		compare(t, s, w, m)
	}
	if refused < 3 {
		t.Errorf("refused %d times", refused)
	}
	mustClose(t, s)
	e.Verify(t, dir)
}
