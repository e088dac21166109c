package ledger_test

import (
	"bytes"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// exported is a list as a file.
func (w *world) exported(id domain.ID, kind string, f ledger.Format) []byte {
	w.t.Helper()
	p, err := w.svc.ListPaper(ctx, w.province, id, kind, f)
	if err != nil {
		w.t.Fatal(err)
	}
	return p.Bytes
}

func (w *world) compared(number string, file []byte) (c ledger.Comparison, err error) {
	w.t.Helper()
	err = w.db.View(ctx, func(r store.Reader) error {
		var inner error
		c, inner = w.svc.CompareList(r, number, file)
		return inner
	})
	return c, err
}

// same fails unless a file is all of its list.
func (w *world) same(what, number string, file []byte) ledger.Comparison {
	w.t.Helper()
	c, err := w.compared(number, file)
	if err != nil || len(c.Differences) > 0 || c.Cells == 0 || number != "" && c.Number != number {
		w.t.Errorf("%s: %+v, %v", what, c, err)
	}
	return c
}

// TestCompareList holds every kind of list, exported before and after it was
// replaced, against its decision.
func TestCompareList(t *testing.T) {
	w := closed2023(t, 1, 2)
	team := w.teams[0][0]
	old := w.issued(0)
	before := w.exported(old.ID, "", ledger.XLSX)
	w.same("a workbook says its number", "", before)
	w.same("a CSV file does not", old.Number, w.exported(old.ID, "", ledger.CSV))
	if _, err := w.compared("", w.exported(old.ID, "", ledger.CSV)); err == nil {
		t.Error("a CSV file without a number was found")
	}
	w.flip(0, team, "2023-09", domain.Rejected)
	d, err := w.svc.Replace(ctx, w.accountant[0], old.ID, w.id(), "Không đủ điều kiện tháng 9")
	if err != nil {
		t.Fatal(err)
	}
	next := w.issue(0, d.ID).List
	for what, file := range map[string][]byte{"before": before, "after": w.exported(old.ID, "", ledger.XLSX)} {
		if c := w.same(what+" it was replaced", "", file); c.Replaced != next.Number {
			t.Errorf("%s: %+v", what, c)
		}
	}
	w.same("the successor", "", w.exported(next.ID, "", ledger.XLSX))
	if c, err := w.compared(next.Number, before); err != nil || len(c.Differences) == 0 {
		t.Errorf("the old file passes for the successor: %+v, %v", c, err)
	}
	w.flip(0, w.teams[0][1], "2023-08", domain.Rejected)
	w.flip(0, team, "2023-09", domain.Approved)
	in := w.wanted(w.communes[0])
	in.Kind = ledger.ListCorrection
	out, err := w.svc.Draft(ctx, w.accountant[0], in)
	if err != nil {
		t.Fatal(err)
	}
	rec := w.issue(0, out[0].ID).List
	w.same("recovery", "", w.exported(rec.ID, "recovery", ledger.XLSX))
	forged := bytes.Replace(w.exported(rec.ID, "recovery", ledger.CSV), []byte("500000"), []byte("400000"), 1)
	if c, err := w.compared(rec.Number, forged); err != nil || len(c.Differences) != 1 || c.Differences[0].Got != "400000" {
		t.Errorf("%+v, %v", c, err)
	}
	w.svc.Invented = true
	w.same("of invented people", "", w.exported(next.ID, "", ledger.XLSX))
}

// TestCompareList_NamesOfItsDay: an issued list keeps the names that it was
// issued with, whoever leads or is called what today; its successor has the new
// ones.
func TestCompareList_NamesOfItsDay(t *testing.T) {
	w := closed2023(t, 1, 1)
	team := w.teams[0][0]
	old := w.issued(0)
	file := w.exported(old.ID, "", ledger.XLSX)
	w.turn("2024-02-20")
	w.update(func(tx store.Tx) error {
		tm, err := roster.Team(tx, team)
		if err != nil {
			return err
		}
		tm.Name = "Tổ đổi tên"
		if err := roster.PutTeam(tx, team, tm, store.Cause{}); err != nil {
			return err
		}
		return roster.PutGrant(tx, w.id(), domain.Grant{Person: w.id(), Role: domain.RoleLeader, Team: team, Name: "Người mới (thử)",
			Interval: domain.Interval{From: "2022-01-01"}}, store.Cause{})
	})
	w.same("after the names changed", "", file)
	if again := w.exported(old.ID, "", ledger.XLSX); !bytes.Equal(again, file) {
		t.Error("printed again it has other bytes")
	}
	d, err := w.svc.Replace(ctx, w.accountant[0], old.ID, w.id(), "Đổi tên tổ")
	if err != nil {
		t.Fatal(err)
	}
	next := w.exported(w.issue(0, d.ID).List.ID, "", ledger.CSV)
	for _, name := range []string{"Tổ đổi tên", "Người mới (thử)"} {
		if !bytes.Contains(next, []byte(name)) {
			t.Errorf("the successor does not say %s:\n%s", name, next)
		}
	}
}
