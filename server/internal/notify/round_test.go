package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// watched is a store that measures its write transactions.
type watched struct {
	store.Store
	times   int
	largest int           // records of one transaction
	held    time.Duration // the writer, in all
}

func (s *watched) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		began, w := time.Now(), &counted{Tx: tx}
		err := fn(w)
		s.held += time.Since(began)
		s.times++
		s.largest = max(s.largest, w.puts)
		return err
	})
}

type counted struct {
	store.Tx
	puts int
}

func (c *counted) Put(p store.Put) (store.Record, error) {
	c.puts++
	return c.Tx.Put(p)
}

// Yên Bái: so many communes, so many village teams.
const (
	provinceCommunes = 173
	provinceTeams    = 1356
)

// province gives the world a whole province, each team with a leader and each
// commune with a chair, and watches its store.
func (w *world) province() (leaders []domain.ID, db *watched) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		put := func(role domain.Role, team, unit domain.ID) (domain.ID, error) {
			p := w.id()
			return p, roster.PutGrant(tx, syncproto.DerivedID("grant", p, ""), domain.Grant{Person: p, Role: role, Team: team, Unit: unit,
				Name: "Người thử", Interval: domain.Interval{From: "2023-01-01"}}, store.Cause{})
		}
		var communes [provinceCommunes]domain.ID
		for i := range communes {
			communes[i] = w.id()
			if _, err := put(domain.RoleChair, "", communes[i]); err != nil {
				return err
			}
		}
		for i := range provinceTeams {
			team := w.id()
			if err := roster.PutTeam(tx, team, domain.Team{Name: "Tổ thử", Level: domain.LevelVillage, Commune: communes[i%provinceCommunes],
				Decision: "1/QĐ", EstablishedOn: "2022-01-01"}, store.Cause{}); err != nil {
				return err
			}
			p, err := put(domain.RoleLeader, team, "")
			if err != nil {
				return err
			}
			leaders = append(leaders, p)
		}
		return nil
	})
	db = &watched{Store: w.db}
	w.svc = notify.New(notify.Config{Store: db, Now: func() time.Time { return w.now }, Sessions: w, Months: w.months})
	return leaders, db
}

// TestTick_Province: a morning on which every leader of a province is told
// something never holds the writer for more than 64 of them at a time, and a
// round that stops in the middle tells the others when it goes on.
func TestTick_Province(t *testing.T) {
	c := &calendar{lacks: true, waiting: 1}
	w := newYear(t, c)
	leaders, db := w.province()
	w.now = time.Date(2026, 4, 2, 7, 30, 0, 0, domain.Zone) // D-3 for March
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	w.svc = notify.New(notify.Config{Store: &stopping{db, 5, stop}, Now: func() time.Time { return w.now }, Sessions: w, Months: c})
	if _, err := w.svc.Tick(ctx); err == nil || db.times != 5 {
		t.Fatalf("%v after %d transactions", err, db.times)
	}
	w.svc = notify.New(notify.Config{Store: db, Now: func() time.Time { return w.now }, Sessions: w, Months: c})
	w.tick()
	for _, p := range leaders {
		if got := w.kinds(p); got["missing"] != 1 || len(got) != 1 {
			t.Fatalf("a leader has %v", got)
		}
	}
	if db.largest > 64 || db.times < (provinceTeams+provinceCommunes)/64 {
		t.Errorf("%d notes in one of %d transactions", db.largest, db.times)
	}
}

// stopping ends a context after some transactions.
type stopping struct {
	store.Store
	left int
	stop context.CancelFunc
}

func (s *stopping) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := s.Store.Update(ctx, fn)
	if s.left--; s.left == 0 {
		s.stop()
	}
	return err
}

// BenchmarkTick_Writer is a morning on which each chair of a province is told
// that something waits: how much of the round the phones' pushes wait for.
func BenchmarkTick_Writer(b *testing.B) {
	w := newWorld(b)
	w.months = &calendar{waiting: 1, now: func() time.Time { return w.now }}
	_, db := w.province()
	var took time.Duration
	db.held = 0
	for b.Loop() {
		began := time.Now()
		for more := true; more; {
			var err error
			if more, err = w.svc.Tick(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		took += time.Since(began)
		b.StopTimer()
		w.now = w.now.Add(24 * time.Hour)
		b.StartTimer()
	}
	b.ReportMetric(100*db.held.Seconds()/took.Seconds(), "writer-%")
}
