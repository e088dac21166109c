package httpapi_test

import (
	"bytes"
	"crypto/rand"
	"strconv"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

const teamPolicy = "yb-nq60-team"

// money fails unless T1's month stands so.
func (w *world) money(state string, due, listed, paid, got int64) {
	w.t.Helper()
	if _, err := w.as[leader].Me(w.t.Context()); err != nil { // signs in anew, weeks later
		w.t.Fatal(err)
	}
	v, _, err := w.as[leader].TeamMonth(w.t.Context(), w.team["T1"], month, "")
	want := client.Amounts{Due: due, Listed: listed, Paid: paid, Got: got}
	if err != nil || v.Progress.Money != state || v.Progress.Amounts != want {
		w.t.Errorf("%s %+v, want %s %+v (%v)", v.Progress.Money, v.Progress.Amounts, state, want, err)
	}
}

// budget fails unless the decision is used up so.
func (w *world) budget(want client.BudgetSums) {
	w.t.Helper()
	b, err := w.as[viewer].Budget(w.t.Context(), teamPolicy, 2023)
	if err != nil || b.Total != want {
		w.t.Errorf("budget %+v, want %+v (%v)", b.Total, want, err)
	}
}

func (w *world) draft(kind string) client.PaymentList {
	w.t.Helper()
	out, err := w.as[accountant].DraftLists(w.t.Context(), client.ListWanted{Key: newID(), Kind: kind, Policy: teamPolicy,
		Units: []client.ID{w.unit["A"]}, Months: []string{month}})
	if err != nil || len(out) != 1 || out[0].State != "draft" {
		w.t.Fatalf("%+v, %v", out, err)
	}
	return out[0]
}

// race runs the same for two people at once and returns both answers.
func race[T any](do func(i int) T) (out [2]T) {
	var wg sync.WaitGroup
	for i := range out {
		wg.Add(1)
		go func() { defer wg.Done(); out[i] = do(i) }()
	}
	wg.Wait()
	return out
}

// issue lets the chair and the province issue a draft at once: it is one list.
func (w *world) issue(id client.ID) client.PaymentList {
	w.t.Helper()
	out := race(func(i int) client.IssueResult {
		res, err := w.as[[]string{chair, province}[i]].IssueLists(w.t.Context(), []client.ID{id})
		if err != nil || len(res) != 1 {
			w.t.Errorf("%+v, %v", res, err)
			return client.IssueResult{}
		}
		return res[0]
	})
	if !out[0].Issued || out[0].List.Number == "" || out[1].List.Number != out[0].List.Number || out[1].List.N != out[0].List.N {
		w.t.Fatalf("%+v", out)
	}
	return out[0].List
}

// pay confirms a list by two vouchers at once: one of them pays.
func (w *world) pay(id client.ID, on string, a, b string) (voucher string) {
	w.t.Helper()
	errs := race(func(i int) error {
		_, err := w.as[accountant].PayList(w.t.Context(), id, []string{a, b}[i], on)
		return err
	})
	for i, v := range []string{a, b} {
		if p := client.AsProblem(errs[1-i]); errs[i] == nil && p != nil && p.Status == 409 {
			return v
		}
	}
	w.t.Fatalf("two vouchers: %v, %v", errs[0], errs[1])
	return ""
}

// corrects decides a correction of T1's month as two people.
func (w *world) corrects(kind string, amount int64, close int64) {
	w.t.Helper()
	p, err := w.as[chair].Propose(w.t.Context(), client.Ask{Key: newID(), Kind: kind, Team: w.team["T1"], Month: month, Amount: amount, Close: close, Reason: "Đối chiếu lại"})
	if err == nil {
		_, err = w.as[province].DecideProposal(w.t.Context(), p.ID, "approve", "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) receives(l client.PaymentList, amount int64) {
	w.t.Helper()
	v := w.phone(leader).push(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeReceipt,
		ID: syncproto.DerivedID(syncproto.TypeReceipt, w.team["T1"], l.Number), Set: syncproto.Doc{"team": syncproto.Str(string(w.team["T1"])),
			"list": syncproto.Str(l.Number), "amount": jsontext.Value(strconv.FormatInt(amount, 10)), "on": syncproto.Str("2023-07-10")}})[0]
	if v.V != syncproto.Applied {
		w.t.Fatalf("receipt: %+v", v)
	}
}

// papersOf reads a list in all formats.
func (w *world) papersOf(id client.ID, kind string) {
	w.t.Helper()
	for format, begin := range map[string]string{"pdf": "%PDF-", "xlsx": "PK", "csv": "\ufeffSTT,"} {
		f, err := w.as[accountant].ListPaper(w.t.Context(), id, format, kind)
		if err != nil || !bytes.HasPrefix(f.Bytes, []byte(begin)) || f.Name == "" {
			w.t.Errorf("%s: %q, %v", format, f.Bytes[:min(len(f.Bytes), 20)], err)
		}
	}
}

// TestFlow_MoneyOfATeam follows 500,000 đồng through every state: eligible,
// funded, listed, paid, settled; then a part is recovered and paid back, and
// the quarter is settled.
func TestFlow_MoneyOfATeam(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.logged()
	w.reviewed()
	w.clock.set("2023-07-08")
	tm, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil {
		t.Fatal(err)
	}
	closed, err := w.as[chair].CloseTeamMonth(ctx, w.team["T1"], month, tm.Csum)
	if err != nil {
		t.Fatal(err)
	}
	w.money("eligible", 500_000, 0, 0, 0)
	if _, err := w.as[accountant].DraftLists(ctx, client.ListWanted{Key: newID(), Kind: "payment", Policy: teamPolicy, Units: []client.ID{w.unit["A"]}, Months: []string{month}}); client.AsProblem(err) == nil || client.AsProblem(err).Status != 422 {
		t.Errorf("listed before anything is funded: %v", err)
	}
	if _, err := w.as[province].Fund(ctx, client.Funding{Policy: teamPolicy, Decision: "1/QĐ-UBND", On: "2023-07-08", From: month, To: "2023-07",
		Teams: []client.ID{w.team["T1"]}, Months: 2, Total: 1_000_000, Origin: "A"}); err != nil {
		t.Fatal(err)
	}
	w.money("funded", 500_000, 0, 0, 0)
	list := w.replaced()
	w.paid(list)
	w.spent(list)
	w.corrected(closed.Decision)
	w.proved()
}

// replaced drafts, issues and replaces the list.
func (w *world) replaced() client.PaymentList {
	t, ctx := w.t, w.t.Context()
	d := w.draft("payment")
	w.papersOf(d.ID, "")
	if res, err := w.as[accountant].IssueLists(ctx, []client.ID{d.ID}); client.AsProblem(err) == nil || client.AsProblem(err).Status != 403 {
		t.Errorf("the accountant issues: %+v, %v", res, err)
	}
	w.money("funded", 500_000, 0, 0, 0)
	old := w.issue(d.ID)
	w.papersOf(old.ID, "")
	w.money("listed", 500_000, 500_000, 0, 0)
	w.budget(client.BudgetSums{Granted: 1_000_000, Decided: 500_000, Listed: 500_000, Left: 500_000})
	next, err := w.as[accountant].ReplaceList(ctx, old.ID, newID(), "Sai tên tổ trưởng")
	if err != nil {
		t.Fatal(err)
	}
	list := w.issue(next.ID)
	w.archived(1)
	if list.Before != old.Number || list.Number == old.Number {
		t.Errorf("%+v", list)
	}
	if got, err := w.as[accountant].List(ctx, old.ID); err != nil || got.State != "replaced" || got.Next != list.Number {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := w.as[accountant].PayList(ctx, old.ID, "PC 00", "2023-07-08"); client.AsProblem(err) == nil || client.AsProblem(err).Status != 409 {
		t.Errorf("a replaced list is paid: %v", err)
	}
	w.money("listed", 500_000, 500_000, 0, 0)
	w.budget(client.BudgetSums{Granted: 1_000_000, Decided: 500_000, Listed: 500_000, Left: 500_000})
	return list
}

// paid confirms the list paid and received.
func (w *world) paid(list client.PaymentList) {
	w.clock.set("2023-07-10")
	w.pay(list.ID, "2023-07-10", "PC 01", "PC 02")
	w.money("paid", 500_000, 500_000, 500_000, 0)
	w.receives(list, 500_000)
	w.money("settled", 500_000, 500_000, 500_000, 500_000)
	w.budget(client.BudgetSums{Granted: 1_000_000, Decided: 500_000, Listed: 500_000, Paid: 500_000, Received: 500_000, Left: 500_000})
}

// spent enters what the team bought, from the phone and by the accountant.
func (w *world) spent(client.PaymentList) {
	t, ctx := w.t, w.t.Context()
	vs := w.phone(leader).push(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeSpending, ID: syncproto.NewRecordID(rand.Reader, w.clock.now()),
		Set: syncproto.Doc{"team": syncproto.Str(string(w.team["T1"])), "policy": syncproto.Str(teamPolicy), "category": syncproto.Str("equipment"),
			"amount": jsontext.Value("120000"), "on": syncproto.Str("2023-07-10")}, Add: syncproto.Sets{"evidence": {"paper:HĐ 0012"}}})
	if vs[0].V != syncproto.Applied {
		t.Fatalf("%+v", vs)
	}
	in := client.Spent{Key: newID(), Team: w.team["T1"], Policy: teamPolicy, Category: "mobile_data", Amount: 80_000, On: "2023-07-10", Evidence: []string{"paper:HĐ 0013"}}
	for range 2 {
		if v, err := w.as[accountant].Spend(ctx, in); err != nil || v.V != syncproto.Applied && v.V != syncproto.Noop {
			t.Fatalf("%+v, %v", v, err)
		}
	}
	in.Key, in.Category = newID(), "karaoke"
	if v, err := w.as[accountant].Spend(ctx, in); err != nil || v.V != syncproto.Aside {
		t.Errorf("a use that is not allowed: %+v, %v", v, err)
	}
}

// corrected recovers a part and pays it back, and settles both quarters.
func (w *world) corrected(close int64) {
	t, ctx := w.t, w.t.Context()
	w.corrects("recovery", 200_000, close)
	w.money("adjusted", 300_000, 500_000, 500_000, 500_000)
	rec := w.issue(w.draft("correction").ID)
	w.papersOf(rec.ID, "recovery")
	w.pay(rec.ID, "2023-07-10", "PT 01", "PT 02")
	w.budget(client.BudgetSums{Granted: 1_000_000, Decided: 300_000, Listed: 300_000, Paid: 300_000, Recovered: 200_000, Received: 500_000, Left: 700_000})
	w.clock.set("2023-08-05")
	w.corrects("back_payment", 200_000, close)
	back := w.issue(w.draft("correction").ID)
	w.papersOf(back.ID, "back_payment")
	w.pay(back.ID, "2023-08-05", "PC 03", "PC 04")
	s, err := w.as[accountant].Settlement(ctx, teamPolicy, w.unit["A"], "2023-Q2")
	want := client.SettlementSums{Funded: 500_000, Listed: 500_000, Paid: 700_000, Received: 500_000, Recovered: 200_000}
	if err != nil || s.Total != want {
		t.Errorf("%+v, want %+v (%v)", s.Total, want, err)
	}
	s, err = w.as[viewer].Settlement(ctx, teamPolicy, "", "2023-Q3")
	if err != nil || s.Total.Spent != 200_000 || len(s.Spending) < 2 || s.Spending[0].Amount != 120_000 || s.Spending[0].Evidence != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	if f, err := w.as[accountant].SettlementPaper(ctx, teamPolicy, w.unit["A"], "2023-Q3", "pdf"); err != nil || !bytes.HasPrefix(f.Bytes, []byte("%PDF-")) {
		t.Errorf("%q, %v", f.Name, err)
	}
}
