package months_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// world is a province with two communes, one registered for 2023, and two
// teams in each, on a real store.
type world struct {
	t   testing.TB
	now time.Time
	db  *boltstore.Store
	svc *months.Service

	registered, plain domain.ID    // communes
	teams             [2]domain.ID // of the registered commune
	others            [2]domain.ID // of the other
	leader            domain.ID    // of teams[0]
	chair, chair2     domain.Caller
	province, viewer  domain.Caller
}

func at(day string) time.Time { return domain.Date(day).Start().Add(9 * time.Hour) }

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, now: at("2023-06-01")}
	clock := func() time.Time { return w.now }
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "shard.db"), boltstore.Options{Now: clock, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w.db, w.svc = db, months.New(db, clock)
	w.registered, w.plain, w.leader = w.id(), w.id(), w.id()
	for i, c := range []domain.ID{w.registered, w.registered, w.plain, w.plain} {
		id := w.id()
		if i < 2 {
			w.teams[i] = id
		} else {
			w.others[i-2] = id
		}
		w.putTeam(id, domain.Team{Name: fmt.Sprintf("Tổ thử %d", i+1), Level: domain.LevelVillage, Commune: c,
			Decision: "1/QĐ-UBND", EstablishedOn: "2022-01-01"})
	}
	for _, c := range []*domain.Caller{&w.chair, &w.chair2, &w.province, &w.viewer} {
		c.Person = w.id()
	}
	w.grant(w.leader, domain.RoleLeader, w.teams[0])
	w.grant(w.chair.Person, domain.RoleChair, w.registered)
	w.grant(w.chair2.Person, domain.RoleChair, w.plain)
	w.grant(w.province.Person, domain.RoleProvince, "")
	w.grant(w.viewer.Person, domain.RoleViewer, "")
	w.update(func(tx store.Tx) error {
		return roster.PutRegistration(tx, domain.Registration{Commune: w.registered, Year: 2023, Standard: "standard",
			Decision: "894/QĐ-UBND", On: "2023-06-01", Origin: domain.Sourced}, store.Cause{})
	})
	w.publish("yb-nq60-team")
	return w
}

func (w *world) publish(name string) {
	w.t.Helper()
	raw, err := data.Files.ReadFile("policies/" + name + ".json")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.svc.Publish(context.Background(), w.province, raw); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) id() domain.ID { return syncproto.NewRecordID(rand.Reader, w.now) }

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.db.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) view(fn func(store.Reader) error) {
	w.t.Helper()
	if err := w.db.View(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) putTeam(id domain.ID, t domain.Team) {
	w.t.Helper()
	w.update(func(tx store.Tx) error { return roster.PutTeam(tx, id, t, store.Cause{}) })
}

func (w *world) grant(p domain.ID, role domain.Role, subject domain.ID) {
	w.t.Helper()
	g := domain.Grant{Person: p, Role: role, Name: "Người thử", Interval: domain.Interval{From: "2022-01-01"}}
	switch role {
	case domain.RoleMember, domain.RoleLeader:
		g.Team = subject
	default:
		g.Unit = subject
	}
	w.update(func(tx store.Tx) error { return roster.PutGrant(tx, w.id(), g, store.Cause{}) })
}

// put writes a record of a month as the sync service would.
func (w *world) put(typ string, id, team domain.ID, month domain.Month, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		w.t.Fatal(err)
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.db.Update(context.Background(), func(tx store.Tx) error {
		t, err := roster.Team(tx, team)
		if err != nil {
			return err
		}
		if _, err := tx.Put(store.Put{Key: store.Key{Type: typ, ID: id}, Doc: doc, Scopes: []syncproto.Scope{
			syncproto.CommuneMonthScope(t.Commune, string(month)), syncproto.TeamMonthScope(team, string(month))}}); err != nil {
			return err
		}
		return months.Touch(tx, team, month)
	})
}

// activity writes an activity; change adjusts it first.
func (w *world) activity(team domain.ID, on domain.Date, change func(*domain.Activity)) (domain.ID, domain.Activity) {
	w.t.Helper()
	a := domain.Activity{Team: team, DoneOn: on, Category: "DVC_NOP_HO_SO", Measures: map[string]int64{"so_ho_so": 3},
		Evidence: []string{"paper:so 1"}, Author: w.leader, State: domain.Approved, Unit: w.registered, Month: on.Month(),
		Received: at(string(on)).UnixMilli(), Reviewer: w.chair.Person}
	if change != nil {
		change(&a)
	}
	id := w.id()
	if err := w.put(syncproto.TypeActivity, id, team, on.Month(), a); err != nil {
		w.t.Fatal(err)
	}
	return id, a
}

// report writes the month's report in a state.
func (w *world) report(team domain.ID, month domain.Month, st domain.State) {
	w.t.Helper()
	err := w.put(syncproto.TypeReport, syncproto.DerivedID(syncproto.TypeReport, team, string(month)), team, month,
		domain.Report{Team: team, Month: month, Summary: "Đã làm", Author: w.leader, State: st,
			Received: at(string(month.Last())).UnixMilli(), Reviewer: w.chair.Person})
	if err != nil {
		w.t.Fatal(err)
	}
}

// work gives a team an approved activity and report.
func (w *world) work(team domain.ID, month domain.Month) {
	w.t.Helper()
	w.activity(team, month.Day(10), nil)
	w.report(team, month, domain.Approved)
}

// verdict judges anew; what is remembered of earlier readings must say the same.
func (w *world) verdict(team domain.ID, month domain.Month) (p domain.Progress) {
	w.t.Helper()
	w.view(func(r store.Reader) (err error) {
		p, err = w.svc.Verdict(r, team, month, w.now)
		return err
	})
	kept, err := w.svc.TeamMonth(context.Background(), w.province, team, month)
	if err != nil {
		w.t.Fatal(err)
	}
	if d := cmp.Diff(p, kept.Progress); d != "" {
		w.t.Errorf("the remembered verdict differs: %s", d)
	}
	return p
}

func (w *world) csum(who domain.Caller, team domain.ID, month domain.Month) string {
	w.t.Helper()
	v, err := w.svc.TeamMonth(context.Background(), who, team, month)
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Csum
}

// close closes a team's month as its chair sees it.
func (w *world) close(team domain.ID, month domain.Month) months.CloseResult {
	w.t.Helper()
	return w.closeItem(months.CloseItem{Team: team, Csum: w.csum(w.chair, team, month)}, month)
}

func (w *world) closeItem(it months.CloseItem, month domain.Month) months.CloseResult {
	w.t.Helper()
	res, err := w.svc.CloseTeamMonths(context.Background(), w.chair, w.registered, month, []months.CloseItem{it})
	if err != nil || len(res) != 1 {
		w.t.Fatalf("%v, %v", res, err)
	}
	return res[0]
}

// settle runs the follow-up until nothing is due and returns its rounds.
func (w *world) settle() (rounds int) {
	w.t.Helper()
	for more := true; more; rounds++ {
		ticked, err := w.svc.Tick(context.Background())
		if err != nil {
			w.t.Fatal(err)
		}
		refreshed, err := w.svc.RefreshDue(context.Background())
		if err != nil {
			w.t.Fatal(err)
		}
		more = ticked || refreshed
		if rounds > 1000 {
			w.t.Fatal("the follow-up does not end")
		}
	}
	return rounds
}

// progress reads the progress record, as a phone gets it.
func (w *world) progress(team domain.ID, month domain.Month) (p domain.Progress, rev int64) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		rec, err := r.Record(store.Key{Type: syncproto.TypeProgress, ID: syncproto.DerivedID(syncproto.TypeProgress, team, string(month))})
		if err != nil {
			return err
		}
		rev = rec.Rev
		return json.Unmarshal(rec.Doc, &p)
	})
	return p, rev
}

// window2023 is the decision of 12/10/2023 for some teams.
func window2023(teams ...domain.ID) domain.FundedWindow {
	return domain.FundedWindow{Policy: "yb-nq60-team", Decision: "1845/QĐ-UBND", On: "2023-10-12", From: "2023-06", To: "2023-12",
		Teams: teams, Months: 7, Total: domain.Money(len(teams)) * 7 * 500_000, Origin: domain.Sourced}
}

func failing(v domain.TeamMonth) (ids []string) {
	for _, r := range v.Rules {
		if !r.Pass && !r.Advisory && !r.Funding {
			ids = append(ids, r.Rule)
		}
	}
	return ids
}

func policyFile(t testing.TB, name string) *policy.Policy {
	t.Helper()
	raw, err := data.Files.ReadFile("policies/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func decodeDoc(raw []byte) (syncproto.Doc, error) { return syncproto.DecodeDoc(raw) }

func teamScopes(team domain.ID) []syncproto.Scope {
	return []syncproto.Scope{syncproto.TeamScope(team)}
}
