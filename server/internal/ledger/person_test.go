package ledger_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// TestThen_KeptName: who led a team that was listed is de-identified; the list
// printed again is the same bytes, all else has the alias, and when the legal
// time is over the list has it too.
func TestThen_KeptName(t *testing.T) {
	w := closed2023(t, 1, 1)
	leader, team := w.leader, w.teams[0][0]
	name := "Tổ Trưởng Cũ (thử)"
	w.update(func(tx store.Tx) error {
		if err := roster.PutPerson(tx, leader, domain.Person{Name: name}, store.Cause{}); err != nil {
			return err
		}
		return roster.Rename(tx, leader, name, store.Cause{})
	})
	list := w.issued(0)
	file := w.exported(list.ID, "", ledger.XLSX)
	if csv := w.exported(list.ID, "", ledger.CSV); !bytes.Contains(csv, []byte(name)) {
		t.Fatalf("the list does not name the leader:\n%s", csv)
	}
	w.view(func(r store.Reader) error {
		tie, err := ledger.TieOf(r, leader)
		if err != nil || !tie.Named || !slices.Equal(tie.Unpaid, []string{list.Number}) {
			t.Errorf("tie %+v, %v; want list %s unpaid", tie, err, list.Number)
		}
		return nil
	})
	w.turn("2024-05-20")
	w.update(func(tx store.Tx) error {
		v, err := roster.NewVeil(tx, leader, store.Cause{Op: "deidentify"}, nil)
		if err != nil {
			return err
		}
		return roster.PutVeil(tx, v, "2034-05-20")
	})
	if again := w.exported(list.ID, "", ledger.XLSX); !bytes.Equal(again, file) {
		t.Error("printed again it has other bytes")
	}
	w.same("after its leader was de-identified", "", file)
	w.view(func(r store.Reader) error {
		return roster.TeamGrants(r, team, func(g domain.Grant) bool {
			if g.Person == leader && (g.Name == name || g.Name == "") {
				t.Errorf("the team's grant is of %q", g.Name)
			}
			return true
		})
	})
	w.update(func(tx store.Tx) error {
		n, err := roster.DropKept(tx, "2034-05-21")
		if err == nil && n != 1 {
			t.Errorf("dropped %d", n)
		}
		return err
	})
	w.view(func(r store.Reader) error {
		return r.Mentions([]string{name}, func(k store.Key) bool { t.Errorf("%s still has the name", k.Type); return true })
	})
	if csv := w.exported(list.ID, "", ledger.CSV); bytes.Contains(csv, []byte(name)) || !bytes.Contains(csv, []byte("Thành viên ")) {
		t.Errorf("the list ten years later:\n%s", csv)
	}
}
