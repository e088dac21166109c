package jobs_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// between does something before one of the transactions of a job.
type between struct {
	store.Store
	n, at int
	do    func()
}

func (b *between) Update(ctx context.Context, fn func(store.Tx) error) error {
	if b.n++; b.n == b.at {
		b.do()
	}
	return b.Store.Update(ctx, fn)
}

// TestMaker_Deidentified: what a job read before somebody was de-identified is
// not kept, wherever the job was: it is made again.
func TestMaker_Deidentified(t *testing.T) {
	const was, is = "Lò Thị Tên", "Thành viên 0001"
	for at, where := range map[int]string{2: "it works", 3: "a part is written", 4: "all parts are written"} {
		w := newWorld(t)
		name := was
		w.svc.Makers = map[jobs.Kind]jobs.Maker{jobs.Export: {
			Check: func(context.Context, domain.Caller, []byte) (string, error) { return "a", nil },
			Make: func(context.Context, domain.Caller, []byte, func(done, of int) error) (jobs.Made, error) {
				return jobs.Made{Name: "x.csv", MIME: "text/csv", Bytes: []byte(strings.Repeat(name+"\n", 50_000))}, nil
			},
		}}
		j := w.ask("a")
		w.svc.Store = &between{Store: w.store, at: at, do: func() {
			name = is
			w.must(w.store.Update(t.Context(), func(tx store.Tx) error {
				return jobs.Forget(tx, &roster.Veil{Names: []string{was}, Alias: is})
			}))
		}}
		j = w.done(j.ID)
		out, err := w.svc.Result(t.Context(), w.admin, j.ID)
		if err != nil || strings.Contains(string(out.Bytes), was) || !strings.Contains(string(out.Bytes), is) {
			t.Errorf("while %s: %+v, %d bytes, %v", where, j, len(out.Bytes), err)
		}
	}
}

// TestLong_Deidentified: the report of a long import doesn't name somebody who
// was de-identified while it was tried or written.
func TestLong_Deidentified(t *testing.T) {
	const was = "Lò Thị Tên"
	for at, where := range map[int]string{2: "it was tried", 3: "it was written"} {
		w := newWorld(t)
		rows := w.crowd(1100)
		w.load(roster.ImportMembers, "ref,name,role,team_ref,from,to\nX1,"+was+",member,K0,2023-01-01,2023-05-01\n")
		rows[1][1] = "Lo Thi Ten"
		j := w.start(roster.ImportMembers, csvOf(rows), false)
		w.svc.Store = &between{Store: w.store, at: at, do: func() { w.veil(was) }}
		j = w.done(j.ID)
		if j.State != jobs.Done || j.Report.Created != 1100 {
			t.Fatalf("while %s: %+v", where, j)
		}
		for _, r := range j.Report.Rows {
			if strings.Contains(r.Note+r.NoteVi, was) {
				t.Errorf("while %s: %+v", where, r)
			}
		}
	}
}

// veil de-identifies who has a name.
func (w *world) veil(name string) {
	w.Helper()
	w.must(w.store.Update(w.Context(), func(tx store.Tx) error {
		var who domain.ID
		err := roster.People(tx, func(id domain.ID, p domain.Person) bool {
			if p.Name == name {
				who = id
			}
			return who == ""
		})
		if err != nil {
			return err
		}
		v, err := roster.NewVeil(tx, who, store.Cause{}, nil)
		if err != nil {
			return err
		}
		return errors.Join(roster.PutVeil(tx, v, ""), jobs.Forget(tx, v))
	}))
}

// TestForget_EndedMeanwhile: a job that ended after the records with the name
// were looked for loses it too.
func TestForget_EndedMeanwhile(t *testing.T) {
	const was = "Lò Thị Tên"
	w := newWorld(t)
	w.load(roster.ImportUnits, units)
	w.load(roster.ImportTeams, teams)
	w.load(roster.ImportMembers, "ref,name,role,team_ref,from,to\nX1,"+was+",member,T1,2023-01-01,2023-05-01\n")
	j := w.load(roster.ImportMembers, "ref,name,role,team_ref,from,to\nX2,Lo Thi Ten,member,T1,2023-01-01,\n")
	if len(j.Report.Rows) != 1 || !strings.Contains(j.Report.Rows[0].NoteVi, was) {
		t.Fatalf("%+v", j.Report)
	}
	w.veil(was)
	if j = w.done(j.ID); strings.Contains(j.Report.Rows[0].Note+j.Report.Rows[0].NoteVi, was) {
		t.Errorf("%+v", j.Report.Rows[0])
	}
}

// TestForget_LongerName: who has a longer name keeps it.
func TestForget_LongerName(t *testing.T) {
	w := newWorld(t)
	w.load(roster.ImportUnits, units)
	w.load(roster.ImportTeams, teams)
	w.load(roster.ImportMembers, "ref,name,role,team_ref,from,to\nX1,Lò Văn An,member,T1,2023-01-01,2023-05-01\nX2,Lò Văn Anh,member,T1,2023-01-01,\n")
	j := w.load(roster.ImportMembers, "ref,name,role,team_ref,from,to\nX3,Lo Van Anh,member,T1,2023-01-01,\nX4,Lo Van An,member,T1,2023-01-01,\n")
	w.veil("Lò Văn An")
	j = w.done(j.ID)
	if n := j.Report.Rows; len(n) != 2 || !strings.Contains(n[0].NoteVi, ": Lò Văn Anh.") || !strings.Contains(n[1].NoteVi, ": Thành viên ") {
		t.Errorf("%+v", n)
	}
}
