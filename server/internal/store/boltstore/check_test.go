package boltstore

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	bolt "go.etcd.io/bbolt"
)

// TestCheck_FindsDamage breaks one thing at a time behind the engine's back.
func TestCheck_FindsDamage(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	fill(t, good)
	mustCheck(t, good)
	first := func(bucket int, change func(b *bolt.Bucket, k, v []byte) error) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error {
			b := tx.Bucket(bucketNames[bucket])
			k, v := b.Cursor().First()
			return change(b, bytes.Clone(k), bytes.Clone(v))
		}
	}
	drop := func(b *bolt.Bucket, k, _ []byte) error { return b.Delete(k) }
	flip := func(at int) func(b *bolt.Bucket, k, v []byte) error {
		return func(b *bolt.Bucket, k, v []byte) error {
			if at < 0 {
				at += len(v)
			}
			v[at] ^= 1
			return b.Put(k, v)
		}
	}
	for name, damage := range map[string]func(*bolt.Tx) error{
		"record gone":       first(bRecords, drop),
		"id gone":           first(bIDs, drop),
		"entry gone":        first(bIndex, drop),
		"history gone":      first(bHistory, drop),
		"decision gone":     first(bDecisions, drop),
		"key of a decision": first(bDecisionKeys, drop),
		"scope gone":        first(bScopes, drop),
		"run gone":          first(bRuns, func(b *bolt.Bucket, k, v []byte) error { return b.Put(append(k, 1), v) }),
		"name gone":         first(bDict, drop),
		"entry's kind":      first(bIndex, flip(1)),
		"entry's rev":       first(bIndex, func(b *bolt.Bucket, k, v []byte) error { v[1] ^= entryOlder; return b.Put(k, v) }),
		"entry's seq":       first(bIndex, flip(0)),
		"block's base": first(bIndex, func(b *bolt.Bucket, k, v []byte) error {
			if err := b.Delete(k); err != nil {
				return err
			}
			k[len(k)-1]--
			return b.Put(k, v)
		}),
		"document":        first(bRecords, flip(-3)),
		"count":           first(bScopes, flip(1)),
		"sum":             first(bScopes, flip(5)),
		"h":               first(bRecords, flip(1+recordKeyLen)),
		"c":               first(bRecords, flip(1+recordKeyLen+16)),
		"verdict":         first(bVerdicts, func(b *bolt.Bucket, k, v []byte) error { v[17] = 0; return b.Put(k, v) }),
		"fp of a verdict": first(bVerdicts, flip(3)),
		"list of fps":     first(bVerdictFPs, flip(0)),
		"fp too many":     first(bVerdictFPs, func(b *bolt.Bucket, k, v []byte) error { return b.Put(k, append(v, 1, 2, 3, 4)) }),
		"counter":         first(bCounters, func(b *bolt.Bucket, k, _ []byte) error { return b.Put(k, be64(0)) }),
		"mutation":        first(bRaw, flip(3)),
		"client":          first(bClients, func(b *bolt.Bucket, k, v []byte) error { return b.Put(k, v[:5]) }),
		"entry too many": func(tx *bolt.Tx) error {
			k := indexKey(1, 5)
			e := entry{op: opPut, typ: 1, rev: 5}
			return tx.Bucket(bucketNames[bIndex]).Put(k[:], e.append([]byte{0}, 5))
		},
		"history too much": func(tx *bolt.Tx) error {
			c := change{prevRev: 1}
			return tx.Bucket(bucketNames[bHistory]).Put(be64(7), c.append(nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := copyFile(t, good)
			db, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Update(damage); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			rep, err := Check(path)
			if err != nil && !errors.Is(err, store.ErrDamaged) {
				t.Fatal(err)
			}
			if err == nil && len(rep.Problems) == 0 {
				t.Error("not found")
			}
		})
	}
}

// TestCheck_Tampered flips bits of decisions in the file's bytes. The file is
// a compact one: it has no old copies of them in free pages.
func TestCheck_Tampered(t *testing.T) {
	dir := t.TempDir()
	big, good := filepath.Join(dir, "big.db"), filepath.Join(dir, "good.db")
	fill(t, big)
	if _, err := Compact(big, good); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	var places []int // of each byte of each decision
	s := openAt(t, copyFile(t, good), testOptions())
	if err := s.View(t.Context(), func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			link := appendDecision(nil, d)
			if bytes.Count(whole, link) != 1 {
				t.Fatalf("decision %d is in the file %d times", d.N, bytes.Count(whole, link))
			}
			for i := range link {
				places = append(places, bytes.Index(whole, link)+i)
			}
			return true
		})
	}); err != nil {
		t.Fatal(err)
	}
	n := 200
	if os.Getenv("CHECK") == "full" {
		n = 2000
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	path := filepath.Join(dir, "bad.db")
	for range n {
		bad := bytes.Clone(whole)
		i := places[rnd.IntN(len(places))]
		bad[i] ^= 1 << rnd.IntN(8)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if rep, err := Check(path); err == nil && len(rep.Problems) == 0 {
			t.Errorf("a bit of byte %d", i)
		}
	}
}

// TestPurge drops old tombstones and leave entries and raises the floor; what
// lives stays, and the ids stay used.
func TestPurge(t *testing.T) {
	now := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "store.db")
	opt := testOptions()
	opt.Now = func() time.Time { return now }
	s := openAt(t, path, opt)
	var old, young []store.Key
	write := func(list *[]store.Key, n int) {
		for range n {
			k := store.Key{Type: "activity", ID: testID()}
			*list = append(*list, k)
			if err := s.Update(t.Context(), func(tx store.Tx) error {
				if _, err := tx.Put(put(k, "x", "team:a", "team:b")); err != nil {
					return err
				}
				if len(*list)%2 == 0 {
					_, err := tx.Delete(k, store.Cause{})
					return err
				}
				_, err := tx.Put(put(k, "y", "team:b"))
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(&old, 700)
	var mid store.Head
	if err := s.View(t.Context(), func(r store.Reader) error { mid = r.Head(); return nil }); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, syncproto.TombstoneDays)
	write(&young, 10)
	n, err := s.Purge(t.Context(), now.Add(-time.Hour))
	if err != nil || n != 700+350 { // 350 leaves, 350 tombstones in two scopes
		t.Fatalf("purged %d, %v", n, err)
	}
	if n, err := s.Purge(t.Context(), now.Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	if err := s.View(t.Context(), func(r store.Reader) error {
		for scope, live := range map[syncproto.Scope]int64{"team:a": 0, "team:b": 355} {
			st, err := r.Scope(scope)
			if err != nil || st.Count != live || st.Floor == 0 || st.Floor > mid.Commit {
				t.Errorf("%s: %+v, %v", scope, st, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		_, err := tx.Put(put(old[1], "z", "team:a"))
		return err
	}); err == nil {
		t.Error("a purged tombstone came back")
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		_, err := tx.Put(put(old[0], "z", "team:a"))
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	mustCheck(t, path)
}

// TestFull_MaxSize fills the file to its bound with bbolt's own refusal.
func TestFull_MaxSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	opt := testOptions()
	opt.MaxSize = 12 << 20
	s := openAt(t, path, opt)
	var wrote, full int
	var last store.Key
	for full < 3 && wrote < 1000 {
		k := store.Key{Type: "activity", ID: testID()}
		err := s.Update(t.Context(), func(tx store.Tx) error {
			_, err := tx.Put(put(k, strings.Repeat("x", 100_000), "team:a"))
			return err
		})
		switch {
		case err == nil:
			wrote++
			last = k
		default:
			full++
			if !errors.Is(err, store.ErrFull) {
				t.Fatal(err)
			}
		}
	}
	if full < 3 || wrote < 10 {
		t.Fatalf("%d written, %d refused", wrote, full)
	}
	if err := s.View(t.Context(), func(r store.Reader) error { _, err := r.Record(last); return err }); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if rep := mustCheck(t, path); int(rep.Records) != wrote {
		t.Errorf("%d records of %d", rep.Records, wrote)
	}
	opt.MaxSize = 0
	s = openAt(t, path, opt)
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		_, err := tx.Put(put(last, strings.Repeat("y", 100_000), "team:a"))
		return err
	}); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
