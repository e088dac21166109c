package boltstore

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

var errUndone = errors.New("undone")

// TestBlocks: records come, change, move and go, in transactions some of which
// are undone; the index of two scopes says what a plain list says, inside the
// transaction and after it, and the file is whole.
func TestBlocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path, testOptions())
	rnd := rand.New(rand.NewPCG(7, 8))
	type rec struct {
		key  store.Key
		in   [2]bool
		seq  [2]int64 // of its entry, 0: it never was there
		gone bool
	}
	names := [2]syncproto.Scope{"team:a", "team:b"}
	var all []rec
	listed := func(all []rec, scope int) (out []string) {
		slices.SortFunc(all, func(a, b rec) int { return int(a.seq[scope] - b.seq[scope]) })
		for _, r := range all {
			op := syncproto.ChangeLeave
			if r.gone && r.in[scope] {
				op = syncproto.ChangeDel
			} else if r.in[scope] {
				op = syncproto.ChangePut
			}
			if r.seq[scope] != 0 {
				out = append(out, fmt.Sprint(r.seq[scope], op, r.key.ID))
			}
		}
		return out
	}
	compare := func(r store.Reader, all []rec) {
		t.Helper()
		for i, name := range names {
			var got []string
			if err := r.Changes(name, 0, r.Head().Commit, func(e *store.Entry) bool {
				got = append(got, fmt.Sprint(e.Seq, e.Op, e.ID))
				return true
			}); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(listed(slices.Clone(all), i), got); d != "" {
				t.Fatal(d)
			}
		}
	}
	for round := range 30 {
		undo := round%5 == 3
		next := all
		err := s.Update(t.Context(), func(tx store.Tx) error {
			next = slices.Clone(all)
			for n := range 1 + rnd.IntN(200) {
				i := rnd.IntN(len(next) + 1 + len(next)/20)
				if i >= len(next) {
					i = len(next)
					next = append(next, rec{key: store.Key{Type: "activity", ID: testID()}})
				}
				r := &next[i]
				if r.gone {
					continue
				}
				if r.seq[0]+r.seq[1] != 0 && rnd.IntN(20) == 0 {
					if _, err := tx.Delete(r.key, store.Cause{}); err != nil {
						return err
					}
					r.gone = true
					for k := range r.in {
						if r.in[k] {
							r.seq[k] = tx.Head().Commit
						}
					}
					continue
				}
				was := r.in
				r.in = [2]bool{rnd.IntN(4) > 0, rnd.IntN(4) > 0}
				if !r.in[1] {
					r.in[0] = true
				}
				p := store.Put{Key: r.key, Doc: syncproto.Doc{"n": syncproto.Int(int64(round*1000 + n))}}
				for k, in := range r.in {
					if in {
						p.Scopes = append(p.Scopes, names[k])
					}
				}
				if _, err := tx.Put(p); err != nil {
					return err
				}
				for k := range r.in {
					if r.in[k] || was[k] {
						r.seq[k] = tx.Head().Commit
					}
				}
				if n%50 == 0 {
					compare(tx, next)
				}
			}
			compare(tx, next)
			if undo {
				return errUndone
			}
			return nil
		})
		if undo != errors.Is(err, errUndone) || !undo && err != nil {
			t.Fatal(err)
		}
		if !undo {
			all = next
		}
		if err := s.View(t.Context(), func(r store.Reader) error { compare(r, all); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	mustCheck(t, path)
}

// TestVerdicts_Blocks: a person's many verdicts are found, and replaced where
// they stand, from the memory of the last commit and from the file alike; what
// an undone transaction noted is forgotten.
func TestVerdicts_Blocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path, testOptions())
	rnd := rand.New(rand.NewPCG(9, 10))
	person := testID()
	fp := func(n int) (fp syncproto.FP) {
		fp[0], fp[1], fp[5], fp[6] = byte(n%40), byte(n%40), byte(n), byte(n>>8) // many begin alike
		return fp
	}
	have := map[int]int64{}
	n := 0
	for round := range 40 {
		undo := round%4 == 2
		want, m := have, n
		err := s.Update(t.Context(), func(tx store.Tx) error {
			want, m = map[int]int64{}, n
			for k, v := range have {
				want[k] = v
			}
			for range 1 + rnd.IntN(25) {
				i := m
				if m > 0 && rnd.IntN(3) == 0 {
					i = rnd.IntN(m) // one that waited is decided
				} else {
					m++
				}
				want[i] = rnd.Int64N(1 << 40)
				v := syncproto.Verdict{N: want[i], V: syncproto.Applied}
				if rnd.IntN(2) == 0 {
					v.Code, v.V = "later", syncproto.Merged
				}
				if err := tx.PutVerdict(person, fp(i), v); err != nil {
					return err
				}
			}
			if undo {
				return errUndone
			}
			return nil
		})
		if undo != errors.Is(err, errUndone) || !undo && err != nil {
			t.Fatal(err)
		}
		if !undo {
			have, n = want, m
		}
		if round == 20 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openAt(t, path, testOptions())
		}
		look := func(r store.Reader) error {
			for i := range n + 3 {
				v, err := r.Verdict(person, fp(i))
				if _, ok := have[i]; !ok {
					if !errors.Is(err, store.ErrNotFound) {
						t.Fatalf("%d of %d: %v %v", i, n, v, err)
					}
				} else if err != nil || v.N != have[i] {
					t.Fatalf("%d of %d: %v, want %d: %v", i, n, v.N, have[i], err)
				}
			}
			return nil
		}
		if err := errors.Join(s.View(t.Context(), look), s.Update(t.Context(), func(tx store.Tx) error { return look(tx) })); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if rep := mustCheck(t, path); rep.Verdicts != int64(n) {
		t.Errorf("%d verdicts, want %d", rep.Verdicts, n)
	}
}
