package auth

import (
	"context"
	"crypto/rand"
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

const testPassword = "một mật khẩu đủ dài"

type testClock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *testClock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *testClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is a service on a fresh store with one team and its people.
type world struct {
	t     *testing.T
	s     *Service
	store *boltstore.Store
	keys  *Keyring
	clock *testClock
	cfg   Config

	team, commune, other          domain.ID
	leader, member, chair, system domain.ID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: &testClock{t: time.Date(2023, 6, 20, 3, 0, 0, 0, time.UTC)}, team: newID(), commune: newID(), other: newID()}
	var err error
	w.store, err = boltstore.Open(filepath.Join(t.TempDir(), "banso.db"),
		boltstore.Options{Now: w.clock.now, Rand: rand.Reader, Create: true, MapSize: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	if w.keys, err = NewKeyring(rand.Reader, w.clock.now()); err != nil {
		t.Fatal(err)
	}
	w.cfg = Config{Store: w.store, Keys: w.keys, Now: w.clock.now, Rand: rand.Reader,
		ByAddress: NewBuckets(5, time.Minute, w.clock.now), ByAccount: NewBuckets(3, time.Minute, w.clock.now),
		ByPair: NewBuckets(2, 3*time.Minute, w.clock.now)}
	w.restart()
	w.people()
	return w
}

// restart makes the service anew, as a new process does.
func (w *world) restart() {
	w.t.Helper()
	var err error
	if w.s, err = New(w.t.Context(), w.cfg); err != nil {
		w.t.Fatal(err)
	}
}

// reopen goes on from a copy of the store, as after a restore.
func (w *world) reopen(from string) {
	w.t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		w.t.Fatal(err)
	}
	path := filepath.Join(w.t.TempDir(), "again.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.clock.add(time.Minute)
	if w.store, err = boltstore.Open(path, boltstore.Options{Now: w.clock.now, Rand: rand.Reader, MapSize: 64 << 20}); err != nil {
		w.t.Fatal(err)
	}
	st := w.store
	w.t.Cleanup(func() { _ = st.Close() })
	w.cfg.Store = w.store
	w.restart()
}

func (w *world) people() {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(tx store.Tx) error {
		t := domain.Team{Name: "Tổ", Level: domain.LevelVillage, Commune: w.commune, Decision: "1", EstablishedOn: "2022-01-01"}
		if err := roster.PutTeam(tx, w.team, t, store.Cause{Op: "test"}); err != nil {
			return err
		}
		for _, p := range []struct {
			id *domain.ID
			g  domain.Grant
		}{
			{&w.leader, domain.Grant{Role: domain.RoleLeader, Team: w.team}}, {&w.member, domain.Grant{Role: domain.RoleMember, Team: w.team}},
			{&w.chair, domain.Grant{Role: domain.RoleChair, Unit: w.commune}}, {&w.system, domain.Grant{Role: domain.RoleSystem}},
		} {
			*p.id = newID()
			if err := roster.PutPerson(tx, *p.id, domain.Person{Name: "Người (thử)"}, store.Cause{Op: "test"}); err != nil {
				return err
			}
			w.grant(tx, *p.id, p.g)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) grant(tx store.Tx, person domain.ID, g domain.Grant) {
	g.Person, g.Name, g.Interval = person, "Người (thử)", domain.Interval{From: "2022-01-01"}
	if err := roster.PutGrant(tx, newID(), g, store.Cause{Op: "test"}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) code(by, person domain.ID) string {
	w.t.Helper()
	codes, err := w.s.IssueCodes(w.t.Context(), domain.Caller{Person: by}, []domain.ID{person})
	if err != nil || codes[0].Error != "" {
		w.t.Fatalf("code: %v %+v", err, codes)
	}
	return codes[0].Code
}

// signIn activates a person's phone.
func (w *world) signIn(person domain.ID) Session {
	w.t.Helper()
	s, err := w.s.Activate(w.t.Context(), "192.0.2.1", ActivateInput{Code: w.code(w.system, person), Install: Install{ID: newID()}})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) refresh(token string) (Session, error) {
	return w.s.Refresh(context.Background(), token, "0.9.1")
}

func newID() domain.ID { return syncproto.NewRandomID(rand.Reader) }
