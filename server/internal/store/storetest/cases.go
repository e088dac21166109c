package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// testClosed: a closed scope refuses a write before it changes anything, and
// the transaction may go on.
func (e Engine) testClosed(t *testing.T) {
	s := e.Open(t, t.TempDir(), time.Now)
	defer mustClose(t, s)
	in, moving, out := newKey(), newKey(), newKey()
	mustUpdate(t, s, func(tx store.Tx) error {
		for _, p := range []store.Put{note(in, "a", "team:m"), note(moving, "b", "team:n"), note(out, "c", "team:m", "team:n")} {
			if _, err := tx.Put(p); err != nil {
				return err
			}
		}
		return tx.SetClosed("team:m", true)
	})
	var before store.Scope
	mustView(t, s, func(r store.Reader) (err error) { before, err = r.Scope("team:m"); return err })
	if !before.Closed || before.Count != 2 {
		t.Fatalf("scope %+v", before)
	}
	mustUpdate(t, s, func(tx store.Tx) error {
		for name, write := range map[string]func() error{
			"edit":      func() error { _, err := tx.Put(note(in, "x", "team:m")); return err },
			"no change": func() error { _, err := tx.Put(note(in, "a", "team:m")); return err },
			"move in":   func() error { _, err := tx.Put(note(moving, "b", "team:m")); return err },
			"move out":  func() error { _, err := tx.Put(note(out, "c", "team:n")); return err },
			"create":    func() error { _, err := tx.Put(note(newKey(), "d", "team:m")); return err },
			"delete":    func() error { _, err := tx.Delete(out, store.Cause{}); return err },
		} {
			if err := write(); !errors.Is(err, store.ErrScopeClosed) {
				return fmt.Errorf("%s: got %v", name, err)
			}
		}
		_, err := tx.Put(note(moving, "moved", "team:n"))
		return err
	})
	mustView(t, s, func(r store.Reader) error {
		after, err := r.Scope("team:m")
		if err != nil || after != before {
			t.Errorf("scope %+v, want %+v, %v", after, before, err)
		}
		return nil
	})
	mustUpdate(t, s, func(tx store.Tx) error {
		if err := tx.SetClosed("team:m", false); err != nil {
			return err
		}
		_, err := tx.Put(note(in, "x", "team:m"))
		return err
	})
}

// testTombstone: a deleted record stays deleted, in all its scopes.
func (e Engine) testTombstone(t *testing.T) {
	s := e.Open(t, t.TempDir(), time.Now)
	defer mustClose(t, s)
	k := newKey()
	mustUpdate(t, s, func(tx store.Tx) error {
		if _, err := tx.Delete(k, store.Cause{}); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("delete of nothing: %v", err)
		}
		if _, err := tx.Put(note(k, "a", "team:a", "commune:b")); err != nil {
			return err
		}
		_, err := tx.Delete(k, store.Cause{Op: "delete"})
		return err
	})
	mustUpdate(t, s, func(tx store.Tx) error {
		if _, err := tx.Put(note(k, "b", "team:a")); !errors.Is(err, store.ErrDeleted) {
			return fmt.Errorf("put: %v", err)
		}
		was := tx.Head().Commit
		rec, err := tx.Delete(k, store.Cause{Op: "delete"})
		if err != nil || !rec.Deleted || tx.Head().Commit != was {
			return fmt.Errorf("second delete: %+v, %v", rec, err)
		}
		for _, sc := range []syncproto.Scope{"team:a", "commune:b"} {
			list := changes(tx, sc, 0, tx.Head().Commit)
			if len(list) != 1 || list[0].Op != syncproto.ChangeDel || list[0].Rev != rec.Rev || list[0].Doc != nil {
				return fmt.Errorf("%s: %+v", sc, list)
			}
			if st, err := tx.Scope(sc); err != nil || st.Count != 0 || !st.Sum.IsZero() {
				return fmt.Errorf("%s: %+v, %v", sc, st, err)
			}
		}
		return nil
	})
}

// testMove: a record that joins a scope late is delivered there, with the rev
// that it has everywhere; where it stays nothing is sent again.
func (e Engine) testMove(t *testing.T) {
	s := e.Open(t, t.TempDir(), time.Now)
	defer mustClose(t, s)
	k := newKey()
	var first, moved store.Record
	var cur int64
	mustUpdate(t, s, func(tx store.Tx) (err error) {
		if first, err = tx.Put(note(k, "a", "team:a", "team:b")); err != nil {
			return err
		}
		_, err = tx.Put(note(newKey(), "later", "team:c"))
		cur = tx.Head().Commit
		return err
	})
	mustUpdate(t, s, func(tx store.Tx) (err error) {
		moved, err = tx.Put(note(k, "a", "team:b", "team:c"))
		return err
	})
	if moved.Rev != first.Rev || moved.H != first.H {
		t.Errorf("rev %d, was %d", moved.Rev, first.Rev)
	}
	mustView(t, s, func(r store.Reader) error {
		head := r.Head().Commit
		for sc, want := range map[syncproto.Scope]syncproto.ChangeOp{"team:a": syncproto.ChangeLeave, "team:c": syncproto.ChangePut} {
			list := changes(r, sc, cur, head)
			if len(list) != 1 || list[0].Op != want || list[0].Rev != first.Rev || list[0].Seq <= cur {
				t.Errorf("%s: %+v", sc, list)
			}
		}
		if list := changes(r, "team:b", cur, head); len(list) != 0 {
			t.Errorf("team:b: %+v", list)
		}
		return nil
	})
}

// testStreams writes from inside streams: they neither break nor see what
// they wrote.
func (e Engine) testStreams(t *testing.T) {
	s := e.Open(t, t.TempDir(), time.Now)
	defer mustClose(t, s)
	const n = 300
	mustUpdate(t, s, func(tx store.Tx) error {
		for i := range n {
			if _, err := tx.Put(note(newKey(), fmt.Sprint(i), "team:a")); err != nil {
				return err
			}
			if err := tx.MarkDue("k", fmt.Sprintf("%04d", i)); err != nil {
				return err
			}
		}
		return nil
	})
	mustUpdate(t, s, func(tx store.Tx) error {
		seen, order := 0, ""
		var bad error
		err := tx.Members("team:a", "activity", func(r *store.Record) bool {
			want := fmt.Sprint(seen)
			doc, err := syncproto.SplitCanonical(r.Doc)
			if err != nil || doc.Str("note") != want {
				bad = fmt.Errorf("member %d is %s, %v", seen, r.Doc, err)
				return false
			}
			seen++
			scope := syncproto.Scope("team:a")
			if seen%2 == 0 {
				scope = "team:b"
			}
			_, bad = tx.Put(note(r.Key, "new", scope))
			return bad == nil
		})
		if err := errors.Join(err, bad); err != nil || seen != n {
			return fmt.Errorf("%d members, %w", seen, err)
		}
		due := 0
		err = tx.Due("k", func(key string) bool {
			if key <= order {
				bad = fmt.Errorf("%s after %s", key, order)
			}
			order = key
			due++
			if err := tx.ClearDue("k", key); err != nil {
				bad = err
			}
			return true
		})
		if err := errors.Join(err, bad); err != nil || due != n {
			return fmt.Errorf("%d marks, %w", due, err)
		}
		if err := tx.Due("k", func(string) bool { bad = errors.New("still due"); return false }); err != nil {
			return err
		}
		return bad
	})
	mustView(t, s, func(r store.Reader) error {
		for _, sc := range []syncproto.Scope{"team:a", "team:b"} {
			if st, err := r.Scope(sc); err != nil || st.Count != n/2 {
				t.Errorf("%s: %+v, %v", sc, st, err)
			}
		}
		return nil
	})
}

// testRuns: numbers do not repeat over restarts, whatever the clock says, and
// each run has its own name.
func (e Engine) testRuns(t *testing.T) {
	dir, clk := t.TempDir(), newClock()
	epochs := map[string]bool{}
	last := int64(0)
	for i := range 6 {
		clk.t = clk.t.Add([]time.Duration{time.Hour, -48 * time.Hour}[i%2])
		s := e.Open(t, dir, clk.now)
		mustView(t, s, func(r store.Reader) error {
			h := r.Head()
			if epochs[h.Epoch] || h.Epoch == "" || h.Commit <= last || h.Commit < clk.t.UnixMicro() {
				t.Errorf("run %d: %+v after %d", i, h, last)
			}
			epochs[h.Epoch] = true
			return nil
		})
		mustUpdate(t, s, func(tx store.Tx) error {
			_, err := tx.Put(note(newKey(), "x", "team:a"))
			last = tx.Head().Commit
			return err
		})
		mustClose(t, s)
	}
}

// testCommitMs: the time of a commit is bounded from below, by a minute.
func (e Engine) testCommitMs(t *testing.T) {
	clk := newClock()
	s := e.Open(t, t.TempDir(), clk.now)
	defer mustClose(t, s)
	var commits, times []int64
	for range 40 {
		clk.t = clk.t.Add(17 * time.Second)
		mustUpdate(t, s, func(tx store.Tx) error {
			if !tx.Now().Equal(clk.t) || tx.Now().Location() != time.UTC {
				return fmt.Errorf("now is %v", tx.Now())
			}
			_, err := tx.Put(note(newKey(), "x", "team:a"))
			return err
		})
		mustView(t, s, func(r store.Reader) error { commits = append(commits, r.Head().Commit); return nil })
		times = append(times, clk.t.UnixMilli())
	}
	mustView(t, s, func(r store.Reader) error {
		for i, c := range commits {
			if ms := r.CommitMs(c); ms > times[i] || ms < times[i]-60_000 {
				t.Errorf("commit %d: %d, made at %d", i, ms, times[i])
			}
		}
		if r.CommitMs(1) != 0 {
			t.Error("a commit from before the store has a time")
		}
		return nil
	})
}
