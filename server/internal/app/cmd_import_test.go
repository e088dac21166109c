package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// administered is a stopped server that somebody administers.
func administered(t *testing.T) (dir string) {
	t.Helper()
	dir = fresh(t)
	a, err := New(t.Context(), Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	person := syncproto.NewRandomID(a.cfg.Rand)
	err = a.store.Update(t.Context(), func(tx store.Tx) error {
		if err := roster.PutPerson(tx, person, domain.Person{Name: "Quản trị (thử)"}, store.Cause{}); err != nil {
			return err
		}
		return roster.PutGrant(tx, syncproto.NewRandomID(a.cfg.Rand), domain.Grant{Person: person, Role: domain.RoleSystem}, store.Cause{})
	})
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestImport_AtTheTerminal: bad rows are told in both languages and nothing is
// taken in; --json tells of every row; what was taken in is unchanged the next time.
func TestImport_AtTheTerminal(t *testing.T) {
	dir, file := administered(t), filepath.Join(t.TempDir(), "units.csv")
	write := func(rows ...string) {
		t.Helper()
		text := "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref\n" + strings.Join(rows, "\n") + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good, bad := "province,15,tinh,Tỉnh Yên Bái,,,2023-01-01,,,", "commune,04249,phuong,Phường Yên Thịnh,,15,2023-13-01,,,"
	write(good, bad)
	code, out, msg := run(t, "import", "units", file, "--data", dir)
	if code == 0 || !strings.Contains(out, "dòng / line 3, valid_from: ") || !strings.Contains(out, " / ") || !strings.Contains(msg, "nothing was taken in") {
		t.Errorf("a bad row: %d %s %s", code, out, msg)
	}
	for _, want := range []roster.Status{roster.Created, roster.Unchanged} {
		write(good)
		code, out, msg = run(t, "import", "units", file, "--json", "--data", dir)
		var rep roster.ImportReport
		if err := json.Unmarshal([]byte(out), &rep); code != 0 || err != nil || len(rep.Rows) != 1 || rep.Rows[0].Status != want || rep.Rows[0].Line != 2 {
			t.Errorf("%d %v: %s %s", code, err, out, msg)
		}
	}
}
