package boltstore

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"
)

var update = flag.Bool("update", false, "write testdata anew")

// fill makes a small store with something of everything, at a fixed time.
func fill(t testing.TB, path string) {
	t.Helper()
	now := time.Date(2023, 6, 1, 8, 0, 0, 0, time.UTC)
	s := openAt(t, path, Options{Now: func() time.Time { return now }, Rand: strings.NewReader("0123456789abcdef"), Create: true})
	id := func(n byte) syncproto.ID { return syncproto.Bytes16{15: n}.ID() }
	a, b := store.Key{Type: "activity", ID: id(1)}, store.Key{Type: "activity", ID: id(2)}
	raw := syncproto.RawMutation(`{"op":"edit"}`)
	for _, fn := range []func(store.Tx) error{
		func(tx store.Tx) error { _, err := tx.Put(put(a, "một", "team:x", "commune:y")); return err },
		func(tx store.Tx) error { _, err := tx.Put(put(a, "hai", "team:x")); return err },
		func(tx store.Tx) error { _, err := tx.Put(put(b, "ba", "team:x")); return err },
		func(tx store.Tx) error { _, err := tx.Delete(b, store.Cause{By: id(9), Op: "delete"}); return err },
		func(tx store.Tx) error { return tx.SetClosed("team:z", true) },
		func(tx store.Tx) error {
			return tx.PutVerdict(id(9), syncproto.Fingerprint(raw), syncproto.Verdict{N: 1, V: syncproto.Aside, Code: syncproto.CodeInvalid, Case: id(7)})
		},
		func(tx store.Tx) error { return tx.PutClient(id(9), id(8), store.Client{Last: 4}) },
		func(tx store.Tx) error { return tx.KeepRaw(syncproto.Fingerprint(raw), raw) },
		func(tx store.Tx) error { return tx.Wait(a, id(7)) },
		func(tx store.Tx) error {
			_, err := tx.Append("close", "x/2023-06", jsontext.Value(`{"n":1}`))
			return err
		},
		func(tx store.Tx) error { _, err := tx.Append("funding", "1845", jsontext.Value(`{"n":2}`)); return err },
		func(tx store.Tx) error { return tx.PutCredential("session", "s1", jsontext.Value(`{}`)) },
		func(tx store.Tx) error { return errors.Join(tx.Count("c", 3), tx.MarkDue("k", "m"), tx.SetDurable(1)) },
	} {
		if err := s.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func fileSum(t testing.TB, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

// TestOpen_Refuses: each bad file is its own error and is left as it was.
func TestOpen_Refuses(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	fill(t, good)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	db, err := bolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	rep := mustCheck(t, good)
	used := usedBytes(t, good)
	for _, c := range []struct {
		name  string
		bytes []byte
		want  error
	}{
		{"empty", []byte{}, store.ErrDamaged},
		{"one byte", []byte{1}, store.ErrDamaged},
		{"text", []byte(strings.Repeat("no store\n", 9999)), store.ErrDamaged},
		{"one page", whole[:4096], store.ErrDamaged},
		{"two pages", whole[:8192], store.ErrDamaged},
		{"last page gone", whole[:used-4096], store.ErrDamaged},
		{"last byte gone", whole[:used-1], store.ErrDamaged},
		{"foreign", other, store.ErrDamaged},
		{"head gone", append(make([]byte, 8192), whole[8192:]...), store.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			if err := os.WriteFile(path, c.bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(path, testOptions())
			if !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
			if fileSum(t, path) != sha256.Sum256(c.bytes) {
				t.Error("the file was changed")
			}
		})
	}
	t.Run("newer", func(t *testing.T) {
		path := copyFile(t, good)
		db, err := bolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Update(func(tx *bolt.Tx) error {
			return tx.Bucket(bucketNames[bMeta]).Put(keySchema, be64(int64(schemaCurrent+1)))
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		sum := fileSum(t, path)
		if _, err := Open(path, testOptions()); !errors.Is(err, store.ErrNewer) {
			t.Errorf("got %v", err)
		}
		if fileSum(t, path) != sum {
			t.Error("the file was changed")
		}
	})
	t.Run("missing", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		opt := testOptions()
		opt.Create = false
		if _, err := Open(path, opt); !errors.Is(err, store.ErrMissing) {
			t.Errorf("got %v", err)
		}
		if _, err := Check(path); !errors.Is(err, store.ErrMissing) {
			t.Errorf("check: got %v", err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a file was made")
		}
	})
	t.Run("in use", func(t *testing.T) {
		path := copyFile(t, good)
		openAt(t, path, testOptions())
		if _, err := Open(path, testOptions()); !errors.Is(err, store.ErrInUse) {
			t.Errorf("got %v", err)
		}
	})
	if rep.Records != 1 || rep.Tombstones != 1 {
		t.Errorf("%+v", rep)
	}
}

// usedBytes is how much of a file its newest head claims.
func usedBytes(t testing.TB, path string) (n int) {
	t.Helper()
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // only read from
	if err := s.db.View(func(tx *bolt.Tx) error { n = int(tx.Size()); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func copyFile(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestMigrate: a file of each schema still opens and is whole.
func TestMigrate(t *testing.T) {
	for n := 1; n <= schemaCurrent; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) { migrates(t, n) })
	}
}

func migrates(t *testing.T, schema int) {
	golden := fmt.Sprintf("testdata/schema%d.db", schema)
	if *update && schemaCurrent == schema {
		dir := t.TempDir()
		fill(t, filepath.Join(dir, "a.db"))
		small := filepath.Join(dir, "b.db")
		if _, err := Compact(filepath.Join(dir, "a.db"), small); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(small)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, b[:usedBytes(t, small)], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := copyFile(t, golden)
	s := openAt(t, path, testOptions())
	if err := s.View(t.Context(), func(r store.Reader) error {
		if len(s.runs) != 2 || !r.Holds(s.runs[0].Epoch, s.runs[0].Last) {
			t.Errorf("runs %+v", s.runs)
		}
		return r.Members("team:x", "", func(rec *store.Record) bool {
			if string(rec.Doc) != `{"note":"hai"}` {
				t.Errorf("record %+v", rec)
			}
			return true
		})
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rep := mustCheck(t, path)
	want := Report{Schema: schemaCurrent, Runs: 2, Scopes: 3, Records: 1, Tombstones: 1, Entries: 3, Changes: 2, Verdicts: 1,
		Clients: 1, Raws: 1, Waiters: 1, Decisions: 2, Credentials: 1, Counters: 1, Due: 1, Durable: 1}
	if rep.Chain == [32]byte{} || rep.Fold == [32]byte{} {
		t.Error("no fold of what is there")
	}
	rep.Bytes, rep.Epoch, rep.Commit, rep.Chain, rep.Fold = 0, "", 0, [32]byte{}, [32]byte{}
	if d := cmp.Diff(want, rep); d != "" {
		t.Error(d)
	}
}

// TestBackup_RestoreIsNoticed: a backup taken while writes go on is whole, and
// who has seen more than it holds is told so.
func TestBackup_RestoreIsNoticed(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, filepath.Join(dir, "store.db"), testOptions())
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if err := s.Update(t.Context(), func(tx store.Tx) error {
				_, err := tx.Put(put(store.Key{Type: "activity", ID: testID()}, "x", "team:a"))
				return err
			}); err != nil {
				stopped <- err
				return
			}
		}
	}()
	for i := range 20 {
		path := filepath.Join(dir, fmt.Sprintf("backup%d.db", i))
		commit, err := s.Backup(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if rep, err := VerifyBackup(path, commit); err != nil || rep.Commit != commit {
			t.Fatalf("%+v, %v", rep, err)
		}
		if _, err := VerifyBackup(path, commit+1); err == nil {
			t.Fatal("a backup that ends too early passed")
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(t.Context(), filepath.Join(dir, "backup0.db")); !errors.Is(err, ErrExists) {
		t.Errorf("overwriting: %v", err)
	}
	var head store.Head
	if err := s.View(t.Context(), func(r store.Reader) error { head = r.Head(); return nil }); err != nil {
		t.Fatal(err)
	}
	restored := copyFile(t, filepath.Join(dir, "backup5.db"))
	rep, err := VerifyBackup(restored, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := openAt(t, restored, testOptions())
	if err := r.View(t.Context(), func(r store.Reader) error {
		if r.Holds(head.Epoch, head.Commit) || !r.Holds(head.Epoch, rep.Commit) || r.Holds(head.Epoch, rep.Commit+1) {
			t.Error("lost history is not noticed")
		}
		if r.Head().Commit <= head.Commit {
			t.Error("numbers repeat")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCompact keeps everything and gives the room back.
func TestCompact(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db")
	fill(t, src)
	s := openAt(t, src, testOptions())
	for _, n := range []int{5000, 10} { // long documents make room when they get short
		for i := range 60 {
			if err := s.Update(t.Context(), func(tx store.Tx) error {
				_, err := tx.Put(put(store.Key{Type: "x", ID: syncproto.Bytes16{byte(i)}.ID()}, strings.Repeat("x", n), "team:x"))
				if n == 10 {
					return err
				}
				return errors.Join(err, tx.KeepRaw(syncproto.Fingerprint([]byte{byte(i)}), jsontext.Value{byte(i)}))
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before := mustCheck(t, src)
	after, err := Compact(src, dst)
	if err != nil {
		t.Fatal(err)
	}
	if after.Bytes >= before.Bytes {
		t.Errorf("%d bytes, were %d", after.Bytes, before.Bytes)
	}
	after.Bytes = before.Bytes
	if d := cmp.Diff(before, after); d != "" {
		t.Error(d)
	}
	if _, err := Compact(src, dst); !errors.Is(err, ErrExists) {
		t.Errorf("overwriting: %v", err)
	}
}
