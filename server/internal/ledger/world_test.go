package ledger_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

const teamPolicy = "yb-nq60-team"

// world is a province with communes of some teams, the first commune
// registered for 2023, on a real store.
type world struct {
	t      testing.TB
	db     *boltstore.Store
	months *months.Service
	svc    *ledger.Service
	holds  *holds

	mu  sync.Mutex
	now time.Time

	communes []domain.ID
	teams    [][]domain.ID // of each commune
	leader   domain.ID     // of teams[0][0]

	chair, accountant           []domain.Caller // of each commune
	province, province2, viewer domain.Caller
}

// holds counts backups and may refuse them.
type holds struct {
	mu   sync.Mutex
	db   *boltstore.Store
	made int
	fail error
	lag  int64 // commits that a backup misses
}

func (h *holds) Hold(ctx context.Context, commit int64) (held int64, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.made++
	if h.fail != nil {
		return 0, h.fail
	}
	err = h.db.View(ctx, func(r store.Reader) error { held = r.Head().Commit - h.lag; return nil })
	return held, err
}

// stamper seals without a signature.
type stamper struct{}

func (stamper) Stamp(tx store.Tx) (c domain.Checkpoint, err error) {
	d, err := tx.LastDecision()
	if err != nil {
		return c, err
	}
	if d.Kind == "checkpoint" {
		return c, json.Unmarshal(d.Body, &c)
	}
	c = domain.Checkpoint{N: d.N, Hash: hex.EncodeToString(d.Hash[:]), Fingerprint: hex.EncodeToString(d.Hash[:8]), Sig: []byte{}}
	body, err := json.Marshal(c, json.Deterministic(true))
	if err == nil {
		_, err = tx.Append("checkpoint", "chain", body)
	}
	return c, err
}

func at(day string) time.Time { return domain.Date(day).Start().Add(9 * time.Hour) }

func newWorld(t testing.TB, communes, teams int) *world {
	t.Helper()
	w := &world{t: t, now: at("2023-06-01")}
	db, err := boltstore.Open(filepath.Join(t.TempDir(), "shard.db"), boltstore.Options{Now: w.clock, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w.db, w.months, w.holds = db, months.New(db, w.clock), &holds{db: db}
	w.svc = &ledger.Service{Store: db, Months: w.months, Sealer: stamper{}, Backups: w.holds, Now: w.clock}
	for _, c := range []*domain.Caller{&w.province, &w.province2, &w.viewer} {
		c.Person = w.id()
	}
	w.grant(w.province.Person, domain.RoleProvince, "")
	w.grant(w.province2.Person, domain.RoleProvince, "")
	w.grant(w.viewer.Person, domain.RoleViewer, "")
	for c := range communes {
		w.commune(c, teams)
	}
	w.leader = w.id()
	w.grant(w.leader, domain.RoleLeader, w.teams[0][0])
	w.publish(teamPolicy)
	return w
}

func (w *world) commune(c, teams int) {
	w.t.Helper()
	id, chair, accountant := w.id(), domain.Caller{Person: w.id()}, domain.Caller{Person: w.id()}
	w.communes = append(w.communes, id)
	w.chair, w.accountant = append(w.chair, chair), append(w.accountant, accountant)
	w.grant(chair.Person, domain.RoleChair, id)
	w.grant(accountant.Person, domain.RoleAccountant, id)
	var list []domain.ID
	for i := range teams {
		t := w.id()
		list = append(list, t)
		w.update(func(tx store.Tx) error {
			return roster.PutTeam(tx, t, domain.Team{Name: fmt.Sprintf("Tổ thử %d.%d", c+1, i+1), Level: domain.LevelVillage,
				Commune: id, Decision: "1/QĐ-UBND", EstablishedOn: "2022-01-01"}, store.Cause{})
		})
	}
	w.teams = append(w.teams, list)
	w.update(func(tx store.Tx) error {
		if err := roster.PutUnitVersion(tx, w.id(), domain.UnitVersion{Unit: id, Level: domain.UnitCommune,
			Code: fmt.Sprintf("%05d", 4200+c), Kind: "xa", Name: fmt.Sprintf("Xã Thử %d", c+1), Basis: "thử"}, store.Cause{}); err != nil {
			return err
		}
		return roster.PutRegistration(tx, domain.Registration{Commune: id, Year: 2023, Standard: "standard",
			Decision: "894/QĐ-UBND", On: "2023-06-01", Origin: domain.Sourced}, store.Cause{})
	})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) turn(day string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = at(day)
}

func (w *world) id() domain.ID { return syncproto.NewRecordID(rand.Reader, w.clock()) }

func (w *world) publish(name string) {
	w.t.Helper()
	raw, err := data.Files.ReadFile("policies/" + name + ".json")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.months.Publish(context.Background(), w.province, raw); err != nil {
		w.t.Fatal(err)
	}
}

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

// put writes a record of a team's month.
func put(tx store.Tx, typ string, id, team domain.ID, month domain.Month, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		return err
	}
	t, err := roster.Team(tx, team)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: store.Key{Type: typ, ID: id}, Doc: doc, Scopes: []syncproto.Scope{
		syncproto.CommuneMonthScope(t.Commune, string(month)), syncproto.TeamMonthScope(team, string(month))}})
	return err
}

// report writes the month's report, approved or rejected.
func (w *world) report(tx store.Tx, c int, team domain.ID, month domain.Month, st domain.State) error {
	return put(tx, syncproto.TypeReport, syncproto.DerivedID(syncproto.TypeReport, team, string(month)), team, month,
		domain.Report{Team: team, Month: month, Summary: "Đã làm", Author: team, State: st,
			Received: at(string(month.Last())).UnixMilli(), Reviewer: w.chair[c].Person})
}

// work gives a team an approved activity and report in each month.
func (w *world) work(c int, team domain.ID, list ...domain.Month) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		for _, m := range list {
			a := domain.Activity{Team: team, DoneOn: m.Day(10), Category: "DVC_NOP_HO_SO", Measures: map[string]int64{"so_ho_so": 3},
				Evidence: []string{"paper:so 1"}, Author: team, State: domain.Approved, Unit: w.communes[c], Month: m,
				Received: at(string(m.Day(10))).UnixMilli(), Reviewer: w.chair[c].Person}
			if err := put(tx, syncproto.TypeActivity, w.id(), team, m, a); err != nil {
				return err
			}
			if err := w.report(tx, c, team, m, domain.Approved); err != nil {
				return err
			}
		}
		return nil
	})
}

// close closes a team's month as its chair sees it.
func (w *world) close(c int, team domain.ID, month domain.Month) error {
	ctx := context.Background()
	v, err := w.months.TeamMonth(ctx, w.chair[c], team, month)
	if err != nil || v.Closed {
		return err
	}
	res, err := w.months.CloseTeamMonths(ctx, w.chair[c], w.communes[c], month, []months.CloseItem{{Team: team, Csum: v.Csum}})
	if err == nil && !res[0].Closed && res[0].Code != domain.Precondition {
		err = fmt.Errorf("%+v", res[0])
	}
	return err
}

func monthsOf(from, to domain.Month) (list []domain.Month) {
	for m := from; m <= to; m = m.Add(1) {
		list = append(list, m)
	}
	return list
}

// fund records the decision of 12/10/2023 for all teams.
func (w *world) fund() {
	w.t.Helper()
	var all []domain.ID
	for _, list := range w.teams {
		all = append(all, list...)
	}
	f := domain.FundedWindow{Policy: teamPolicy, Decision: "1845/QĐ-UBND", On: "2023-10-12", From: "2023-06", To: "2023-12",
		Teams: all, Months: 7, Total: domain.Money(len(all)) * 7 * 500_000, Origin: domain.Sourced}
	if _, err := w.months.Fund(context.Background(), w.province, f); err != nil {
		w.t.Fatal(err)
	}
}

// closed2023 closes June to December for all teams, and funds them.
func closed2023(t testing.TB, communes, teams int) *world {
	t.Helper()
	w := newWorld(t, communes, teams)
	w.turn("2024-01-20")
	year := monthsOf("2023-06", "2023-12")
	for c := range w.teams {
		for _, team := range w.teams[c] {
			w.work(c, team, year...)
			for _, m := range year {
				if err := w.close(c, team, m); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	w.fund()
	return w
}

func (w *world) payment(team domain.ID, m domain.Month) (p domain.Payment) {
	w.t.Helper()
	w.view(func(r store.Reader) (err error) {
		p, err = ledger.Payment(r, teamPolicy, team, domain.Period(m))
		return err
	})
	return p
}
