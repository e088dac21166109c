package ledger_test

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// supported is a world with officers and recognised units in its rosters.
func supported(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, 1, 1)
	w.turn("2024-01-20")
	w.publish("yb-nq60-officer")
	w.publish("yb-nq60-award")
	w.update(func(tx store.Tx) error {
		return roster.PutUnitVersion(tx, w.id(), domain.UnitVersion{Unit: w.id(), Level: domain.UnitProvince, Code: "15", Kind: "tinh",
			Name: "Tỉnh Yên Bái", Basis: "thử"}, store.Cause{})
	})
	system := domain.Caller{Person: w.id()}
	w.grant(system.Person, domain.RoleSystem, "")
	rost := &roster.Service{Store: w.db, Now: w.clock, Rand: rand.Reader}
	for kind, file := range map[roster.Kind]string{
		roster.ImportSupported: "ref,name,unit_level,unit_code,office,degree,decision,from,to\n" +
			"o1,Cán Bộ Một (thử),province,15,Sở thử,university,1/QĐ,2023-01-01,\n" +
			"o2,Cán Bộ Hai (thử),province,15,Sở thử,master_plus,2/QĐ,2023-06-15,\n" +
			"o3,Cán Bộ Ba (thử),commune,04200,UBND xã thử,,3/QĐ,2023-01-01,2023-07-31\n",
		roster.ImportRecognitions: "ref,name,kind,standard,decision,recognised_on\n" +
			"so-a,Sở A (thử),so_ban_nganh,standard,9/QĐ-UBND,2023-11-20\n" +
			"04200,Xã Thử 1,xa,advanced,9/QĐ-UBND,2023-11-20\n",
	} {
		rep, err := rost.Import(ctx, system, kind, strings.NewReader(file), roster.ImportOptions{})
		if err != nil || !rep.Applied {
			t.Fatalf("%s: %+v, %v", kind, rep, err)
		}
	}
	return w
}

func grantOf(total domain.Money) ledger.Grant {
	return ledger.Grant{Decision: "77/QĐ-UBND", On: "2024-01-10", Total: total}
}

// TestSupport_Officers: two people decide, the lists pay what was decided, and
// the decision's total bounds them.
func TestSupport_Officers(t *testing.T) {
	w := supported(t)
	p, err := w.svc.ProposeSupport(ctx, w.province, w.id(), "yb-nq60-officer", monthsOf("2023-06", "2023-07"))
	// June: o1 1.5 m, o3 1 m, o2 came in the middle; July: 1.5 + 2 + 1 m.
	if err != nil || len(p.Items) != 6 || p.Total != 7_000_000 {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := w.svc.ConfirmSupport(ctx, w.province, p.ID, grantOf(7_000_000)); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("the proposer confirms: %v", err)
	}
	if _, err := w.svc.ConfirmSupport(ctx, w.chair[0], p.ID, grantOf(7_000_000)); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("the chair confirms: %v", err)
	}
	for range 2 {
		if got, err := w.svc.ConfirmSupport(ctx, w.province2, p.ID, grantOf(6_000_000)); err != nil || got.State != "confirmed" {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	out, err := w.svc.Draft(ctx, w.province, ledger.Wanted{Key: w.id(), Kind: ledger.ListOfficers, Policy: "yb-nq60-officer", Months: monthsOf("2023-06", "2023-07")})
	if err != nil || out[0].Count != 5 || out[0].Total != 7_000_000 {
		t.Fatalf("%+v, %v", out, err)
	}
	res, err := w.svc.Issue(ctx, w.province2, []domain.ID{out[0].ID})
	if err != nil || res[0].Issued || !strings.Contains(res[0].Detail, "has 6.000.000 đồng left, less than this list needs") {
		t.Errorf("more than the decision's total is listed: %+v, %v", res, err)
	}
	one, err := w.svc.Draft(ctx, w.province, ledger.Wanted{Key: w.id(), Kind: ledger.ListOfficers, Policy: "yb-nq60-officer", Months: monthsOf("2023-06", "2023-06")})
	if err != nil {
		t.Fatal(err)
	}
	if res, err := w.svc.Issue(ctx, w.province2, []domain.ID{one[0].ID}); err != nil || !res[0].Issued || res[0].List.Number != "01/2024/DSCB-TINH" {
		t.Fatalf("%+v, %v", res, err)
	}
	b, err := w.svc.Budget(ctx, w.viewer, "yb-nq60-officer", 2024)
	want := ledger.BudgetSums{Granted: 6_000_000, Decided: 7_000_000, Used: ledger.Used{Listed: 2_500_000}, Left: 3_500_000}
	if err != nil || len(b.Decisions) != 1 || b.Total != want {
		t.Errorf("%+v, %v", b, err)
	}
	paper, err := w.svc.ListPaper(ctx, w.province, one[0].ID, "", ledger.CSV)
	if err != nil || !bytes.Contains(paper.Bytes, []byte("Cán Bộ Một (thử)")) || !bytes.Contains(paper.Bytes, []byte("1500000")) {
		t.Errorf("%s %v", paper.Bytes, err)
	}
	w.proved(t)
}

// TestSupport_LeftEarlier: the roster learns late that an officer had left; the
// next decision grants nothing for that month and the next list recovers it.
func TestSupport_LeftEarlier(t *testing.T) {
	w := supported(t)
	july := monthsOf("2023-07", "2023-07")
	var paid ledger.ListView
	for _, want := range []domain.Money{4_500_000, -1_000_000} {
		p, err := w.svc.ProposeSupport(ctx, w.province, w.id(), "yb-nq60-officer", july)
		if err == nil {
			_, err = w.svc.ConfirmSupport(ctx, w.province2, p.ID, grantOf(9_000_000))
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := w.svc.Draft(ctx, w.province, ledger.Wanted{Key: w.id(), Kind: ledger.ListOfficers, Policy: "yb-nq60-officer", Months: july})
		if err != nil || out[0].Total != want {
			t.Fatalf("%+v, %v, want %d", out, err, want)
		}
		res, err := w.svc.Issue(ctx, w.province2, []domain.ID{out[0].ID})
		if err != nil || !res[0].Issued {
			t.Fatalf("%+v, %v", res, err)
		}
		paid = res[0].List
		system := domain.Caller{Person: w.id()}
		w.grant(system.Person, domain.RoleSystem, "")
		rost := &roster.Service{Store: w.db, Now: w.clock, Rand: rand.Reader}
		if rep, err := rost.Import(ctx, system, roster.ImportSupported, strings.NewReader("ref,name,unit_level,unit_code,office,degree,decision,from,to\n"+
			"o3,Cán Bộ Ba (thử),commune,04200,UBND xã thử,,3/QĐ,2023-01-01,2023-06-30\n"), roster.ImportOptions{}); err != nil || !rep.Applied {
			t.Fatalf("%+v, %v", rep, err)
		}
	}
	if v, err := w.svc.Show(ctx, w.province, paid.ID); err != nil || len(v.Lines) != 1 || v.Lines[0].Kind != domain.LineRecovery {
		t.Errorf("%+v, %v", v.Lines, err)
	}
	for _, f := range []ledger.Format{ledger.PDF, ledger.XLSX, ledger.CSV} {
		p, err := w.svc.ListPaper(ctx, w.province, paid.ID, "", f)
		if err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if f == ledger.CSV && (!bytes.Contains(p.Bytes, []byte("Thu hồi (đồng)")) || !bytes.Contains(p.Bytes, []byte("1000000")) || bytes.Contains(p.Bytes, []byte("-1000000"))) {
			t.Errorf("the paper does not say that money comes back:\n%s", p.Bytes)
		}
	}
	w.same("what officers pay back", "", w.exported(paid.ID, "", ledger.XLSX))
	if _, err := w.svc.ListPaper(ctx, w.province, paid.ID, "back_payment", ledger.PDF); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a paper that officers' lists don't have: %v", err)
	}
	w.proved(t)
}

// TestSupport_UnknownDegree: what the roster does not tell is never a silent
// zero, and nothing of it is listed.
func TestSupport_UnknownDegree(t *testing.T) {
	w := supported(t)
	rost := &roster.Service{Store: w.db, Now: w.clock, Rand: rand.Reader}
	system := domain.Caller{Person: w.id()}
	w.grant(system.Person, domain.RoleSystem, "")
	if rep, err := rost.Import(ctx, system, roster.ImportSupported, strings.NewReader("ref,name,unit_level,unit_code,office,degree,decision,from,to\n"+
		"o9,Cán Bộ Chín (thử),province,15,Sở thử,,9/QĐ,2023-01-01,\n"), roster.ImportOptions{}); err != nil || !rep.Applied {
		t.Fatalf("%+v, %v", rep, err)
	}
	p, err := w.svc.ProposeSupport(ctx, w.province, w.id(), "yb-nq60-officer", monthsOf("2023-06", "2023-06"))
	if err != nil {
		t.Fatal(err)
	}
	it := p.Items[slices.IndexFunc(p.Items, func(i ledger.SupportItem) bool { return i.Name == "Cán Bộ Chín (thử)" })]
	if it.Result != domain.Incomplete || it.Amount != 0 || !strings.Contains(it.ReasonVi, "chưa biết trình độ của cán bộ") {
		t.Errorf("%+v", it)
	}
	if _, err := w.svc.ConfirmSupport(ctx, w.province2, p.ID, grantOf(9_000_000)); err != nil {
		t.Fatal(err)
	}
	out, err := w.svc.Draft(ctx, w.province, ledger.Wanted{Key: w.id(), Kind: ledger.ListOfficers, Policy: "yb-nq60-officer", Months: monthsOf("2023-06", "2023-06")})
	if err != nil || out[0].Count != 2 || out[0].Total != 2_500_000 {
		t.Errorf("%+v, %v", out, err)
	}
	w.proved(t)
}

// TestSupport_StandardThenAdvanced: a unit is awarded once. When it becomes
// advanced the province has to decide: nothing more is listed by itself, and
// nothing is taken back.
func TestSupport_StandardThenAdvanced(t *testing.T) {
	w := supported(t)
	decide := func(list []domain.Month, grant string) (p ledger.SupportView) {
		t.Helper()
		p, err := w.svc.ProposeSupport(ctx, w.province, w.id(), "yb-nq60-award", list)
		if err == nil {
			_, err = w.svc.ConfirmSupport(ctx, w.province2, p.ID, ledger.Grant{Decision: grant, On: "2024-01-10", Total: 500_000_000})
		}
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	decide(monthsOf("2023-11", "2023-11"), "77/QĐ-UBND")
	wanted := func() ledger.Wanted {
		return ledger.Wanted{Key: w.id(), Kind: ledger.ListAwards, Policy: "yb-nq60-award"}
	}
	out, err := w.svc.Draft(ctx, w.province, wanted())
	if err != nil {
		t.Fatal(err)
	}
	if res, err := w.svc.Issue(ctx, w.province2, []domain.ID{out[0].ID}); err != nil || !res[0].Issued {
		t.Fatalf("%+v, %v", res, err)
	}
	system := domain.Caller{Person: w.id()}
	w.grant(system.Person, domain.RoleSystem, "")
	rost := &roster.Service{Store: w.db, Now: w.clock, Rand: rand.Reader}
	if rep, err := rost.Import(ctx, system, roster.ImportRecognitions, strings.NewReader("ref,name,kind,standard,decision,recognised_on\n"+
		"so-a,Sở A (thử),so_ban_nganh,advanced,11/QĐ-UBND,2024-01-15\n"), roster.ImportOptions{}); err != nil || !rep.Applied {
		t.Fatalf("%+v, %v", rep, err)
	}
	for range 2 {
		p := decide(monthsOf("2024-01", "2024-01"), "78/QĐ-UBND")
		if len(p.Items) != 1 || p.Items[0].Result == domain.Eligible || p.Total != 0 || p.Items[0].ReasonVi == "" {
			t.Errorf("%+v", p)
		}
	}
	if p := decide(monthsOf("2023-11", "2023-11"), "77/QĐ-UBND"); p.Total != 250_000_000 {
		t.Errorf("the same recognitions once more: %+v", p)
	}
	if out, err := w.svc.Draft(ctx, w.province, wanted()); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("something is listed: %+v, %v", out, err)
	}
	w.accepted(wanted())
	if p := decide(monthsOf("2023-11", "2023-11"), "77/QĐ-UBND"); p.Total != 150_000_000 {
		t.Errorf("the earlier recognition once more: %+v", p)
	}
	if out, err := w.svc.Draft(ctx, w.province, wanted()); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("something is listed: %+v, %v", out, err)
	}
	w.proved(t)
}

func TestSupport_Awards(t *testing.T) {
	w := supported(t)
	p, err := w.svc.ProposeSupport(ctx, w.province, w.id(), "yb-nq60-award", monthsOf("2023-01", "2023-12"))
	if err != nil || len(p.Items) != 2 || p.Total != 250_000_000 {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := w.svc.ConfirmSupport(ctx, w.province2, p.ID, grantOf(250_000_000)); err != nil {
		t.Fatal(err)
	}
	out, err := w.svc.Draft(ctx, w.province, ledger.Wanted{Key: w.id(), Kind: ledger.ListAwards, Policy: "yb-nq60-award"})
	if err != nil || out[0].Total != 250_000_000 {
		t.Fatalf("%+v, %v", out, err)
	}
	res, err := w.svc.Issue(ctx, w.province2, []domain.ID{out[0].ID})
	if err != nil || !res[0].Issued {
		t.Fatalf("%+v, %v", res, err)
	}
	if _, err := w.svc.Draft(ctx, w.province, ledger.Wanted{Key: w.id(), Kind: ledger.ListAwards, Policy: "yb-nq60-award"}); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("awarded twice: %v", err)
	}
	if v, err := w.svc.Show(ctx, w.province, out[0].ID); err != nil || v.Lines[0].Name == "" || v.Lines[1].Name == "" {
		t.Errorf("units without names: %+v, %v", v.Lines, err)
	}
	for _, f := range []ledger.Format{ledger.PDF, ledger.XLSX, ledger.CSV} {
		if paper, err := w.svc.ListPaper(ctx, w.province, out[0].ID, "", f); err != nil || len(paper.Bytes) == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
	w.proved(t)
}

// accepted lets the province accept Sở A's rise to advanced: the difference is
// listed once, with the reason on the paper.
func (w *world) accepted(in ledger.Wanted) {
	t, january := w.t, monthsOf("2024-01", "2024-01")
	t.Helper()
	p, err := w.svc.ProposeSupport(ctx, w.province, w.id(), "yb-nq60-award", january)
	if err != nil || !slices.Equal(p.Items[0].Assumed, []string{"R6"}) {
		t.Fatalf("%+v, %v", p, err)
	}
	unit := ledger.Acceptance{Subject: p.Items[0].Subject, Reason: "Lên mức nâng cao, thưởng phần chênh lệch"}
	for what, bad := range map[string][]ledger.Acceptance{"no reason": {{Subject: unit.Subject}}, "nobody": {{Subject: w.id(), Reason: "x"}}, "twice": {unit, unit}} {
		if _, err := w.svc.ProposeSupport(ctx, w.province, w.id(), "yb-nq60-award", january, bad...); domain.CodeOf(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	key := w.id()
	for range 2 {
		if p, err = w.svc.ProposeSupport(ctx, w.province, key, "yb-nq60-award", january, unit); err != nil || p.Items[0].Result != domain.Eligible || p.Total != 150_000_000 || p.Items[0].Accepted == "" {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	defer func() {
		if _, err := w.svc.ProposeSupport(ctx, w.province, w.id(), "yb-nq60-award", monthsOf("2023-11", "2023-11"), unit); domain.CodeOf(err) != domain.Unprocessable {
			t.Errorf("the earlier recognition takes the place of the later one: %v", err)
		}
	}()
	grant := ledger.Grant{Decision: "79/QĐ-UBND", On: "2024-01-18", Total: 50_000_000}
	if _, err := w.svc.ConfirmSupport(ctx, w.province, p.ID, grant); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("the proposer confirms: %v", err)
	}
	if p, err = w.svc.ConfirmSupport(ctx, w.province2, p.ID, grant); err != nil || p.Items[0].ReasonVi != "Đủ điều kiện (cấp tỉnh chấp nhận) – kinh phí theo Quyết định 79/QĐ-UBND" {
		t.Fatalf("%+v, %v", p, err)
	}
	in.Key = w.id()
	out, err := w.svc.Draft(ctx, w.province, in)
	if err != nil || out[0].Total != 50_000_000 {
		t.Fatalf("%+v, %v", out, err)
	}
	if res, err := w.svc.Issue(ctx, w.province2, []domain.ID{out[0].ID}); err != nil || !res[0].Issued {
		t.Fatalf("%+v, %v", res, err)
	}
	if paper := w.exported(out[0].ID, "", ledger.CSV); !bytes.Contains(paper, []byte("quy định tạm (nhãn A): Lên mức nâng cao")) {
		t.Errorf("the paper does not say why:\n%s", paper)
	}
}
