package roster_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

func TestImport_SecondRunChangesNothing(t *testing.T) {
	w, _ := few(t)
	head := w.head()
	for kind, csv := range map[roster.Kind]string{roster.ImportUnits: fewUnits, roster.ImportTeams: fewTeams,
		roster.ImportMembers: fewPeople, roster.ImportOfficers: fewOfficers} {
		rep := w.load(kind, "\ufeff"+strings.ReplaceAll(csv, ",", ";"))
		if rep.Unchanged != len(rep.Rows) {
			t.Errorf("%s: %+v", kind, rep)
		}
	}
	if got := w.head(); got != head {
		t.Errorf("the second run wrote %d records", got-head)
	}
}

func (w *world) head() (n int64) {
	w.view(func(r store.Reader) error {
		n = r.Head().Commit
		return nil
	})
	return n
}

func TestImport_AllOrNothing(t *testing.T) {
	w, _ := few(t)
	csv := "ref,name,role,team_ref,from,to\n" +
		"P9,Mới,member,T1,2023-05-01,\n" + // good
		"P10,Mới,member,T77,2023-05-01,\n" + // no such team
		"P11,Mới,member,T1,05/01/2023,\n" + // not a day
		"P12,Mới,member\n" + // too few fields
		"P9,Mới,member,T1,2023-05-01,\n" // doubled
	head := w.head()
	for _, opt := range []roster.ImportOptions{{}, {DryRun: true}, {DryRun: true, SkipBad: true}} {
		rep, err := w.svc.Import(t.Context(), w.admin, roster.ImportMembers, strings.NewReader(csv), opt)
		if err != nil || rep.Created != 1 || rep.Bad != 4 || rep.Applied || w.head() != head {
			t.Fatalf("%+v: %+v, %v; %d records written", opt, rep, err, w.head()-head)
		}
		var lines []string
		for _, r := range rep.Rows {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %s %s", r.Line, r.Status, r.Field)))
		}
		want := []string{"2 created", "3 bad team_ref", "4 bad from", "5 bad", "6 bad"}
		if d := cmp.Diff(want, lines); d != "" {
			t.Error(d)
		}
	}
	rep, err := w.svc.Import(t.Context(), w.admin, roster.ImportMembers, strings.NewReader(csv), roster.ImportOptions{SkipBad: true})
	if err != nil || !rep.Applied || rep.Created != 1 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if again := w.load(roster.ImportMembers, "ref,name,role,team_ref,from,to\nP9,Mới,member,T1,2023-05-01,\n"); again.Unchanged != 1 {
		t.Errorf("%+v", again)
	}
}

func TestImport_UpdatesInPlace(t *testing.T) {
	w, ids := few(t)
	rep := w.load(roster.ImportMembers, strings.ReplaceAll(fewPeople, "Lò Văn A", "Lò Văn An"))
	if rep.Updated != 1 || rep.Unchanged != 2 || rep.Rows[0].ID != ids["P1"] {
		t.Errorf("%+v", rep)
	}
	rep = w.load(roster.ImportTeams, strings.Replace(fewTeams, "04249", "04270", 1))
	if rep.Updated != 1 || rep.Rows[0].ID != ids["T1"] {
		t.Errorf("%+v", rep)
	}
	w.view(func(r store.Reader) error {
		team, err := roster.Team(r, ids["T1"])
		if err == nil && (team.Commune != ids["04270"] || team.CommuneOn("2023-05-31") != ids["04249"] || team.CommuneOn("2023-06-01") != ids["04270"]) {
			t.Errorf("%+v", team)
		}
		return err
	})
}

func TestImport_RefusesTheFile(t *testing.T) {
	w := newWorld(t, "2023-06-01")
	for name, c := range map[string]struct {
		csv  string
		code domain.Code
	}{
		"header":  {"ref,name\n", domain.Invalid},
		"empty":   {"", domain.Invalid},
		"extra":   {strings.Replace(fewTeams, "village,decision", "village,note,decision", 1), domain.Invalid},
		"doubled": {strings.Replace(fewTeams, "ref,name", "ref,ref", 1), domain.Invalid},
		"tcvn3":   {"ref,name,level,commune_code,village,decision,established_on,dissolved_on\nT1,T\xd8,village,1,,1,2023-01-01,\n", domain.Invalid},
		"quote":   {fewTeams + "T3,\"Tổ,village,04249,,1,2023-01-01,\n", domain.Invalid},
		"large":   {fewTeams + strings.Repeat("x", roster.MaxImportBytes), domain.TooLarge},
		"long":    {fewTeams + strings.Repeat("a,b\n", roster.MaxImportRows), domain.TooLarge},
	} {
		_, err := w.svc.Import(t.Context(), w.admin, roster.ImportTeams, strings.NewReader(c.csv), roster.ImportOptions{SkipBad: true})
		if domain.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if _, err := w.svc.Import(t.Context(), w.admin, "hamlets", strings.NewReader(fewTeams), roster.ImportOptions{}); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("unknown kind: %v", err)
	}
}

func TestImport_Rights(t *testing.T) {
	w, ids := few(t)
	for name, who := range map[string]domain.Caller{"member": caller(ids["P1"]), "chair": caller(ids["C1"]), "viewer": caller(ids["V1"]),
		"nobody": caller(syncproto.NewRandomID(rand.Reader)), "revoked": {Person: w.admin.Person, PushOnly: true}} {
		for _, kind := range []roster.Kind{roster.ImportTeams, roster.ImportOfficers} {
			csv := map[roster.Kind]string{roster.ImportTeams: fewTeams, roster.ImportOfficers: fewOfficers}[kind]
			if _, err := w.svc.Import(t.Context(), who, kind, strings.NewReader(csv), roster.ImportOptions{DryRun: true}); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("%s imports %s: %v", name, kind, err)
			}
		}
	}
}

func TestPutGrant_MarksCasesDue(t *testing.T) {
	w, ids := few(t)
	w.view(func(r store.Reader) error {
		due := map[string]bool{}
		err := r.Due(roster.DueRedecide, func(key string) bool {
			due[key] = true
			return true
		})
		if !due[string(ids["P2"])] {
			t.Errorf("no mark for a new member: %v", due)
		}
		return err
	})
}

func TestSetUp_OnlyOnce(t *testing.T) {
	w := newWorld(t, "2023-06-01")
	err := w.store.Update(t.Context(), func(tx store.Tx) error {
		_, err := roster.SetUp(tx, rand.Reader, "Kẻ khác")
		return err
	})
	if domain.CodeOf(err) != domain.Conflict {
		t.Errorf("a second administrator: %v", err)
	}
}

func TestReads_Rights(t *testing.T) {
	w, ids := few(t)
	teams := func(who domain.ID, commune string) string {
		list, err := w.svc.Teams(t.Context(), caller(who), ids[commune])
		if err != nil {
			return string(domain.CodeOf(err))
		}
		var names []string
		for _, x := range list {
			names = append(names, x.Name)
		}
		return strings.Join(names, " ")
	}
	for _, c := range []struct{ who, commune, want string }{
		{"V1", "", "Tổ 1 Tổ 2"}, {"V1", "04249", "Tổ 1"}, {"C1", "04249", "Tổ 1"}, {"C1", "", "Tổ 1"}, {"C1", "04270", "forbidden"},
		{"P1", "", "Tổ 1"}, {"P3", "04249", "forbidden"}, {"nobody", "", "forbidden"},
	} {
		got := strings.Fields(teams(ids[c.who], c.commune))
		if len(strings.Fields(c.want)) != len(got) || !strings.Contains(teams(ids[c.who], c.commune), strings.Fields(c.want)[0]) {
			t.Errorf("teams of %q for %s: %v, want %s", c.commune, c.who, got, c.want)
		}
	}
	for who, want := range map[string]string{"P2": "", "C1": "", "P3": "forbidden", "V1": "forbidden"} {
		list, err := w.svc.People(t.Context(), caller(ids[who]), ids["T1"])
		if string(domain.CodeOf(err)) != want || want == "" && len(list) != 2 {
			t.Errorf("people of T1 for %s: %d, %v", who, len(list), err)
		}
	}
	us, err := w.svc.Units(t.Context(), caller(ids["P1"]), roster.UnitFilter{Query: "minh bao"})
	if err != nil || len(us) != 1 || us[0].Code != "04270" {
		t.Errorf("search: %+v, %v", us, err)
	}
	regs, err := w.svc.Registrations(t.Context(), caller(ids["P1"]), 2023)
	if err != nil || len(regs) != 0 {
		t.Errorf("registrations: %+v, %v", regs, err)
	}
}

// FuzzImport: no file makes an import panic or write after a refusal.
func FuzzImport(f *testing.F) {
	for _, s := range []string{fewUnits, fewTeams, fewPeople, fewOfficers, "\ufeff;;\"\n", "ref\r\n\x00,\n"} {
		f.Add(string(roster.ImportTeams), []byte(s))
		f.Add(string(roster.ImportUnits), []byte(s))
	}
	f.Fuzz(func(t *testing.T, kind string, file []byte) {
		tbl, err := roster.ReadTable(roster.Kind(kind), bytes.NewReader(file))
		if err != nil && domain.CodeOf(err) == "" {
			t.Fatalf("an error that no caller may see: %v", err)
		}
		if err == nil && tbl == 0 && bytes.Count(file, []byte("\n")) > 1 && len(bytes.TrimSpace(file[bytes.IndexByte(file, '\n'):])) > 0 {
			t.Fatalf("rows were lost: %q", file)
		}
	})
}
