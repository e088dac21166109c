package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

func newKey() store.Key {
	return store.Key{Type: "activity", ID: syncproto.NewRecordID(rand.Reader, time.Now())}
}

func note(k store.Key, text string, scopes ...syncproto.Scope) store.Put {
	return store.Put{Key: k, Doc: syncproto.Doc{"note": syncproto.Str(text)}, Scopes: scopes, Cause: store.Cause{Op: "edit"}}
}

// testGroup has many updates at once, of which some fail or panic after they
// wrote: each gets its own outcome and the others are kept.
func (e Engine) testGroup(t *testing.T) {
	dir := t.TempDir()
	s := e.Open(t, dir, time.Now)
	const n = 256
	keys := make([]store.Key, n)
	var wg sync.WaitGroup
	for i := range n {
		keys[i] = newKey()
		wg.Go(func() {
			own := fmt.Errorf("own %d", i)
			err := s.Update(t.Context(), func(tx store.Tx) error {
				if _, err := tx.Put(note(keys[i], fmt.Sprint(i), "team:a")); err != nil {
					return err
				}
				if err := tx.Count("n", 1); err != nil {
					return err
				}
				switch i % 8 {
				case 1:
					return own
				case 2:
					panic("mine")
				}
				return nil
			})
			switch i % 8 {
			case 1:
				if !errors.Is(err, own) {
					t.Errorf("%d: got %v", i, err)
				}
			case 2:
				if err == nil {
					t.Errorf("%d: a panic passed", i)
				}
			default:
				if err != nil {
					t.Errorf("%d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	mustClose(t, s)
	e.Verify(t, dir)
	s = e.Open(t, dir, time.Now)
	defer mustClose(t, s)
	mustView(t, s, func(r store.Reader) error {
		for i, k := range keys {
			_, err := r.Record(k)
			if fails := i%8 == 1 || i%8 == 2; (err == nil) == fails {
				t.Errorf("%d: %v", i, err)
			}
		}
		if st, err := r.Scope("team:a"); err != nil || st.Count != n*6/8 {
			t.Errorf("scope %+v, %v", st, err)
		}
		return r.Counters("n", func(_ string, c int64) bool {
			if c != n*6/8 {
				t.Errorf("counter %d", c)
			}
			return true
		})
	})
}

// follower pages through a scope while it changes.
type follower struct {
	cur  int64
	base map[store.Key]int64
}

// page reads at most limit entries of (cur, head] and moves the cursor.
func (f *follower) page(r store.Reader, scope syncproto.Scope, limit int) (full bool, err error) {
	head, n := r.Head().Commit, 0
	last := f.cur
	err = r.Changes(scope, f.cur, head, func(e *store.Entry) bool {
		if n == limit {
			full = true
			return false
		}
		n++
		if e.Seq <= last || e.Seq > head {
			err = fmt.Errorf("entry at %d after %d, head %d", e.Seq, last, head)
		}
		last = e.Seq
		if e.Op == syncproto.ChangePut {
			f.base[e.Key] = e.Rev
		} else {
			delete(f.base, e.Key)
		}
		return true
	})
	f.cur = head
	if full {
		f.cur = last
	}
	return full, err
}

// testReaders has 64 writers and 4 readers that page behind them: what the
// readers have gathered is the scope, nothing was skipped.
func (e Engine) testReaders(t *testing.T) {
	dir := t.TempDir()
	s := e.Open(t, dir, time.Now)
	const scope = syncproto.Scope("commune:c")
	var done atomic.Bool
	var writers, readers sync.WaitGroup
	for range 64 {
		writers.Go(func() {
			var own []store.Key
			for i := range 20 {
				k := newKey()
				if i%3 == 2 {
					k = own[i/3]
				}
				own = append(own, k)
				err := s.Update(t.Context(), func(tx store.Tx) error {
					switch {
					case i%9 == 8:
						_, err := tx.Delete(k, store.Cause{Op: "delete"})
						return err
					case i%6 == 5:
						_, err := tx.Put(note(k, fmt.Sprint(i), "commune:other"))
						return err
					}
					_, err := tx.Put(note(k, fmt.Sprint(i), scope))
					return err
				})
				if err != nil && !errors.Is(err, store.ErrDeleted) {
					t.Error(err)
					return
				}
			}
		})
	}
	followers := make([]*follower, 4)
	for i := range followers {
		f := &follower{base: map[store.Key]int64{}}
		followers[i] = f
		readers.Go(func() {
			for full := true; full || !done.Load(); {
				if err := s.View(t.Context(), func(r store.Reader) (err error) {
					full, err = f.page(r, scope, 7+13*i)
					return err
				}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	mustView(t, s, func(r store.Reader) error {
		for i, f := range followers {
			for full := true; full; {
				var err error
				if full, err = f.page(r, scope, 50); err != nil {
					return err
				}
			}
			n := 0
			err := r.Members(scope, "", func(rec *store.Record) bool {
				n++
				if f.base[rec.Key] != rec.Rev {
					t.Errorf("reader %d holds rev %d of a record at %d", i, f.base[rec.Key], rec.Rev)
				}
				return true
			})
			if err != nil || n != len(f.base) {
				t.Errorf("reader %d holds %d records of %d: %v", i, len(f.base), n, err)
			}
		}
		return nil
	})
	mustClose(t, s)
	e.Verify(t, dir)
}

// testCancelled gives up an update before it began: it never runs.
func (e Engine) testCancelled(t *testing.T) {
	s := e.Open(t, t.TempDir(), time.Now)
	defer mustClose(t, s)
	began, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Update(t.Context(), func(tx store.Tx) error {
			once.Do(func() { close(began); <-release })
			return tx.Count("first", 1)
		}); err != nil {
			t.Error(err)
		}
	})
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	cancel2 := make(chan error, 1)
	go func() {
		cancel2 <- s.Update(ctx, func(tx store.Tx) error { return tx.Count("second", 1) })
	}()
	time.Sleep(20 * time.Millisecond) // let it wait in the queue; without, it is refused at the door
	cancel()
	if err := <-cancel2; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	wg.Wait()
	// whatever waited before this one has had its turn
	mustUpdate(t, s, func(tx store.Tx) error { return tx.Count("first", 1) })
	mustView(t, s, func(r store.Reader) error {
		return r.Counters("", func(k string, _ int64) bool {
			if k != "first" {
				t.Errorf("counter %s", k)
			}
			return true
		})
	})
	if err := s.View(ctx, func(store.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("view: %v", err)
	}
}
