package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// takenIn is a stopped server and the file of a phone of its only member.
func takenIn(t *testing.T) (dir, path string, person, team domain.ID) {
	t.Helper()
	ctx, dir := t.Context(), fresh(t)
	a, err := New(ctx, Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	id := func() domain.ID { return syncproto.NewRandomID(a.cfg.Rand) }
	person, team = id(), id()
	commune, other := id(), id()
	err = a.store.Update(ctx, func(tx store.Tx) error {
		for _, x := range []domain.ID{team, other} {
			if err := roster.PutTeam(tx, x, domain.Team{Name: "Tổ thử", Commune: commune}, store.Cause{}); err != nil {
				return err
			}
		}
		if err := roster.PutPerson(tx, person, domain.Person{Name: "Người thử"}, store.Cause{}); err != nil {
			return err
		}
		return roster.PutGrant(tx, id(), domain.Grant{Person: person, Role: domain.RoleMember, Team: team, Name: "Người thử"}, store.Cause{})
	})
	if err != nil {
		t.Fatal(err)
	}
	logged := func(by, team domain.ID) syncproto.RawMutation {
		raw, err := syncproto.EncodeMutation(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeActivity, ID: syncproto.NewRecordID(a.cfg.Rand, a.cfg.Now()), By: by, T: 1,
			Set: syncproto.Doc{"team": syncproto.Str(string(team)), "done_on": syncproto.Str(string(domain.DateOf(a.cfg.Now()))), "category": syncproto.Str("HOP_TO")}})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	file, err := syncproto.EncodeOutboxFile(person, []syncproto.RawMutation{logged(person, team), logged(id(), team), logged(person, other), syncproto.RawMutation(`{"op":"?"}`)})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "chua-gui.json")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return dir, path, person, team
}

// activitiesOf counts what the server holds of a team.
func activitiesOf(t *testing.T, dir string, team domain.ID) (n int) {
	t.Helper()
	a, err := New(t.Context(), Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	err = a.store.View(t.Context(), func(r store.Reader) error {
		return r.Members(syncproto.TeamMonthScope(team, string(domain.DateOf(a.cfg.Now()).Month())), syncproto.TypeActivity, func(*store.Record) bool { n++; return true })
	})
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTakeIn: a file is a push of its person and of nobody else; twice is once.
func TestTakeIn(t *testing.T) {
	dir, path, _, team := takenIn(t)
	code, out, msg := run(t, "take-in", path, "--dry-run", "--data", dir)
	if code != 0 || !strings.Contains(out, "4 steps of Người thử") || activitiesOf(t, dir, team) != 0 {
		t.Fatalf("dry run: %d %s %s", code, out, msg)
	}
	var first string
	for round := range 2 {
		code, out, msg := run(t, "take-in", path, "--data", dir)
		if code != 0 {
			t.Fatalf("round %d: %s", round, msg)
		}
		for _, want := range []string{"1 applied\n", "1 aside forbidden\n", "1 waiting not_member\n", "1 aside invalid\n"} {
			if !strings.Contains(out, want) {
				t.Errorf("round %d: no %q in\n%s", round, want, out)
			}
		}
		if round == 0 {
			first = out
		} else if out != first {
			t.Errorf("the second time it says\n%s", out)
		}
		if n := activitiesOf(t, dir, team); n != 1 {
			t.Errorf("round %d: %d activities", round, n)
		}
	}
}

func TestTakeIn_NotOurs(t *testing.T) {
	dir, path, person, _ := takenIn(t)
	good := string(read(t, path))
	for name, text := range map[string]string{
		"empty": "", "page": "<html>", "cut": good[:len(good)/2],
		"nobody's": strings.ReplaceAll(good, string(person), "AZDEY4u3cK2p1QmVdXkLcw"),
	} {
		bad := filepath.Join(t.TempDir(), "bad.json")
		write(t, bad, text)
		if code, out, _ := run(t, "take-in", bad, "--data", dir); code != 1 || out != "" {
			t.Errorf("%s: %d %s", name, code, out)
		}
	}
	if code, _, _ := run(t, "take-in", filepath.Join(t.TempDir(), "none"), "--data", dir); code != 1 {
		t.Errorf("no file: %d", code)
	}
}
