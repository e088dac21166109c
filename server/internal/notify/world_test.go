package notify_test

import (
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

type jsonValue = jsontext.Value

// world is a team, its people and their phones on a real store, with one
// channel that does what a test says.
type world struct {
	t    testing.TB
	now  time.Time
	path string
	db   *boltstore.Store
	svc  *notify.Service
	rnd  *mathrand.ChaCha8
	ch   *fakeChannel

	commune, team                   domain.ID
	leader, member, chair, operator domain.ID
	out                             map[domain.ID]bool // devices that are signed out
	months                          notify.Months
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 10, 9, 0, 0, 0, domain.Zone), path: filepath.Join(t.TempDir(), "shard.db"),
		rnd: mathrand.NewChaCha8([32]byte{7}), out: map[domain.ID]bool{}}
	w.ch = &fakeChannel{name: notify.ChannelFCM}
	w.commune, w.team, w.leader, w.member, w.chair, w.operator = w.id(), w.id(), w.id(), w.id(), w.id(), w.id()
	w.open()
	w.update(func(tx store.Tx) error {
		return roster.PutTeam(tx, w.team, domain.Team{Name: "Tổ thử", Level: domain.LevelVillage, Commune: w.commune,
			Decision: "1/QĐ", EstablishedOn: "2022-01-01"}, store.Cause{})
	})
	w.grant(w.leader, domain.RoleLeader, w.team, "", "")
	w.grant(w.member, domain.RoleMember, w.team, "", "")
	w.grant(w.chair, domain.RoleChair, "", w.commune, "")
	w.grant(w.operator, domain.RoleSystem, "", "", "")
	return w
}

// open starts the store and the service, as after a kill if they ran before.
func (w *world) open() {
	w.t.Helper()
	clock := func() time.Time { return w.now }
	db, err := boltstore.Open(w.path, boltstore.Options{Now: clock, Rand: w.rnd, Create: w.db == nil})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = db.Close() })
	w.db = db
	w.svc = notify.New(notify.Config{Store: db, Now: clock, Sessions: w, Months: w.months, Channels: []notify.Channel{w.ch}})
}

func (w *world) reopen() {
	w.t.Helper()
	if err := w.db.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

func (w *world) SignedIn(_ store.Reader, _, device domain.ID) (bool, error) {
	return !w.out[device], nil
}

func (w *world) id() domain.ID { return syncproto.NewRandomID(w.rnd) }

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.db.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) view(fn func(store.Reader) error) {
	w.t.Helper()
	if err := w.db.View(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) grant(person domain.ID, role domain.Role, team, unit domain.ID, to domain.Date) {
	w.t.Helper()
	id := syncproto.DerivedID("grant", person, string(role)+string(team)+string(unit))
	w.update(func(tx store.Tx) error {
		return roster.PutGrant(tx, id, domain.Grant{Person: person, Role: role, Team: team, Unit: unit, Name: "Người thử",
			Interval: domain.Interval{From: "2023-01-01", To: to}}, store.Cause{})
	})
}

// phone registers a device of a person and returns it with its token.
func (w *world) phone(person domain.ID) (device domain.ID, token string) {
	w.t.Helper()
	device = w.id()
	token = "token-" + string(device)
	w.register(person, device, token)
	return device, token
}

func (w *world) register(person, device domain.ID, token string) {
	w.t.Helper()
	err := w.svc.Register(w.t.Context(), domain.Caller{Person: person, Device: device}, notify.Address{Channel: notify.ChannelFCM, Token: token})
	if err != nil {
		w.t.Fatal(err)
	}
}

// tell writes a note of the member's team with a key.
func (w *world) tell(to domain.ID, k notify.Kind, key string, change ...func(*notify.Note)) domain.ID {
	w.t.Helper()
	n := notify.Note{To: to, Kind: k, Key: key, Team: w.team}
	for _, f := range change {
		f(&n)
	}
	w.update(func(tx store.Tx) error { return notify.Tell(tx, n) })
	return n.ID()
}

func tagged(tag string) func(*notify.Note) { return func(n *notify.Note) { n.Tag = tag } }

func (w *world) deliver() {
	w.t.Helper()
	for {
		more, err := w.svc.Deliver(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// after lets time pass minute by minute, delivering in each.
func (w *world) after(d time.Duration) {
	w.t.Helper()
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(min(time.Minute, end.Sub(w.now)))
		w.deliver()
	}
}

// inbox are the notes of a person, oldest first.
func (w *world) inbox(person domain.ID) (list []syncproto.Doc) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		list = nil
		return r.Members(syncproto.UserScope(person), syncproto.TypeInbox, func(rec *store.Record) bool {
			d, err := syncproto.SplitCanonical(rec.Doc)
			if err != nil {
				w.t.Fatal(err)
			}
			list = append(list, d)
			return true
		})
	})
	return list
}

// figures are the day's counters "channel/state" -> n.
func (w *world) figures() map[string]int64 {
	w.t.Helper()
	out := map[string]int64{}
	w.view(func(r store.Reader) error {
		clear(out)
		return r.Counters("push/", func(key string, n int64) bool { out[key[len("push/20260310/"):]] += n; return true })
	})
	return out
}

// waiting counts what is in the outbox.
func (w *world) waiting() int { return w.count("outbox") }

func (w *world) count(kind string) (n int) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		n = 0
		return r.Credentials(kind, "", func(string, jsonValue) bool { n++; return true })
	})
	return n
}

// fakeChannel takes everything, but for what a test says.
type fakeChannel struct {
	name string

	mu   sync.Mutex
	got  []notify.Message
	does func(notify.Message) notify.Outcome
	stop func() // called before anything is answered
	// forget keeps nothing of what it took.
	forget bool
}

func (f *fakeChannel) Name() string { return f.name }

func (f *fakeChannel) Check(a notify.Address) error {
	if a.Token == "bad" {
		return fmt.Errorf("bad")
	}
	return nil
}

func (f *fakeChannel) Send(_ context.Context, list []notify.Message) []notify.Outcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]notify.Outcome, len(list))
	for i, m := range list {
		if f.does != nil {
			out[i] = f.does(m)
		}
		if out[i].Fate == notify.Sent && !f.forget {
			f.got = append(f.got, m)
		}
	}
	if f.stop != nil {
		f.stop()
	}
	return out
}

// ids of what was taken, in order.
func (f *fakeChannel) ids() (list []domain.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.got {
		list = append(list, m.ID)
	}
	return list
}

func (w *world) wantSent(want ...domain.ID) {
	w.t.Helper()
	if got := w.ch.ids(); !slices.Equal(got, want) {
		w.t.Fatalf("sent %d %v, want %d %v", len(got), got, len(want), want)
	}
}
