package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// tier picks a count by the tier of tests.
func tier(t testing.TB, short, ci, full, soak int) int {
	t.Helper()
	switch os.Getenv("CHECK") {
	case "full":
		return full
	case "soak":
		return soak
	}
	if testing.Short() {
		return short
	}
	return ci
}

// written is what the writers of a test were told is durable.
type written struct {
	mu  sync.Mutex
	rev map[syncproto.ID]int64
}

func (l *written) add(id syncproto.ID, rev int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rev[id] = rev
}

// upTo returns the ids acknowledged with a rev of at most commit.
func (l *written) upTo(commit int64) map[syncproto.ID]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[syncproto.ID]int64{}
	for id, rev := range l.rev {
		if rev <= commit {
			out[id] = rev
		}
	}
	return out
}

// TestBackup_WhileServing: backups made while writers commit come back holding
// exactly what was acknowledged up to their commit, by the writers' own book.
func TestBackup_WhileServing(t *testing.T) {
	w, place := newWorld(t), Folder(filepath.Join(t.TempDir(), "place"))
	s, operator := w.service(true, place)
	ctx, cancel := context.WithCancel(t.Context())
	book := &written{rev: map[syncproto.ID]int64{}}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				book.add(w.record("đang ghi"))
			}
		})
	}
	for range tier(t, 3, 20, 100, 500) {
		m := w.make(s)
		st, _, _ := restored(t, place, m.ID, operator)
		want := book.upTo(m.Commit)
		err := st.View(t.Context(), func(r store.Reader) error {
			if h := r.Head(); h.Commit != m.Commit {
				t.Errorf("commit %d, want %d", h.Commit, m.Commit)
			}
			return r.Members(syncproto.TeamScope(w.team), syncproto.TypeActivity, func(rec *store.Record) bool {
				if rev, ok := want[rec.ID]; ok && rev != rec.Rev {
					t.Errorf("rev %d, acknowledged %d", rec.Rev, rev)
				}
				delete(want, rec.ID) // one that is there but not in the book yet was not acknowledged yet
				return true
			})
		})
		if err != nil || len(want) > 0 {
			t.Fatalf("%d acknowledged records are not in the backup; %v", len(want), err)
		}
	}
	cancel()
	wg.Wait()
}

// broken is a place whose n-th Put fails, before or after it did its work.
type broken struct {
	Target
	n     int
	after bool
}

var errBroken = errors.New("broken on purpose")

func (b *broken) Put(ctx context.Context, root string, names []string) error {
	if b.n--; b.n == 0 && !b.after {
		return errBroken
	}
	err := b.Target.Put(ctx, root, names)
	if b.n == 0 && err == nil {
		err = errBroken
	}
	return err
}

// TestBackup_PlaceFails: a place that fails at any step has no such backup or
// a whole one, phones are not told on its word, another place goes on, and the
// next backup works.
func TestBackup_PlaceFails(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 1; n <= 3; n++ { // photos; list and packed file; manifest
			w := newWorld(t)
			w.photo(1)
			bad := &broken{Target: Folder(filepath.Join(t.TempDir(), "bad")), n: n, after: after}
			good := Folder(filepath.Join(t.TempDir(), "good"))
			s, operator := w.service(true, bad, good)
			m, err := s.Make(t.Context())
			mustSay(t, err, "broken on purpose")
			if len(m.Places) != 1 || s.Status().Fails != 1 || s.Status().Places[0].Commit != 0 || s.Status().Places[1].Commit != m.Commit {
				t.Errorf("step %d: %+v", n, s.Status())
			}
			list, _, err := List(t.Context(), bad)
			if err != nil || len(list) != 0 && (n < 3 || !after) {
				t.Errorf("step %d: %d backups, %v", n, len(list), err)
			}
			for _, m := range list {
				if err := Verify(t.Context(), bad, m, operator); err != nil {
					t.Error(err)
				}
			}
			w.make(s)
			if _, r, _ := restored(t, bad, "", operator); r.New != 1 {
				t.Errorf("step %d: %+v", n, r)
			}
		}
	}
}

// TestBackup_FlippedBytes: any byte of any file of a backup that is turned is
// found by verify and stops a restore; nothing is left that a server would
// take for a store.
func TestBackup_FlippedBytes(t *testing.T) {
	for _, sealed := range []bool{true, false} {
		w, place := newWorld(t), Folder(filepath.Join(t.TempDir(), "place"))
		s, operator := w.service(sealed, place)
		w.record("một")
		w.photo(1)
		m := w.make(s)
		for range tier(t, 20, 60, 1000, 5000) {
			name := []string{m.Snap.Name, "lists/" + m.List, photoName(mustList(t, place, m)[0], sealed)}[mathrand.IntN(3)]
			path := place.path(name)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			at := mathrand.IntN(len(b))
			was := b[at]
			b[at] ^= 1 << mathrand.IntN(8)
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := Verify(t.Context(), place, m.Manifest, operator); err == nil {
				t.Errorf("%s: a turned bit at %d of %d is not found", name, at, len(b))
			}
			dir := filepath.Join(t.TempDir(), "again")
			r, err := Restore(t.Context(), place, m.Manifest, dir, operator)
			if err == nil && len(r.Lost) == 0 {
				t.Errorf("%s: restored with a turned bit at %d", name, at)
			}
			if _, serr := os.Stat(filepath.Join(dir, storeName)); serr == nil && err != nil {
				t.Error("a refused restore left a store")
			}
			b[at] = was
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func mustList(t *testing.T, p Target, m Made) []string {
	t.Helper()
	names, err := readList(t.Context(), p, m.List)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestRestore_Resumes: a restore that was cut goes on, and keys that were
// there are kept beside those of the backup.
func TestRestore_Resumes(t *testing.T) {
	w, place := newWorld(t), Folder(filepath.Join(t.TempDir(), "place"))
	s, _ := w.service(false, place)
	w.photo(1)
	m := w.make(s)
	dir := t.TempDir()
	for name, text := range map[string]string{"restoring/banso.db": "half", keysName: "older", "keys.json.first": ""} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Restore(t.Context(), place, m.Manifest, dir, nil); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, keysName+".before-restore")); err != nil || string(b) != "older" {
		t.Errorf("%q %v", b, err)
	}
	_, err := Restore(t.Context(), place, m.Manifest, dir, nil)
	mustSay(t, err, "is there")
}

// TestHold: a list waits for a backup that holds it, and one that does serves
// again.
func TestHold(t *testing.T) {
	w := newWorld(t)
	s, _ := w.service(false)
	_, rev := w.record("bảng kê")
	got, err := s.Hold(t.Context(), rev)
	if err != nil || got < rev {
		t.Fatal(got, err)
	}
	if again, err := s.Hold(t.Context(), rev); err != nil || again != got {
		t.Errorf("%d, %v", again, err)
	}
	if w.durable() != 0 {
		t.Error("a copy on the data's own disk told phones to forget")
	}
	w.make(s)
	if w.durable() != 0 {
		t.Error("two copies on the data's own disk told phones to forget")
	}
}

// TestMakeIfNew: a quiet server makes two backups of the same, so that phones
// may forget it, and then none.
func TestMakeIfNew(t *testing.T) {
	w, place := newWorld(t), Folder(filepath.Join(t.TempDir(), "place"))
	s, _ := w.service(false, place)
	_, rev := w.record("một")
	for range 5 {
		w.pass(15 * time.Minute)
		if err := s.MakeIfNew(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	list, _, err := List(t.Context(), place)
	if err != nil || len(list) != 2 || w.durable() < rev {
		t.Errorf("%d backups, durable %d of %d, %v", len(list), w.durable(), rev, err)
	}
	if p := s.Status().Places[0]; p.Late || p.AtMs != w.clock().UnixMilli() {
		t.Errorf("%+v", p)
	}
	w.record("hai")
	if err := s.MakeIfNew(t.Context()); err != nil {
		t.Fatal(err)
	}
	newest := list[0].ID
	if list, _, err = List(t.Context(), place); err != nil || list[0].ID == newest {
		t.Errorf("%d backups, %v", len(list), err)
	}
	w.pass(3 * time.Hour)
	if s.Late() == nil {
		t.Error("nobody is told that the newest backup is old")
	}
}

// TestDrillDue: a new server tries within its first night, then once a week at
// night; one that failed is not tried all night, one that is a day late at once.
func TestDrillDue(t *testing.T) {
	w := newWorld(t) // 10:00 in Vietnam
	s, _ := w.service(false)
	var due []string
	at := func(d time.Duration) {
		w.pass(d)
		if s.drillDue() {
			due = append(due, w.clock().In(domain.Zone).Format("02 15"))
		}
	}
	for range 24 {
		at(time.Hour)
	}
	s.state.note.DrillMs = w.clock().UnixMilli() // the 2nd, 10:00
	for range 8 * 24 {
		at(time.Hour)
	}
	s.state.drillErr = errBroken
	for range 24 {
		at(time.Hour)
	}
	if got := strings.Join(due, ", "); got != "02 01, 02 02, 02 03, 02 04, 10 01, 10 02, 10 03, 10 04, 11 01" {
		t.Errorf("due %s", got)
	}
}

// TestRetained: the newest of each hour, day and month.
func TestRetained(t *testing.T) {
	var list []Manifest
	now := time.Date(2026, 11, 21, 15, 5, 0, 0, domain.Zone)
	for at := now; at.After(now.AddDate(-3, 0, 0)); at = at.Add(-15 * time.Minute) {
		list = append(list, Manifest{AtMs: at.UnixMilli()})
	}
	var got []string
	for i, keep := range retained(list, func(Manifest) bool { return true }) {
		if keep {
			got = append(got, time.UnixMilli(list[i].AtMs).In(domain.Zone).Format("060102 15:04"))
		}
	}
	text := strings.Join(got, ", ")
	if len(got) != 4+13+23 || !strings.HasPrefix(text, "261121 15:05, 261121 14:50, 261121 13:50, 261121 12:50, 261120 23:50, 261119 23:50,") ||
		!strings.HasSuffix(text, "250131 23:50, 241231 23:50") {
		t.Errorf("%d: %s", len(got), text)
	}
}

// TestRetained_AfterARestore: a store restored from its second-newest backup
// keeps that one beside its first new one, whatever else the hour has.
func TestRetained_AfterARestore(t *testing.T) {
	at := time.Date(2026, 11, 21, 15, 45, 0, 0, domain.Zone)
	var list []Manifest
	for i, epoch := range []string{"new", "lost", "old", "old"} {
		list = append(list, Manifest{AtMs: at.Add(-time.Duration(i) * 15 * time.Minute).UnixMilli(), Facts: Facts{Epoch: epoch}})
	}
	got := retained(list, func(m Manifest) bool { return m.Epoch != "lost" })
	if want := []bool{true, false, true, false}; !slices.Equal(got, want) {
		t.Errorf("kept %v, not %v", got, want)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add("x", []byte(`{"version":1,"id":"x","snap":{"name":"snaps/x.tar.zst"}}`))
	f.Fuzz(func(t *testing.T, id string, b []byte) {
		m, err := decodeManifest(id, b)
		if err == nil && (m.ID != id || strings.Contains(strings.TrimPrefix(m.Snap.Name, "snaps/"+id), "/")) {
			t.Errorf("%+v", m)
		}
	})
}

// FuzzUnpack: what a place gives back is bytes of a stranger.
func FuzzUnpack(f *testing.F) {
	dir := f.TempDir()
	for _, name := range []string{keysName, storeName} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	if err := pack(dir, []string{keysName, storeName}, nil, filepath.Join(dir, "p")); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(dir, "p"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, b []byte) {
		wrote := int64(0)
		_ = unpack(bytes.NewReader(b), false, nil, func(name string) (io.WriteCloser, error) {
			if name != keysName && name != storeName {
				t.Errorf("a file %q", name)
			}
			return plain{writerFunc(func(p []byte) (int, error) {
				if wrote += int64(len(p)); wrote > 1<<20 {
					return 0, io.ErrShortWrite
				}
				return len(p), nil
			})}, nil
		})
	})
}

type writerFunc func([]byte) (int, error)

func (w writerFunc) Write(p []byte) (int, error) { return w(p) }
