package jobs_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

const (
	units   = "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref\nprovince,15,tinh,Tỉnh Thử,,,2023-01-01,,QĐ,\ncommune,A1,xa,Xã A,,15,2023-01-01,,QĐ,\n"
	teams   = "ref,name,level,commune_code,village,decision,established_on,dissolved_on\nT1,Tổ Một,village,A1,Thôn Một,1/QĐ,2023-01-01,\n"
	members = "ref,name,role,team_ref,from,to\nP1,Hoàng Hòa,leader,T1,2023-01-01,\nP2,Lò Văn B,member,T1,2023-01-01,\n"
)

// world is a shard whose server can be stopped and started again.
type world struct {
	*testing.T
	path  string
	now   time.Time
	store *boltstore.Store
	svc   *jobs.Service
	admin domain.Caller
	seen  map[domain.ID]int64
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, path: filepath.Join(t.TempDir(), "store.db"), now: domain.Date("2023-06-01").Start().Add(9 * time.Hour), seen: map[domain.ID]int64{}}
	w.open(true)
	t.Cleanup(func() { _ = w.store.Close() })
	w.must(w.store.Update(t.Context(), func(tx store.Tx) (err error) {
		w.admin.Person, err = roster.SetUp(tx, rand.Reader, "Quản trị (thử)")
		return err
	}))
	return w
}

func (w *world) open(create bool) {
	w.Helper()
	now := func() time.Time { w.now = w.now.Add(time.Millisecond); return w.now }
	st, err := boltstore.Open(w.path, boltstore.Options{Now: now, Rand: rand.Reader, Create: create})
	w.must(err)
	w.store = st
	w.svc = &jobs.Service{Store: st, Now: now, Rand: rand.Reader, Roster: &roster.Service{Store: st, Now: now, Rand: rand.Reader},
		ActiveUntil: func(_ store.Reader, p domain.ID) (int64, error) { return w.seen[p], nil }}
}

func (w *world) restart() {
	w.Helper()
	w.must(w.store.Close())
	w.open(false)
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) start(kind roster.Kind, csv string, skipBad bool) jobs.Job {
	w.Helper()
	j, err := w.svc.StartImport(w.Context(), w.admin, jobs.File{Kind: kind, Name: string(kind) + ".csv", Bytes: []byte(csv), SkipBad: skipBad})
	w.must(err)
	return j
}

// done works until nothing waits and returns how a job ended.
func (w *world) done(id domain.ID) jobs.Job {
	w.Helper()
	for more := true; more; {
		var err error
		more, err = w.svc.Work(w.Context())
		w.must(err)
	}
	j, err := w.svc.Job(w.Context(), w.admin, id)
	w.must(err)
	return j
}

func (w *world) load(kind roster.Kind, csv string) jobs.Job {
	w.Helper()
	j := w.done(w.start(kind, csv, false).ID)
	if j.State != jobs.Done {
		w.Fatalf("%s: %+v", kind, j)
	}
	return j
}

func (w *world) undo(id domain.ID) jobs.Job {
	w.Helper()
	u, err := w.svc.StartUndo(w.Context(), w.admin, id)
	w.must(err)
	return w.done(u.ID)
}

// content is what the lists of the roster hold, to be compared.
func (w *world) content() string {
	w.Helper()
	var b strings.Builder
	w.must(w.store.View(w.Context(), func(r store.Reader) error {
		for _, s := range []syncproto.Scope{roster.ScopeUnits, roster.ScopeTeams, roster.ScopePeople, "sys:refs", roster.ScopeRegistrations(2023)} {
			var docs []string
			if err := r.Members(s, "", func(rec *store.Record) bool {
				docs = append(docs, string(rec.Doc))
				return true
			}); err != nil {
				return err
			}
			slices.Sort(docs)
			fmt.Fprintf(&b, "%s\n%s\n", s, strings.Join(docs, "\n"))
		}
		return nil
	}))
	return b.String()
}

// TestUndo_WholeImports: the imports of a province, each taken back from the
// last to the first, leave each time exactly what was there before it; a file
// that was taken back can be taken in again.
func TestUndo_WholeImports(t *testing.T) {
	w := newWorld(t)
	files := []struct {
		kind roster.Kind
		csv  string
	}{{roster.ImportUnits, units}, {roster.ImportTeams, teams}, {roster.ImportMembers, members},
		{roster.ImportMembers, strings.ReplaceAll(members, "Lò Văn B", "Lò Văn Bình")},
		{roster.ImportPlaces, "commune_code,village,kind,source\nA1,Thôn Vắng,thon,BC 1\n"},
		{roster.ImportVillages, "team_ref,from,households,kind,key,border,source\nT1,2023-01-01,120,thon,,,Báo cáo 5\n"},
		{roster.ImportRegistrations, "commune_code,year,standard,decision,decided_on,origin\nA1,2023,standard,1/QĐ,2023-01-05,S\n"}}
	for round := range 2 {
		var before []string
		var ids []domain.ID
		for _, f := range files {
			before = append(before, w.content())
			ids = append(ids, w.load(f.kind, f.csv).ID)
		}
		for i := len(ids) - 1; i >= 0; i-- {
			if u := w.undo(ids[i]); u.State != jobs.Done {
				t.Fatalf("round %d, undo of %d: %+v", round, i, u)
			}
			if got := w.content(); got != before[i] {
				t.Errorf("round %d, after the undo of %d:\n%swant:\n%s", round, i, got, before[i])
			}
		}
	}
	w.must(w.store.Close())
	if rep, err := boltstore.Check(w.path); err != nil || len(rep.Problems) > 0 {
		t.Errorf("the file after all undos: %+v, %v", rep, err)
	}
	w.open(false)
	list, err := w.svc.Jobs(t.Context(), w.admin)
	if err != nil || len(list) != 4*len(files) || list[len(list)-1].Undone == "" {
		t.Errorf("%d jobs, %v", len(list), err)
	}
}

// TestUndo_RefusesWhatWasBuiltOn names it, and writes nothing.
func TestUndo_RefusesWhatWasBuiltOn(t *testing.T) {
	w := newWorld(t)
	u := w.load(roster.ImportUnits, units)
	tm := w.load(roster.ImportTeams, teams)
	m := w.load(roster.ImportMembers, members)
	refused := func(what string, id domain.ID, names ...string) {
		t.Helper()
		before := w.content()
		j := w.undo(id)
		if j.State != jobs.Failed || len(j.Stands) != len(names) || j.MsgVi == "" || w.content() != before {
			t.Fatalf("%s: %+v", what, j)
		}
		for i, n := range names {
			if j.Stands[i].Ref != n || j.Stands[i].Vi == "" {
				t.Errorf("%s: %+v, want %s", what, j.Stands[i], n)
			}
		}
	}
	refused("a commune with a team", u.ID, "Xã A")
	refused("a team with members", tm.ID, "Tổ Một")
	who := domain.ID("")
	w.must(w.store.View(t.Context(), func(r store.Reader) error {
		return r.Members(roster.ScopePeople, syncproto.TypePerson, func(rec *store.Record) bool {
			if strings.Contains(string(rec.Doc), "Hòa") {
				who = rec.ID
			}
			return true
		})
	}))
	w.seen[who] = w.now.Add(time.Hour).UnixMilli()
	refused("a member who was here", m.ID, "Hoàng Hòa")
	delete(w.seen, who)
	w.load(roster.ImportMembers, strings.ReplaceAll(members, "Lò Văn B", "Lò Văn Bình"))
	refused("a member who was renamed", m.ID, "Lò Văn Bình", "Lò Văn Bình")
	// A decision of the chain names the team.
	w.must(w.store.Update(t.Context(), func(tx store.Tx) error {
		var id domain.ID
		if err := roster.Teams(tx, func(team domain.ID, _ domain.Team) bool { id = team; return true }); err != nil {
			return err
		}
		_, err := tx.Append("close", "x", []byte(`{"team":"`+string(id)+`"}`))
		return err
	}))
	refused("a team with a decision", tm.ID, "Tổ Một", "Tổ Một")
}

// TestRestart_DuringAJob: the server stops before the job, in the middle of its
// transaction, and after it; nothing is half-done, and it is done once.
func TestRestart_DuringAJob(t *testing.T) {
	w := newWorld(t)
	w.load(roster.ImportUnits, units)
	w.load(roster.ImportTeams, teams)
	var csv strings.Builder
	csv.WriteString("ref,name,role,team_ref,from,to\n")
	for i := range 300 {
		fmt.Fprintf(&csv, "Q%d,Người Số %d,member,T1,2023-01-01,\n", i, i)
	}
	before := w.content()
	j := w.start(roster.ImportMembers, csv.String(), false)
	w.restart()
	ctx := &dying{Context: t.Context(), after: 4} // Tick asks each 64 rows
	if _, err := w.svc.Work(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped in the middle: %v", err)
	}
	w.restart()
	if got := w.content(); got != before {
		t.Fatalf("half of a job is there:\n%s", got)
	}
	if got, err := w.svc.Job(t.Context(), w.admin, j.ID); err != nil || got.State != jobs.Waiting {
		t.Fatalf("%+v, %v", got, err)
	}
	if got := w.done(j.ID); got.State != jobs.Done || got.Report.Created != 300 {
		t.Fatalf("%+v", got)
	}
	after := w.content()
	w.restart()
	if got := w.done(j.ID); got.State != jobs.Done || w.content() != after {
		t.Errorf("done again after a restart: %+v", got)
	}
}

// dying is a context that ends after it was asked so many times.
type dying struct {
	context.Context
	after int
}

func (d *dying) Err() error {
	if d.after--; d.after < 0 {
		return context.Canceled
	}
	return d.Context.Err()
}

func TestCancel(t *testing.T) {
	w := newWorld(t)
	before := w.content()
	j := w.start(roster.ImportUnits, units, false)
	got, err := w.svc.Cancel(t.Context(), w.admin, j.ID)
	if err != nil || got.State != jobs.Cancelled {
		t.Fatalf("%+v, %v", got, err)
	}
	if got := w.done(j.ID); got.State != jobs.Cancelled || w.content() != before {
		t.Errorf("%+v", got)
	}
}

// TestImport_FailsWhole: bad rows keep all out, unless they are to be skipped;
// rights that ended between start and work, too; the inbox says so.
func TestImport_FailsWhole(t *testing.T) {
	w := newWorld(t)
	w.load(roster.ImportUnits, units)
	w.load(roster.ImportTeams, teams)
	before := w.content()
	bad := members + "P3,Ai Đó,member,T9,2023-01-01,\n"
	if j := w.done(w.start(roster.ImportMembers, bad, false).ID); j.State != jobs.Failed || j.Report.Bad != 1 || len(j.Report.Rows) != 1 || w.content() != before {
		t.Errorf("%+v", j)
	}
	if j := w.done(w.start(roster.ImportMembers, "Họ tên\nAi Đó\n", false).ID); j.State != jobs.Failed || j.MsgVi == "" {
		t.Errorf("%+v", j)
	}
	if j := w.done(w.start(roster.ImportMembers, bad, true).ID); j.State != jobs.Done || j.Report.Created != 2 || j.Report.Bad != 1 {
		t.Errorf("%+v", j)
	}
	notes := 0
	w.must(w.store.View(t.Context(), func(r store.Reader) error {
		return r.Members(syncproto.UserScope(w.admin.Person), syncproto.TypeInbox, func(*store.Record) bool { notes++; return true })
	}))
	if notes != 5 {
		t.Errorf("%d notices of 5 jobs", notes)
	}
	nobody := domain.Caller{Person: syncproto.NewRandomID(rand.Reader)}
	if _, err := w.svc.StartImport(t.Context(), nobody, jobs.File{Kind: roster.ImportTeams}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("nobody imports: %v", err)
	}
	if _, err := w.svc.StartImport(t.Context(), w.admin, jobs.File{Kind: "people"}); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestForget(t *testing.T) {
	w := newWorld(t)
	j := w.load(roster.ImportUnits, units)
	w.now = w.now.AddDate(0, 0, 89)
	if _, err := w.svc.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 0, 2)
	if _, err := w.svc.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.StartUndo(t.Context(), w.admin, j.ID); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("an undo after 91 days: %v", err)
	}
}
