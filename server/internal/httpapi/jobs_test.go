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

// aGrant is a new role in T2.
func (w *world) aGrant() string {
	w.t.Helper()
	m, err := w.as[system].Give(w.t.Context(), client.NewGrant{Name: "Người Của Tổ Hai (thử)", Role: "member", Team: w.team["T2"]})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(m.Grant)
}

// TestGrants: a role begins and ends on days; what is refused says why.
func TestGrants(t *testing.T) {
	w := newWorld(t)
	ctx, c := t.Context(), w.as[chair]
	m, err := c.Give(ctx, client.NewGrant{Name: "Ma Thị Mới (thử)", Role: "member", Team: w.team["T1"], From: "2023-06-01"})
	if err != nil || m.Person == "" {
		t.Fatalf("%+v, %v", m, err)
	}
	for name, in := range map[string]struct {
		g      client.NewGrant
		status int
	}{
		"twice":            {client.NewGrant{Person: m.Person, Role: "member", Team: w.team["T1"], From: "2023-07-01"}, 409},
		"backwards":        {client.NewGrant{Person: m.Person, Role: "leader", Team: w.team["T1"], From: "2023-07-01", To: "2023-06-01"}, 400},
		"no name":          {client.NewGrant{Name: " ", Role: "member", Team: w.team["T1"]}, 400},
		"a role's subject": {client.NewGrant{Person: m.Person, Role: "member", Unit: w.unit["A"]}, 400},
		"another level":    {client.NewGrant{Person: m.Person, Role: "commune_officer", Unit: w.unit["P"]}, 403},
		"another commune":  {client.NewGrant{Person: m.Person, Role: "member", Team: w.team["T3"]}, 403},
		"himself":          {client.NewGrant{Person: w.who[chair], Role: "member", Team: w.team["T1"]}, 403},
		"nobody":           {client.NewGrant{Person: newID(), Role: "member", Team: w.team["T1"]}, 404},
	} {
		if _, err := c.Give(ctx, in.g); status(err) != in.status {
			t.Errorf("%s: %v", name, err)
		}
	}
	if e, err := c.EndGrant(ctx, m.Grant, "2023-06-19"); err != nil || e.To != "2023-06-19" {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := c.EndGrant(ctx, m.Grant, "2023-06-30"); status(err) != 409 {
		t.Errorf("ended twice: %v", err)
	}
	if _, err := w.as[province].Give(ctx, client.NewGrant{Person: m.Person, Role: "commune_officer", Unit: w.unit["P"]}); status(err) != 400 {
		t.Errorf("a commune's role on the province: %v", err)
	}
	teams, err := c.Teams(ctx, w.unit["A"])
	if err != nil || teams[1].Members != 2 || teams[1].Leader == "" {
		t.Errorf("%+v, %v", teams, err)
	}
	if seen, err := w.as[viewer].Teams(ctx, w.unit["A"]); err != nil || seen[1].Members != 2 || seen[1].Leader != "" {
		t.Errorf("a viewer sees names: %+v, %v", seen, err)
	}
}
