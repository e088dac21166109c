package backup

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// world is a store with a team, written to beside its backups.
type world struct {
	t    testing.TB
	dir  string
	st   *boltstore.Store
	team domain.ID

	mu  sync.Mutex
	now time.Time
}

const keysText = `{"invented":"keys"}`

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "data"), team: syncproto.NewRandomID(rand.Reader), now: time.Date(2023, 7, 1, 3, 0, 0, 0, time.UTC)}
	if err := os.Mkdir(w.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var err error
	w.st, err = boltstore.Open(filepath.Join(w.dir, storeName), boltstore.Options{Now: w.clock, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.st.Close() })
	w.update(func(tx store.Tx) error {
		return roster.PutTeam(tx, w.team, domain.Team{Name: "Tổ thử", Commune: syncproto.NewRandomID(rand.Reader)}, store.Cause{})
	})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.st.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// record writes one record and returns its id and rev.
func (w *world) record(note string) (id syncproto.ID, rev int64) {
	w.t.Helper()
	id = syncproto.NewRandomID(rand.Reader)
	w.update(func(tx store.Tx) error {
		rec, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeActivity, ID: id}, Doc: syncproto.Doc{"note": syncproto.Str(note)},
			Scopes: []syncproto.Scope{syncproto.TeamScope(w.team)}})
		rev = rec.Rev
		return err
	})
	return id, rev
}

func (w *world) decide(n int) {
	w.update(func(tx store.Tx) error {
		_, err := tx.Append("test", fmt.Sprint(n), jsontext.Value(fmt.Sprintf(`{"n":%d}`, n)))
		return err
	})
}

// photo puts a file and its record there.
func (w *world) photo(n int) (sum string) {
	w.t.Helper()
	b := bytes.Repeat([]byte{byte(n), byte(n >> 8)}, 400)
	sum = hexSum(b)
	if err := blob.Restore(w.dir, sum, b); err != nil {
		w.t.Fatal(err)
	}
	w.update(func(tx store.Tx) error { return w.putPhoto(tx, sum, int64(len(b)), blob.Held) })
	return sum
}

func (w *world) putPhoto(tx store.Tx, sum string, size int64, state blob.State) error {
	raw, err := json.Marshal(blob.Photo{Team: w.team, Name: sum, Stored: sum, Bytes: size, State: state})
	if err != nil {
		return err
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: store.Key{Type: blob.TypePhoto, ID: syncproto.DerivedID(blob.TypePhoto, w.team, sum)}, Doc: doc,
		Scopes: []syncproto.Scope{syncproto.SysScope("photos/" + string(w.team))}})
	return err
}

// service backs the world up to places; sealed encrypts, and returns who can
// open it besides the server.
func (w *world) service(sealed bool, places ...Target) (*Service, []age.Identity) {
	w.t.Helper()
	cfg := Config{Store: w.st, Data: w.dir, Places: places, Now: w.clock, Freeze: func() func() { return func() {} },
		SaveKeys: func(path string) error { return os.WriteFile(path, []byte(keysText), 0o600) },
		Prove:    func(context.Context, string) error { return nil }}
	var operator []age.Identity
	if sealed {
		own, err1 := age.GenerateX25519Identity()
		theirs, err2 := age.GenerateX25519Identity()
		if err := errors.Join(err1, err2); err != nil {
			w.t.Fatal(err)
		}
		cfg.Own, cfg.Recipients, operator = own, []age.Recipient{own.Recipient(), theirs.Recipient()}, []age.Identity{theirs}
	}
	s, err := New(context.Background(), cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	return s, operator
}

func (w *world) make(s *Service) Made {
	w.t.Helper()
	w.pass(15 * time.Minute)
	m, err := s.Make(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) durable() (n int64) {
	w.t.Helper()
	if err := w.st.View(context.Background(), func(r store.Reader) error { n = r.Head().Durable; return nil }); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// restored brings a backup into a fresh folder and opens it for reading.
func restored(t testing.TB, place Target, id string, with []age.Identity) (*boltstore.Store, Restored, string) {
	t.Helper()
	p, m, err := Find(context.Background(), []Target{place}, id)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "again")
	r, err := Restore(context.Background(), p, m, dir, with)
	if err != nil {
		t.Fatal(err)
	}
	st, err := boltstore.Open(filepath.Join(dir, storeName), boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if b, err := os.ReadFile(filepath.Join(dir, keysName)); err != nil || string(b) != keysText {
		t.Errorf("keys %q, %v", b, err)
	}
	return st, r, dir
}

func mustSay(t testing.TB, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v, want %q", err, text)
	}
}
