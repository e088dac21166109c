package stats_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// addTeam makes a team of a commune with a leader.
func (w *world) addTeam(commune domain.ID, name string, led bool) (team, person domain.ID) {
	w.t.Helper()
	team, person = w.id(), w.id()
	w.update(func(tx store.Tx) error {
		if err := roster.PutTeam(tx, team, domain.Team{Name: name, Level: domain.LevelVillage, Commune: commune, EstablishedOn: "2022-01-01"}, store.Cause{}); err != nil {
			return err
		}
		role := domain.RoleMember
		if led {
			role = domain.RoleLeader
		}
		return roster.PutGrant(tx, w.id(), domain.Grant{Person: person, Role: role, Team: team}, store.Cause{})
	})
	return team, person
}

// log lets a team send one activity on a day.
func (w *world) log(team, commune domain.ID, on domain.Date) {
	w.t.Helper()
	m := on.Month()
	w.update(func(tx store.Tx) error {
		doc := syncproto.Doc{"team": syncproto.Str(string(team)), "unit": syncproto.Str(string(commune)), "month": syncproto.Str(string(m)),
			"state": syncproto.Str("pending_review"), "received": syncproto.Int(on.Start().UnixMilli())}
		_, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeActivity, ID: w.id()}, Doc: doc, Scopes: []syncproto.Scope{
			syncproto.CommuneMonthScope(commune, string(m)), syncproto.TeamMonthScope(team, string(m))}})
		if err != nil {
			return err
		}
		return stats.Apply(tx, nil, doc)
	})
}

func (w *world) board(who domain.Caller, q stats.Query) stats.Board {
	w.t.Helper()
	b, err := w.svc.Board(context.Background(), who, q, func(string) bool { return false })
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func TestBoard_WatchesTeams(t *testing.T) {
	w := newWorld(t, 3)
	quick, qp := w.addTeam(w.communes[0], "Tổ nhanh", true)
	slow, _ := w.addTeam(w.communes[0], "Tổ im", false)
	never, np := w.addTeam(w.communes[2], "Tổ mới", true)
	w.svc.Contacts = func(_ context.Context, yield func(domain.ID, time.Time, string)) error {
		yield(qp, w.now.Add(-2*time.Hour), "0.9.1")
		yield(np, w.now.AddDate(0, 0, -40), "0.8.0")
		yield(w.id(), w.now, "0.9.1") // an officer's
		return nil
	}
	w.log(quick, w.communes[0], "2023-08-01")
	w.log(slow, w.communes[0], "2023-06-30")
	w.update(func(tx store.Tx) error {
		_, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeCase, ID: w.id()}, Scopes: []syncproto.Scope{syncproto.TeamScope(slow)},
			Doc: syncproto.Doc{"code": syncproto.Str("month_closed"), "state": syncproto.Str("open")}})
		return err
	})
	got := w.board(w.viewer, stats.Year(2023)).Watch
	want := stats.Watch{Teams: 3, Communes: 2, Villages: 3, Led: 2, Reached: 1, Days: stats.SilentDays,
		Phones: map[string]int64{"1": 1, "7": 0, "30": 0, "more": 1}, Apps: map[string]int64{"0.9.1": 1}, Aside: map[string]int64{"month_closed": 1},
		Silent: []stats.SilentTeam{{Team: never, Name: "Tổ mới", Unit: w.communes[2]},
			{Team: slow, Name: "Tổ im", Unit: w.communes[0], Last: "2023-06-30"}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if own := w.board(w.chair, stats.Year(2023)).Watch; own.Teams != 2 || len(own.Silent) != 1 {
		t.Errorf("a chair is shown %+v", own)
	}
	w.log(slow, w.communes[0], "2023-08-09")
	w.now = w.now.Add(2 * time.Minute)
	if again := w.board(w.viewer, stats.Year(2023)).Watch; len(again.Silent) != 1 {
		t.Errorf("who spoke again is still silent: %+v", again.Silent)
	}
}

// TestBoard_EqualsSummary: rows, months and total are one set of figures.
func TestBoard_EqualsSummary(t *testing.T) {
	w := newWorld(t, 4)
	for i := range 40 {
		w.update(func(tx store.Tx) error {
			m := domain.Month(fmt.Sprintf("2023-%02d", 1+i%8))
			if err := put(tx, w.id(), &domain.Activity{Unit: w.communes[i%4], Month: m, State: domain.Approved, Category: "VNEID"}); err != nil {
				return err
			}
			doc := syncproto.Doc{"unit": syncproto.Str(string(w.communes[i%4])), "month": syncproto.Str(string(m)), "stage": syncproto.Str("closed"),
				"result": syncproto.Str("eligible"), "money": syncproto.Str("funded"), "funding": syncproto.Str("1/QĐ"), "due_vnd": syncproto.Int(500_000)}
			return stats.ApplyMonth(tx, nil, doc)
		})
	}
	q := stats.Year(2023)
	b, s := w.board(w.viewer, q), w.summary(w.viewer, q)
	if d := cmp.Diff(s.Total, b.Total); d != "" {
		t.Error(d)
	}
	var months, units int64
	for _, m := range b.Months {
		months += m.States[domain.Approved]
	}
	for _, u := range b.Units {
		units += int64(u.TeamMonths.Decided)
	}
	if months != 40 || units != 40*500_000 || b.Total.TeamMonths.Results[domain.Eligible] != 40 || len(b.Earlier) != 12 {
		t.Errorf("%d activities by month, %d đồng by unit, %+v", months, units, b.Total.TeamMonths)
	}
	next := w.board(w.viewer, stats.Year(2024))
	if d := cmp.Diff(b.Total, next.Before); d != "" {
		t.Errorf("last year of the next is not this one: %s", d)
	}
}

func TestBoard_VersionStands(t *testing.T) {
	w := newWorld(t, 2)
	team, _ := w.addTeam(w.communes[0], "Tổ", true)
	first := w.board(w.viewer, stats.Year(2023))
	again, err := w.svc.Board(context.Background(), w.viewer, stats.Year(2023), func(v string) bool { return v == first.Version })
	if err != nil || again.Version != first.Version || again.Units != nil {
		t.Errorf("%v, %+v", err, again)
	}
	w.log(team, w.communes[0], "2023-08-09")
	if w.board(w.viewer, stats.Year(2023)).Version == first.Version {
		t.Error("a new activity leaves the version")
	}
	if w.board(w.chair, stats.Year(2023)).Version == w.board(w.viewer, stats.Year(2023)).Version {
		t.Error("a chair's version is the viewer's")
	}
	if _, err := w.svc.Board(context.Background(), domain.Caller{Person: syncproto.NewRandomID(rand.Reader)}, stats.Year(2023), func(string) bool { return false }); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
}

// TestRows_AreWhatIsCounted: the lists behind the figures, page by page, and
// the flat rows add up to the summary.
func TestRows_AreWhatIsCounted(t *testing.T) {
	w := newWorld(t, 3)
	states := []domain.State{domain.Pending, domain.Approved, domain.Returned}
	for i := range 90 {
		w.update(func(tx store.Tx) error {
			return put(tx, w.id(), &domain.Activity{Unit: w.communes[i%3], Month: domain.Month(fmt.Sprintf("2023-%02d", 1+i%4)), State: states[i%3], Category: "VNEID", DoneOn: "2023-01-02",
				Note: "không ai được thấy", Measures: map[string]int64{"so_nguoi": 2}})
		})
	}
	ctx, q := context.Background(), stats.Query{From: "2023-01", To: "2023-03"}
	for _, who := range []domain.Caller{w.viewer, w.chair} {
		want := w.summary(who, q).Total.States
		have := map[domain.State]int64{}
		for _, st := range states {
			rows, next, err := w.svc.Activities(ctx, who, q, stats.Choice{State: st})
			if err != nil || next != "" {
				t.Fatal(err, next)
			}
			if len(rows) > 0 {
				have[st] = int64(len(rows))
			}
		}
		if d := cmp.Diff(want, have); d != "" {
			t.Error(d)
		}
		flat, err := w.svc.Flat(ctx, who, q)
		if err != nil {
			t.Fatal(err)
		}
		var approved, people int64
		for _, r := range flat.Rows {
			approved += r.Approved
		}
		for _, r := range flat.Measures {
			people += r.Sum
		}
		if approved != want[domain.Approved] || people != 2*approved {
			t.Errorf("flat rows: %d approved, %d people; want %d", approved, people, want[domain.Approved])
		}
	}
	if _, _, err := w.svc.Activities(ctx, domain.Caller{Person: w.id()}, q, stats.Choice{}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
}
