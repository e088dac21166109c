package boltstore

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

func testOptions() Options {
	return Options{Now: time.Now, Rand: rand.Reader, Create: true}
}

func openTest(t testing.TB, opt Options) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "store.db"), opt)
}

func openAt(t testing.TB, path string, opt Options) *Store {
	t.Helper()
	s, err := Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func testID() syncproto.ID { return syncproto.NewRecordID(rand.Reader, time.Now()) }

func put(k store.Key, note string, scopes ...syncproto.Scope) store.Put {
	return store.Put{Key: k, Doc: syncproto.Doc{"note": syncproto.Str(note)}, Scopes: scopes, Cause: store.Cause{Op: "create"}}
}

func TestUpdate_ErrorKeepsOthers(t *testing.T) {
	s := openTest(t, testOptions())
	k := store.Key{Type: "activity", ID: testID()}
	var rec store.Record
	if err := s.Update(t.Context(), func(tx store.Tx) (err error) {
		rec, err = tx.Put(put(k, "một", "team:a", "commune:b"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	want := errors.New("mine")
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		if _, err := tx.Put(put(k, "hai", "team:a")); err != nil {
			return err
		}
		return want
	}); !errors.Is(err, want) {
		t.Fatalf("got %v", err)
	}
	err := s.View(t.Context(), func(r store.Reader) error {
		got, err := r.Record(k)
		if err != nil {
			return err
		}
		if got.Rev != rec.Rev || got.H != rec.H || len(got.Scopes) != 2 {
			t.Errorf("got %+v, want %+v", got, rec)
		}
		n := 0
		if err := r.Members("team:a", "activity", func(*store.Record) bool { n++; return true }); err != nil {
			return err
		}
		if n != 1 {
			t.Errorf("%d members", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUpdate_GoexitHurtsNobody(t *testing.T) {
	s := openTest(t, testOptions())
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if err := tx.Count("a", 1); err != nil {
			return err
		}
		runtime.Goexit()
		return nil
	})
	if err == nil {
		t.Fatal("no error")
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Count("b", 1) }); err != nil {
		t.Fatal(err)
	}
	if err := s.View(t.Context(), func(r store.Reader) error {
		return r.Counters("", func(k string, n int64) bool {
			if k != "b" || n != 1 {
				t.Errorf("counter %s = %d", k, n)
			}
			return true
		})
	}); err != nil {
		t.Fatal(err)
	}
}

// TestVerdict_ManyOfOnePerson passes the blocks of the list that finds them,
// with restarts inside blocks.
func TestVerdict_ManyOfOnePerson(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	person, other := testID(), testID()
	const n, each = 3*fpsBlock + 7, 100
	fp := func(i int) syncproto.FP { // the same first bytes again and again
		return syncproto.FP{byte(i % 5), 4: byte(i), 5: byte(i >> 8)}
	}
	for from := 0; from < n; from += each {
		s := openAt(t, path, testOptions())
		for i := from; i < min(from+each, n); i++ {
			if err := s.Update(t.Context(), func(tx store.Tx) error {
				v := syncproto.Verdict{N: int64(i), V: syncproto.Waiting}
				if err := tx.PutVerdict(other, fp(i), v); err != nil {
					return err
				}
				if err := tx.PutVerdict(person, fp(i), v); err != nil {
					return err
				}
				v.V = syncproto.Applied // final, in the same place
				return tx.PutVerdict(person, fp(i), v)
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.View(t.Context(), func(r store.Reader) error {
			for i := range n {
				v, err := r.Verdict(person, fp(i))
				if there := i < from+each; (err == nil) != there || there && (v.N != int64(i) || v.V != syncproto.Applied) {
					t.Fatalf("verdict %d after %d: %+v, %v", i, from+each, v, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if rep := mustCheck(t, path); rep.Verdicts != 2*n {
		t.Errorf("%d verdicts", rep.Verdicts)
	}
}
