package httpapi_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/persons"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
	phoneengine "github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// personRequestOf is the body of a new request about somebody.
func personRequestOf(who string) func(*world, string) string {
	return func(w *world, _ string) string {
		return fmt.Sprintf(`{"key":%q,"person":%q,"kind":"export","received":"2023-06-19"}`, newID(), w.who[who])
	}
}

// onPersonRequest asks about a request that is not there: who may not handle
// any is told nothing of it.
func onPersonRequest(suffix, body string) []ask {
	a := ask{may: []string{province, system}, status: 404}
	if body != "" {
		a.body = fixed(body)
	}
	a.to = func(*world) string { return "/v1/person-requests/" + string(newID()) + suffix }
	return []ask{a}
}

// request enters one for a principal.
func (w *world) request(as, about, kind string) client.PersonRequest {
	w.t.Helper()
	q, err := w.as[as].EnterPersonRequest(w.t.Context(), client.NewPersonRequest{Key: newID(), Person: w.who[about], Kind: kind, Received: "2023-06-16"})
	if err != nil {
		w.t.Fatal(err)
	}
	return q
}

// refusedAs fails unless an error has a code.
func (w *world) refusedAs(err error, code string) {
	w.t.Helper()
	var p *client.Problem
	if !errors.As(err, &p) || p.Code != code {
		w.t.Errorf("error %v, want %s", err, code)
	}
}

// endRoles ends all roles of a principal in T1.
func (w *world) endRoles(about string) {
	w.t.Helper()
	rows, err := w.as[province].People(w.t.Context(), w.team["T1"])
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Person == w.who[about] {
			if _, err := w.as[province].EndGrant(w.t.Context(), r.Grant, "2023-06-19"); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// TestPersons_Clock: a request that came in on a Friday is due on Tuesday, and
// from Wednesday on it is late.
func TestPersons_Clock(t *testing.T) {
	w := newWorld(t)
	q := w.request(province, member, "export")
	if q.Due != "2023-06-20" || q.Overdue || q.LeftDays != 0 {
		t.Errorf("%+v", q)
	}
	w.clock.set("2023-06-21")
	list, err := w.as[system].PersonRequests(t.Context())
	if err != nil || len(list) != 1 || !list[0].Overdue || list[0].LeftDays != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	_, err = w.as[province].EnterPersonRequest(t.Context(), client.NewPersonRequest{Key: newID(), Person: w.who[province], Kind: "export", Received: "2023-06-16"})
	w.refusedAs(err, "forbidden")
	found, err := w.as[province].FindPeople(t.Context(), "thanh vien")
	if err != nil || len(found) != 1 || found[0].ID != w.who[member] || found[0].Roles[0].Place != "Tổ Một" {
		t.Errorf("found %+v, %v", found, err)
	}
}

// TestPersons_Export: the copy holds what is the person's, and of others no
// name; making it stands in the log.
func TestPersons_Export(t *testing.T) {
	w := newWorld(t)
	id := w.pending()
	q := w.request(province, member, "export")
	_, err := w.as[province].AnswerPersonRequest(t.Context(), q.ID, true, "")
	w.refusedAs(err, "unprocessable")
	f, err := w.as[province].ExportPerson(t.Context(), q.ID)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(f.Bytes), int64(len(f.Bytes)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range z.File {
		names = append(names, e.Name)
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Thành Viên (thử)", string(id), "máy thử"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("%s lacks %q", e.Name, want)
			}
		}
		if bytes.Contains(b, []byte("Tổ Trưởng (thử)")) {
			t.Errorf("%s names somebody else", e.Name)
		}
	}
	if !slices.Equal(names, []string{"doc-truoc.html", "du-lieu.json"}) {
		t.Errorf("files %v", names)
	}
	if q, err = w.as[province].AnswerPersonRequest(t.Context(), q.ID, true, "Đã giao tận tay"); err != nil || q.State != "done" {
		t.Errorf("%+v, %v", q, err)
	}
	log, _, err := w.as[system].AuditLog(t.Context(), client.AuditQuery{Kind: "/export"})
	if err != nil || len(log) != 1 || log[0].By != w.who[province] {
		t.Errorf("log %+v, %v", log, err)
	}
}

// TestPersons_ExportOfAnOfficer: what an officer wrote about other people is
// named in the copy, not copied.
func TestPersons_ExportOfAnOfficer(t *testing.T) {
	w := newWorld(t)
	other, err := w.as[province].EnterPersonRequest(t.Context(), client.NewPersonRequest{Key: newID(), Person: w.who[member], Kind: "deidentify", Received: "2023-06-16", Note: "Ốm nặng (thử)"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.as[province].Import(t.Context(), "members", []byte("ref,name,role,team_ref,from,to\nx1,Thanh Vien (thu),member,T1,2023-06-25,\n"), false, false); err != nil {
		t.Fatal(err)
	}
	q := w.request(system, province, "export")
	f, err := w.as[system].ExportPerson(t.Context(), q.ID)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(f.Bytes), int64(len(f.Bytes)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open("du-lieu.json")
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(other.ID)) {
		t.Error("the request that the officer entered isn't named")
	}
	for _, not := range []string{"Ốm nặng (thử)", "Thành Viên (thử)", "Tổ Trưởng (thử)", string(w.who[member])} {
		if bytes.Contains(b, []byte(not)) {
			t.Errorf("the copy has %q", not)
		}
	}
}

// TestPersons_Correct: the name is right wherever it stands, and the team's
// phones learn it.
func TestPersons_Correct(t *testing.T) {
	w := newWorld(t)
	q := w.request(system, member, "correct")
	q, err := w.as[system].CorrectPerson(t.Context(), q.ID, "Thành Viên Đúng (thử)")
	if err != nil || q.State != "done" || q.Name != "Thành Viên Đúng (thử)" {
		t.Fatalf("%+v, %v", q, err)
	}
	if names := w.names(w.engine(leader)); !slices.Contains(names, "Thành Viên Đúng (thử)") || slices.Contains(names, "Thành Viên (thử)") {
		t.Errorf("the leader's phone has %v", names)
	}
	_, err = w.as[system].CorrectPerson(t.Context(), q.ID, "Lần Nữa (thử)")
	w.refusedAs(err, "conflict")
}

// TestPersons_Deidentify goes the whole way: refused while a role is held, two
// people, then no byte of the name or the number is in the file, the team's
// phones have the alias, sums and chain hold, an import does not bring the name
// back, and an older copy of the store loses it again at its start.
func TestPersons_Deidentify(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.pending()
	if _, err := w.as[member].SetNotifyPrefs(ctx, client.NotifyPrefs{SMS: "+84912345670", QuietFrom: 1, QuietTo: 2}); err != nil {
		t.Fatal(err)
	}
	older, token := filepath.Join(t.TempDir(), "older"), w.as[member].Token()
	w.copyData(older)
	q := w.request(province, member, "deidentify")
	_, err := w.as[province].DeidentifyPerson(ctx, q.ID, "propose")
	w.refusedAs(err, "conflict")
	w.endRoles(member)
	held := w.engine(leader)
	if names := w.names(held); !slices.Contains(names, "Thành Viên (thử)") {
		t.Fatalf("the leader's phone has %v", names)
	}
	for _, step := range []struct{ who, choice, code string }{
		{province, "confirm", "conflict"}, {province, "propose", ""}, {province, "propose", ""}, {province, "confirm", "unprocessable"},
		{system, "withdraw", "forbidden"}, {system, "confirm", ""}, {system, "confirm", ""}, {province, "withdraw", "conflict"},
	} {
		q2, err := w.as[step.who].DeidentifyPerson(ctx, q.ID, step.choice)
		if step.code != "" {
			w.refusedAs(err, step.code)
		} else if err != nil {
			t.Fatalf("%s %s: %v", step.who, step.choice, err)
		} else {
			q = q2
		}
	}
	alias := q.Name
	if !strings.HasPrefix(alias, "Thành viên ") || !q.Veiled || q.State != "done" || q.KeptUntil != "" {
		t.Fatalf("%+v", q)
	}
	if names := w.names(held); !slices.Contains(names, alias) || slices.Contains(names, "Thành Viên (thử)") {
		t.Errorf("the leader's phone has %v", names)
	}
	_, err = w.as[member].Me(ctx)
	if err == nil {
		t.Error("the account still answers")
	}
	if codes, err := w.as[system].NewCodes(ctx, []client.ID{w.who[member]}); err != nil || codes[0].Error != "forbidden" {
		t.Errorf("a code for somebody who was de-identified: %+v, %v", codes, err)
	}
	rep, err := w.as[system].Import(ctx, "members", []byte("ref,name,role,team_ref,from,to\nm1,Thành Viên (thử),member,T1,2023-06-25,\n"), false, true)
	if err != nil || rep.Bad != 1 || rep.Rows[0].Field != "ref" {
		t.Errorf("import: %+v, %v", rep, err)
	}
	if v, err := w.as[system].Verify(ctx); err != nil || v.Found != 0 || v.Kinds["person_request"] != 1 {
		t.Errorf("verify: %+v, %v", v, err)
	}
	data := w.stop()
	w.clean(data, "Thành Viên (thử)", "84912345670")

	b, err := os.ReadFile(filepath.Join(data, persons.FileName))
	if err != nil || !bytes.Contains(b, []byte(w.who[member])) {
		t.Fatalf("list of ids: %q, %v", b, err)
	}
	if err := os.Remove(filepath.Join(data, persons.FileName)); err != nil { // as a kill before it was written leaves it
		t.Fatal(err)
	}
	w.restart(data)
	if again, err := os.ReadFile(filepath.Join(data, persons.FileName)); err != nil || !bytes.Equal(again, b) {
		t.Errorf("list of ids, made again: %q, %v", again, err)
	}
	if err := os.WriteFile(filepath.Join(older, persons.FileName), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err = os.ReadFile(app.StorePath(older)); err != nil || !bytes.Contains(b, []byte("Thành Viên (thử)")) || !bytes.Contains(b, []byte("84912345670")) {
		t.Fatalf("the older copy should know the name and the number: %v", err)
	}
	w.opensNothing(older, token)
	w.restart(older) // which finds nothing to do
	w.clean(older, "Thành Viên (thử)", "84912345670")
}

// engine is a phone of a principal with the engine of the protocol.
func (w *world) engine(as string) *phoneengine.Engine {
	w.t.Helper()
	e, err := phoneengine.New(phoneengine.Config{Local: memlocal.New(), Now: w.clock.now, Rand: rand.Reader, Person: w.who[as], App: "1.0.0",
		Transport: &phoneengine.HTTP{Base: "http://banso.test", Tokens: phoneengine.StaticToken(w.as[as].Token()), Client: &http.Client{Transport: direct{w.app.Handler()}}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// direct calls a handler.
type direct struct{ http.Handler }

func (d direct) RoundTrip(req *http.Request) (*http.Response, error) {
	req.RemoteAddr = "192.0.2.1:1000"
	rec := httptest.NewRecorder()
	d.ServeHTTP(rec, req)
	return rec.Result(), nil
}

// names are those of T1's grants that a phone holds after a sync, by which its
// copy agrees with the server's sums.
func (w *world) names(e *phoneengine.Engine) (list []string) {
	w.t.Helper()
	for range 2 { // it asks for what the first answer named
		if _, err := e.Sync(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
	if differ, err := e.Verify(); err != nil || len(differ) > 0 {
		w.t.Errorf("the phone's copy differs in %v, %v", differ, err)
	}
	shown, err := e.List(syncproto.TypeGrant, syncproto.TeamScope(w.team["T1"]))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range shown {
		list = append(list, s.Doc.Str("name"))
	}
	return list
}

// copyData copies the store as it is now, with the keys.
func (w *world) copyData(dir string) {
	w.t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	keys, err := os.ReadFile(app.KeysPath(w.data))
	if err == nil {
		err = os.WriteFile(app.KeysPath(dir), keys, 0o600)
	}
	if err == nil {
		_, err = w.app.Store().Backup(w.t.Context(), app.StorePath(dir))
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// stop ends the server and returns its folder.
func (w *world) stop() string {
	w.t.Helper()
	if err := w.app.Close(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	return w.data
}

// restart starts and stops a server on a folder.
func (w *world) restart(data string) {
	w.t.Helper()
	a, err := app.New(w.t.Context(), app.Config{Data: data, Now: w.clock.now, Handful: true})
	if err == nil {
		err = a.Close(w.t.Context())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// opensNothing starts the server on a folder, where a token of before opens
// nothing, and stops it.
func (w *world) opensNothing(data, token string) {
	w.t.Helper()
	a, err := app.New(w.t.Context(), app.Config{Data: data, Now: w.clock.now, Handful: true})
	if err != nil {
		w.t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodGet, "/v1/me", nil)
	req.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	a.Handler().ServeHTTP(rec, req)
	if rec.Code != http.StatusUnauthorized {
		w.t.Errorf("a token of before answers %d: %s", rec.Code, rec.Body)
	}
	if err := a.Close(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// clean checks a store, packs it without its free pages, and looks for texts.
func (w *world) clean(data string, texts ...string) {
	w.t.Helper()
	packed := filepath.Join(w.t.TempDir(), "packed")
	if _, err := boltstore.Compact(app.StorePath(data), packed); err != nil {
		w.t.Fatal(err)
	}
	b, err := os.ReadFile(packed)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range texts {
		if i := bytes.Index(b, []byte(s)); i >= 0 {
			w.t.Errorf("%q is still in the file: %q", s, b[max(0, i-120):min(len(b), i+80)])
		}
	}
	if rep, err := app.Audit(w.t.Context(), data); err != nil || rep.Found != 0 {
		w.t.Errorf("audit: %+v, %v", rep, err)
	}
}
