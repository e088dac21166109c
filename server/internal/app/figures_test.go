package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// TestStart_AfterAnotherProgram: an older program leaves counters that the
// records don't give and progress records that name no commune; the next start
// counts everything again, a plain restart does not.
func TestStart_AfterAnotherProgram(t *testing.T) {
	ctx, dir := t.Context(), fresh(t)
	now := time.Date(2023, 8, 10, 3, 0, 0, 0, time.UTC)
	var unit, team domain.ID
	run := func(do func(a *App)) {
		t.Helper()
		a, err := New(ctx, Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		do(a)
		if err := a.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
	follow := func(a *App) {
		t.Helper()
		if err := a.Follow(ctx); err != nil {
			t.Fatal(err)
		}
		if n, problems, err := stats.Check(ctx, a.store); err != nil || n == 0 || len(problems) != 0 {
			t.Errorf("%d counters, %v, %v", n, problems, err)
		}
	}
	run(func(a *App) {
		id := func() domain.ID { return syncproto.NewRecordID(a.cfg.Rand, now) }
		unit, team = id(), id()
		province := domain.Caller{Person: id()}
		if err := a.store.Update(ctx, func(tx store.Tx) error {
			return errors.Join(begun(tx, unit, team, id()),
				roster.PutGrant(tx, id(), domain.Grant{Person: province.Person, Role: domain.RoleProvince, Name: "Người thử"}, store.Cause{}))
		}); err != nil {
			t.Fatal(err)
		}
		raw, err := data.Files.ReadFile("policies/yb-nq60-team.json")
		if err == nil {
			_, err = a.months.Publish(ctx, province, raw)
		}
		if err != nil {
			t.Fatal(err)
		}
		follow(a)
	})
	var want map[string]int64
	run(func(a *App) {
		if marked(t, a.store) {
			t.Error("a plain restart counts again")
		}
		want = figuresOf(t, a.store)
	})
	st, err := boltstore.Open(StorePath(dir), boltstore.Options{Now: func() time.Time { return now }, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Update(ctx, func(tx store.Tx) error { return asOlder(tx, unit, team) }); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	run(func(a *App) {
		follow(a)
		if d := cmp.Diff(want, figuresOf(t, a.store)); d != "" {
			t.Errorf("-before +after: %s", d)
		}
	})
	run(func(a *App) {
		if marked(t, a.store) {
			t.Error("counted once more")
		}
	})
}

// begun is a team with an activity.
func begun(tx store.Tx, unit, team, id domain.ID) error {
	a := domain.Activity{Unit: unit, Team: team, Month: "2023-08", State: domain.Pending, DoneOn: "2023-08-09"}
	doc, err := syncproto.DocOf(a)
	if err != nil {
		return err
	}
	if err := roster.PutUnitVersion(tx, unit, domain.UnitVersion{Unit: unit, Level: domain.UnitCommune, Code: "00001", Kind: "xa", Name: "Xã thử"}, store.Cause{}); err != nil {
		return err
	}
	if err := roster.PutTeam(tx, team, domain.Team{Name: "Tổ thử", Level: domain.LevelVillage, Commune: unit, Decision: "1/QĐ-UBND", EstablishedOn: "2022-01-01"}, store.Cause{}); err != nil {
		return err
	}
	if _, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeActivity, ID: id}, Doc: doc, Scopes: []syncproto.Scope{
		syncproto.CommuneMonthScope(unit, "2023-08"), syncproto.TeamMonthScope(team, "2023-08")}}); err != nil {
		return err
	}
	return errors.Join(stats.Apply(tx, nil, doc), months.Touch(tx, team, "2023-08"))
}

// asOlder writes the team's progress as a program without the field unit does,
// and counts an activity that is not there.
func asOlder(tx store.Tx, unit, team domain.ID) error {
	k := store.Key{Type: syncproto.TypeProgress, ID: syncproto.DerivedID(syncproto.TypeProgress, team, "2023-08")}
	rec, err := tx.Record(k)
	if err != nil {
		return err
	}
	doc, err := syncproto.SplitCanonical(rec.Doc)
	if err != nil {
		return err
	}
	delete(doc, "unit")
	if _, err := tx.Put(store.Put{Key: k, Doc: doc, Scopes: rec.Scopes, Derived: true}); err != nil {
		return err
	}
	return tx.Count("stats/2023-08/"+string(unit)+"/s/approved", 3)
}

func figuresOf(t *testing.T, st store.Store) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	if err := st.View(context.Background(), func(r store.Reader) error {
		return r.Counters("stats/2", func(k string, n int64) bool { out[k] = n; return true })
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// marked reports whether anything is to be counted again.
func marked(t *testing.T, st store.Store) (yes bool) {
	t.Helper()
	if err := st.View(context.Background(), func(r store.Reader) error {
		return r.Due("recount", func(string) bool { yes = true; return false })
	}); err != nil {
		t.Fatal(err)
	}
	return yes
}
