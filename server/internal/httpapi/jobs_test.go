package httpapi_test

import (
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
)

const memberHead = "ref,name,role,team_ref,from,to\n"

// aJob is a new one of the system's administrator, done: one person more.
func (w *world) aJob() string {
	w.t.Helper()
	ref := string(newID())
	w.imports(w.as[system], "members", strings.TrimSpace(memberHead), "x"+ref+",Người "+ref+" (thử),member,T2,2023-01-01,")
	list, err := w.as[system].Jobs(w.t.Context())
	if err != nil || len(list) == 0 {
		w.t.Fatalf("jobs: %+v, %v", list, err)
	}
	for _, j := range list {
		if j.What == "members" && j.Undone == "" && j.State == "done" && j.Kind == "import" {
			return string(j.ID)
		}
	}
	w.t.Fatal("no import among the jobs")
	return ""
}

// TestImportAsJob: an import that runs beside, its notice, its undo; then an
// undo that finds something built on it.
func TestImportAsJob(t *testing.T) {
	w := newWorld(t)
	ctx, c := t.Context(), w.as[province]
	j, err := c.StartImport(ctx, "members", "Danh sách tổ.csv", []byte(memberHead+"n1,Người Mới (thử),member,T1,2023-06-01,\nn2,Người Thứ Hai (thử),member,T1,2023-06-01,\n"), false)
	if err != nil || j.State != "waiting" {
		t.Fatalf("%+v, %v", j, err)
	}
	w.follow()
	if j, err = c.Job(ctx, j.ID); err != nil || j.State != "done" || j.Report.Created != 2 || j.File != "Danh sách tổ.csv" || j.Name == "" {
		t.Fatalf("%+v, %v", j, err)
	}
	members := func() int {
		people, err := c.People(ctx, w.team["T1"])
		if err != nil {
			t.Fatal(err)
		}
		return len(people)
	}
	if members() != 4 {
		t.Errorf("%d members after the import", members())
	}
	undo := func(id client.ID) client.Job {
		t.Helper()
		u, err := c.UndoImport(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		w.follow()
		if u, err = c.Job(ctx, u.ID); err != nil {
			t.Fatal(err)
		}
		return u
	}
	if u := undo(j.ID); u.State != "done" || members() != 2 {
		t.Errorf("undo: %+v; %d members", u, members())
	}
	if _, err := c.UndoImport(ctx, j.ID); status(err) != 409 {
		t.Errorf("a second undo: %v", err)
	}
	if _, err := w.as[chair].Job(ctx, j.ID); status(err) != 403 {
		t.Errorf("a chair sees the province's job: %v", err)
	}
	if _, err := c.CancelJob(ctx, j.ID); status(err) != 409 {
		t.Errorf("a job that is done is cancelled: %v", err)
	}
}

func (w *world) follow() {
	w.t.Helper()
	if err := w.app.Follow(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func status(err error) int {
	if p := client.AsProblem(err); p != nil {
		return p.Status
	}
	return 0
}
