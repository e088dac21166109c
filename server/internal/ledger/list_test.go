package ledger_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

var ctx = context.Background()

func (w *world) wanted(units ...domain.ID) ledger.Wanted {
	return ledger.Wanted{Key: w.id(), Kind: ledger.ListPayment, Policy: teamPolicy, Units: units, Months: monthsOf("2023-01", "2023-12")}
}

func (w *world) draft(c int) ledger.ListView {
	w.t.Helper()
	out, err := w.svc.Draft(ctx, w.accountant[c], w.wanted(w.communes[c]))
	if err != nil || len(out) != 1 {
		w.t.Fatalf("%v, %v", out, err)
	}
	return out[0]
}

func (w *world) issue(c int, id domain.ID) ledger.IssueResult {
	w.t.Helper()
	out, err := w.svc.Issue(ctx, w.chair[c], []domain.ID{id})
	if err != nil || len(out) != 1 {
		w.t.Fatalf("%v, %v", out, err)
	}
	return out[0]
}

func (w *world) issued(c int) ledger.ListView {
	w.t.Helper()
	res := w.issue(c, w.draft(c).ID)
	if !res.Issued {
		w.t.Fatalf("%+v", res)
	}
	return res.List
}

// flip opens a team's month again, approves or rejects its report and closes it.
func (w *world) flip(c int, team domain.ID, m domain.Month, st domain.State) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		if err := tx.SetClosed(syncproto.TeamMonthScope(team, string(m)), false); err != nil {
			return err
		}
		return w.report(tx, c, team, m, st)
	})
	if err := w.close(c, team, m); err != nil {
		w.t.Fatal(err)
	}
}

func TestIssue_ListsWhatIsDueOnce(t *testing.T) {
	w := closed2023(t, 2, 2)
	d := w.draft(0)
	if d.Count != 14 || d.Total != 7_000_000 || d.Number != "" {
		t.Fatalf("%+v", d.List)
	}
	if p := w.payment(w.teams[0][0], "2023-06"); p.Listed != 0 {
		t.Fatalf("a draft lists nothing: %+v", p)
	}
	one := w.issue(0, d.ID)
	if !one.Issued || one.List.Number != "01/2024/DSCT-04200" || one.List.Print == "" {
		t.Fatalf("%+v", one)
	}
	if again := w.issue(0, d.ID); !cmp.Equal(again.List, one.List) {
		t.Errorf("issuing twice: %s", cmp.Diff(again.List, one.List))
	}
	p := w.payment(w.teams[0][0], "2023-06")
	if p.Listed != 500_000 || len(p.Lines) != 1 || p.Lines[0].Funding != "1845/QĐ-UBND" {
		t.Errorf("%+v", p)
	}
	if _, err := w.svc.Draft(ctx, w.accountant[0], w.wanted(w.communes[0])); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("a second draft finds something: %v", err)
	}
	v, err := w.svc.Show(ctx, w.chair[0], d.ID)
	if err != nil || len(v.Lines) != 14 || v.Lines[0].Name != "Tổ thử 1.1" {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestDraft_OnlyFundedMonths(t *testing.T) {
	w := newWorld(t, 1, 1)
	w.turn("2023-09-20")
	w.work(0, w.teams[0][0], "2023-05", "2023-06", "2023-07")
	for _, m := range monthsOf("2023-05", "2023-07") {
		if err := w.close(0, w.teams[0][0], m); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.svc.Draft(ctx, w.accountant[0], w.wanted(w.communes[0])); domain.CodeOf(err) != domain.Unprocessable {
		t.Fatalf("before the decision: %v", err)
	}
	w.turn("2023-10-13")
	w.fund()
	if d := w.draft(0); d.Count != 2 || d.Total != 1_000_000 {
		t.Errorf("May is out of the window: %+v", d)
	}
}

func TestIssue_ConflictSaysWhatChanged(t *testing.T) {
	w := closed2023(t, 1, 2)
	team := w.teams[0][1]
	d := w.draft(0)
	w.flip(0, team, "2023-08", domain.Rejected)
	res := w.issue(0, d.ID)
	if res.Issued || res.Code != domain.Conflict ||
		!cmp.Equal(res.Changed, []ledger.Change{{Subject: team, Period: "2023-08", Was: 500_000}}) {
		t.Fatalf("%+v", res)
	}
	if p := w.payment(team, "2023-07"); p.Listed != 0 {
		t.Errorf("a refused list listed something: %+v", p)
	}
}

func TestIssue_Recovery(t *testing.T) {
	w := closed2023(t, 1, 1)
	team := w.teams[0][0]
	w.issued(0)
	w.flip(0, team, "2023-08", domain.Rejected)
	c := w.wanted(w.communes[0])
	c.Kind = ledger.ListCorrection
	out, err := w.svc.Draft(ctx, w.accountant[0], c)
	if err != nil || out[0].Total != -500_000 {
		t.Fatalf("%+v, %v", out, err)
	}
	res := w.issue(0, out[0].ID)
	if !res.Issued || res.List.Number != "01/2024/DSDC-04200" {
		t.Fatalf("%+v", res)
	}
	p := w.payment(team, "2023-08")
	if p.Listed != 0 || len(p.Lines) != 2 || p.Lines[1].Kind != domain.LineRecovery || p.Lines[1].Funding != "1845/QĐ-UBND" {
		t.Errorf("%+v", p)
	}
	w.flip(0, team, "2023-08", domain.Approved) // it was right after all
	c.Key = w.id()
	if out, err = w.svc.Draft(ctx, w.accountant[0], c); err != nil || out[0].Total != 500_000 {
		t.Fatalf("%+v, %v", out, err)
	}
	v, err := w.svc.Show(ctx, w.chair[0], out[0].ID)
	if err != nil || v.Lines[0].Kind != domain.LineBack {
		t.Errorf("%+v, %v", v.Lines, err)
	}
}

func TestIssue_NeedsTwoPeopleAndABackup(t *testing.T) {
	w := closed2023(t, 1, 1)
	out, err := w.svc.Draft(ctx, w.chair[0], w.wanted(w.communes[0]))
	if err != nil {
		t.Fatal(err)
	}
	id := out[0].ID
	if res := w.issue(0, id); res.Issued || res.Code != domain.Unprocessable {
		t.Errorf("the drafter issues: %+v", res)
	}
	for name, who := range map[string]domain.Caller{"accountant": w.accountant[0], "viewer": w.viewer, "leader": {Person: w.leader}} {
		if _, err := w.svc.Issue(ctx, who, []domain.ID{id}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.holds.fail = errors.New("no disk")
	if _, err := w.svc.Issue(ctx, w.province, []domain.ID{id}); domain.CodeOf(err) != domain.Unavailable {
		t.Errorf("without a backup: %v", err)
	}
	w.holds.fail, w.holds.lag = nil, 10
	if res, err := w.svc.Issue(ctx, w.province, []domain.ID{id}); err != nil || res[0].Issued || res[0].Code != domain.Conflict {
		t.Errorf("with an old backup: %+v, %v", res, err)
	}
	w.holds.lag = 0
	if res, err := w.svc.Issue(ctx, w.province, []domain.ID{id}); err != nil || !res[0].Issued {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestReplace_SuccessorIsTheWholeTruth(t *testing.T) {
	w := closed2023(t, 1, 2)
	team := w.teams[0][0]
	old := w.issued(0)
	w.flip(0, team, "2023-09", domain.Rejected)
	d, err := w.svc.Replace(ctx, w.accountant[0], old.ID, w.id(), "Tổ 1 không đủ điều kiện tháng 9")
	if err != nil || d.Count != 13 || d.Total != 6_500_000 {
		t.Fatalf("%+v, %v", d, err)
	}
	if p := w.payment(team, "2023-09"); p.Listed != 500_000 {
		t.Errorf("until it is issued the old list stands: %+v", p)
	}
	res := w.issue(0, d.ID)
	if !res.Issued || res.List.Number != "02/2024/DSCT-04200" || res.List.Before != old.Number {
		t.Fatalf("%+v", res)
	}
	if p := w.payment(team, "2023-09"); p.Listed != 0 || len(p.Lines) != 0 {
		t.Errorf("%+v", p)
	}
	if p := w.payment(team, "2023-10"); p.Listed != 500_000 || p.Lines[0].List != res.List.Number {
		t.Errorf("%+v", p)
	}
	if _, err := w.svc.Confirm(ctx, w.accountant[0], old.ID, ledger.Confirmed{Voucher: "PC1", On: "2024-01-20"}); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("a replaced list is paid: %v", err)
	}
}

func TestReplace_NotWhatIsPaid(t *testing.T) {
	w := closed2023(t, 1, 1)
	l := w.issued(0)
	d, err := w.svc.Replace(ctx, w.accountant[0], l.ID, w.id(), "Lý do")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Confirm(ctx, w.accountant[0], l.ID, ledger.Confirmed{Voucher: "PC1", On: "2024-01-20"}); err != nil {
		t.Fatal(err)
	}
	if res := w.issue(0, d.ID); res.Issued || res.Code != domain.Conflict {
		t.Errorf("%+v", res)
	}
	if _, err := w.svc.Replace(ctx, w.accountant[0], l.ID, w.id(), "Lý do"); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("%v", err)
	}
}

func TestConfirm(t *testing.T) {
	w := closed2023(t, 1, 2)
	l := w.issued(0)
	one := ledger.Confirmed{Voucher: "PC 01", On: "2024-01-20", Lines: []ledger.Ref{{Subject: w.teams[0][0], Period: "2023-06"}}}
	for name, c := range map[string]ledger.Confirmed{
		"no voucher":  {On: "2024-01-20"},
		"no day":      {Voucher: "PC 01"},
		"before list": {Voucher: "PC 01", On: "2024-01-19"},
		"tomorrow":    {Voucher: "PC 01", On: "2024-01-21"},
		"other line":  {Voucher: "PC 01", On: "2024-01-20", Lines: []ledger.Ref{{Subject: w.leader, Period: "2023-06"}}},
	} {
		if _, err := w.svc.Confirm(ctx, w.accountant[0], l.ID, c); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 2 {
		got, err := w.svc.Confirm(ctx, w.accountant[0], l.ID, one)
		if err != nil || got.Paid != 500_000 || got.PaidN != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	two := one
	two.Voucher = "PC 02"
	if _, err := w.svc.Confirm(ctx, w.accountant[0], l.ID, two); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("a line paid by two vouchers: %v", err)
	}
	two.Lines = nil
	if got, err := w.svc.Confirm(ctx, w.accountant[0], l.ID, two); err != nil || got.Paid != 7_000_000 || got.PaidN != 14 {
		t.Errorf("the rest: %+v, %v", got, err)
	}
	p := w.payment(w.teams[0][0], "2023-06")
	if p.Paid != 500_000 || p.Lines[0].Voucher != "PC 01" || p.Lines[0].PaidOn != "2024-01-20" {
		t.Errorf("%+v", p)
	}
	if _, err := w.svc.Confirm(ctx, w.chair[0], l.ID, one); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("the chair confirms: %v", err)
	}
}
