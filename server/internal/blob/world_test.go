package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// world is a service on a real store, with two teams and a member of each.
type world struct {
	t     testing.TB
	dir   string
	db    *boltstore.Store
	svc   *Service
	teams [2]domain.ID
	who   [2]domain.Caller

	mu  sync.Mutex
	now time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), now: domain.Date("2023-06-10").Start().Add(9 * time.Hour)}
	db, err := boltstore.Open(filepath.Join(w.dir, "shard.db"), boltstore.Options{Now: w.clock, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	w.db = db
	t.Cleanup(func() { _ = db.Close() })
	w.update(func(tx store.Tx) error {
		for i := range w.teams {
			w.teams[i] = newID()
			w.who[i] = domain.Caller{Person: newID(), Device: newID()}
			err := errors.Join(
				roster.PutTeam(tx, w.teams[i], domain.Team{Name: "Tổ thử", Level: domain.LevelVillage, Commune: newID(), EstablishedOn: "2022-01-01"}, store.Cause{}),
				roster.PutGrant(tx, newID(), domain.Grant{Person: w.who[i].Person, Role: domain.RoleMember, Team: w.teams[i], Name: "Người thử",
					Interval: domain.Interval{From: "2022-01-01"}}, store.Cause{}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	w.restart()
	return w
}

func newID() domain.ID { return syncproto.NewRandomID(rand.Reader) }

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

// restart opens the folder as a new process would.
func (w *world) restart() {
	w.t.Helper()
	var err error
	if w.svc, err = New(Config{Store: w.db, Dir: w.dir, Now: w.clock, TeamBytes: 4 << 20}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.db.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// body is what a phone sends; it breaks off after cut bytes unless cut is -1.
type body struct {
	r    io.Reader
	stop chan struct{}
}

func sends(b []byte, cut int) *body {
	if cut < 0 {
		return &body{r: bytes.NewReader(b)}
	}
	return &body{r: io.MultiReader(bytes.NewReader(b[:min(cut, len(b))]), broken{})}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func (b *body) Read(p []byte) (int, error) { return b.r.Read(p) }

func (b *body) Stop() {
	if b.stop != nil {
		close(b.stop)
	}
}

func (w *world) begin(i int, name string, n int) Upload {
	w.t.Helper()
	u, err := w.svc.Begin(context.Background(), w.who[i], Wanted{w.teams[i], name, int64(n)})
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// send sends a whole photo.
func (w *world) send(i int, b []byte) error {
	w.t.Helper()
	u := w.begin(i, hexSum(b), len(b))
	_, err := w.svc.Append(context.Background(), w.who[i], u.ID, u.Offset, sends(b[u.Offset:], -1), nil)
	return err
}

func (w *world) have(i int, name string) Stand {
	w.t.Helper()
	s, err := w.svc.Have(context.Background(), w.who[i], w.teams[i], []string{name})
	if err != nil {
		w.t.Fatal(err)
	}
	return s[0]
}

// activity writes one of a team that names photos, as syncsvc does.
func (w *world) activity(i int, names ...string) domain.ID {
	w.t.Helper()
	id := newID()
	var ev []string
	for _, n := range names {
		ev = append(ev, domain.EvidencePhoto+n)
	}
	w.update(func(tx store.Tx) error {
		d := syncproto.Doc{"team": syncproto.Str(string(w.teams[i])), "done_on": syncproto.Str("2023-06-09"), "evidence": syncproto.Strs(ev)}
		if err := Hold(tx, d); err != nil {
			return err
		}
		if _, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeActivity, ID: id}, Doc: d,
			Scopes: []syncproto.Scope{syncproto.TeamMonthScope(w.teams[i], "2023-06")}}); err != nil {
			return err
		}
		return Index(tx, id, nil, d)
	})
	return id
}

func (w *world) held(id domain.ID) (held []string) {
	w.t.Helper()
	if err := w.db.View(context.Background(), func(r store.Reader) error {
		rec, err := r.Record(store.Key{Type: syncproto.TypeActivity, ID: id})
		if err != nil {
			return err
		}
		d, err := syncproto.SplitCanonical(rec.Doc)
		held = d.Strs("held")
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return held
}

// files lists what is in the folders of photos and uploads.
func (w *world) files(dirs ...string) (out []string) {
	w.t.Helper()
	for _, d := range dirs {
		_ = filepath.WalkDir(filepath.Join(w.dir, d), func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				out = append(out, filepath.Base(path))
			}
			return nil
		})
	}
	return out
}
