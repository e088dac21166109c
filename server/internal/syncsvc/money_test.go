package syncsvc

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// office makes lists for a test: no signature, and a backup that is at hand.
type office struct{ db store.Store }

func (o office) Stamp(tx store.Tx) (domain.Checkpoint, error) {
	d, err := tx.LastDecision()
	return domain.Checkpoint{N: d.N}, err
}

func (o office) Hold(ctx context.Context, commit int64) (int64, error) { return commit, nil }

// listed closes and funds July and lists it for the team; it returns the list
// and a voucher's work.
func (w *paid) listed(t *testing.T) (l ledger.ListView, pay func()) {
	t.Helper()
	ctx := context.Background()
	act := w.id()
	log := w.create(act, w.team, "2023-07-10")
	log.Add = map[string][]string{"evidence": {"paper:so 1"}}
	w.phone(w.leader).want(log, syncproto.Applied, "")
	w.phone(w.leader).want(on(syncproto.OpSubmit, act), syncproto.Applied, "")
	review := on(syncproto.OpReview, act)
	review.Seen, review.Args = w.c(syncproto.TypeActivity, act), doc("decision", "approve")
	w.phone(w.chair).want(review, syncproto.Applied, "")
	w.reported()
	if res := w.closeJuly(); !res.Closed || res.Verdict.Result != domain.Eligible {
		t.Fatalf("%+v", res)
	}
	who := domain.Caller{Person: w.province}
	if _, err := w.months.Fund(ctx, who, domain.FundedWindow{Policy: "yb-nq60-team", Decision: "1845/QĐ-UBND", On: "2023-08-10",
		From: "2023-07", To: "2023-07", Teams: []domain.ID{w.team}, Months: 1, Total: 500_000, Origin: domain.Sourced}); err != nil {
		t.Fatal(err)
	}
	accountant := domain.Caller{Person: w.id()}
	w.grant(accountant.Person, domain.RoleAccountant, w.commune, "2023-01-01", "")
	svc := &ledger.Service{Store: w.db, Months: w.months, Sealer: office{w.db}, Backups: office{w.db}, Now: func() time.Time { return w.now }}
	drafts, err := svc.Draft(ctx, accountant, ledger.Wanted{Key: w.id(), Kind: ledger.ListPayment, Policy: "yb-nq60-team",
		Units: []domain.ID{w.commune}, Months: []domain.Month{"2023-07"}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := svc.Issue(ctx, who, []domain.ID{drafts[0].ID})
	if err != nil || !res[0].Issued {
		t.Fatalf("%+v, %v", res, err)
	}
	return res[0].List, func() {
		if _, err := svc.Confirm(ctx, accountant, res[0].List.ID, ledger.Confirmed{Voucher: "PC 1", On: domain.DateOf(w.now)}); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *paid) payment() (p domain.Payment) {
	w.t.Helper()
	w.view(func(r store.Reader) (err error) {
		p, err = ledger.Payment(r, "yb-nq60-team", w.team, "2023-07")
		return err
	})
	return p
}

func TestReceipt(t *testing.T) {
	w := newPaid(t)
	l, pay := w.listed(t)
	receipt := func(amount string) syncproto.Mutation {
		return syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeReceipt, ID: ledger.ReceiptID(w.team, l.Number),
			Set: doc("team", string(w.team), "list", l.Number, "amount", raw(amount), "on", "2023-08-10")}
	}
	leader := w.phone(w.leader)
	leader.want(receipt("500000"), syncproto.Aside, syncproto.CodeInvalid) // nothing is paid yet
	pay()
	w.phone(w.member).want(receipt("500000"), syncproto.Aside, syncproto.CodeForbidden)
	w.phone(w.stranger).want(receipt("500000"), syncproto.Waiting, syncproto.CodeNotMember)
	wrong := receipt("500000")
	wrong.ID = w.id()
	leader.want(wrong, syncproto.Aside, syncproto.CodeInvalid)
	leader.want(receipt("400000"), syncproto.Applied, "") // less than the voucher says
	if p := w.payment(); p.Received != 0 {
		t.Fatalf("an amount that differs counts as received: %+v", p)
	}
	leader.want(receipt("500000"), syncproto.Applied, "")
	second := w.phone(w.leader)
	second.t = 100 // other bytes than the first phone's
	second.want(receipt("500000"), syncproto.Noop, "")
	leader.want(receipt("300000"), syncproto.Aside, syncproto.CodeConflictMaterial)
	if p := w.payment(); p.Received != 500_000 || p.Lines[0].Received != "2023-08-10" {
		t.Errorf("%+v", p)
	}
}

func TestSpending(t *testing.T) {
	w := newPaid(t)
	spend := func(more ...any) syncproto.Mutation {
		m := syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeSpending, ID: w.id(),
			Set: doc("team", string(w.team), "policy", "yb-nq60-team", "category", w.use(), "amount", raw("120000"), "on", "2023-08-09"),
			Add: map[string][]string{"evidence": {"paper:HD 0012"}}}
		for k, v := range doc(more...) {
			m.Set[k] = v
		}
		return m
	}
	leader := w.phone(w.leader)
	ok := spend()
	leader.want(ok, syncproto.Applied, "")
	leader.want(ok, syncproto.Noop, "")
	for name, m := range map[string]syncproto.Mutation{
		"a use that is not allowed": spend("category", "karaoke"),
		"no policy":                 spend("policy", "no-such"),
		"nothing":                   spend("amount", raw("0")),
		"a loss":                    spend("amount", raw("-5")),
	} {
		if v := leader.do(m); v.V != syncproto.Aside || v.Code != syncproto.CodeInvalid {
			t.Errorf("%s: %+v", name, v)
		}
	}
	bare := spend()
	bare.Add = nil
	leader.want(bare, syncproto.Aside, syncproto.CodeInvalid)
	leader.want(spend("on", "2023-08-11"), syncproto.Aside, syncproto.CodeFutureDate)
	w.phone(w.member).want(spend(), syncproto.Aside, syncproto.CodeForbidden)
	edit := syncproto.Mutation{Op: syncproto.OpEdit, Type: syncproto.TypeSpending, ID: ok.ID, Set: doc("amount", raw("90000")), Was: doc("amount", raw("120000"))}
	leader.want(edit, syncproto.Applied, "")
	stale := syncproto.Mutation{Op: syncproto.OpEdit, Type: syncproto.TypeSpending, ID: ok.ID, Set: doc("amount", raw("80000")), Was: doc("amount", raw("120000"))}
	leader.want(stale, syncproto.Aside, syncproto.CodeConflictMaterial)
	leader.want(syncproto.Mutation{Op: syncproto.OpDelete, Type: syncproto.TypeSpending, ID: ok.ID}, syncproto.Applied, "")
}

// use is an allowed use of the policy, as phones know it.
func (w *paid) use() (id string) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		uses, err := ledger.Uses(r, "yb-nq60-team")
		if err == nil && len(uses) > 0 {
			id = uses[0].ID
		}
		return err
	})
	if id == "" {
		w.t.Fatal("the policy allows nothing")
	}
	return id
}

// costly publishes a policy that pays real costs, moved to 2023.
func (w *paid) costly() {
	w.t.Helper()
	file, err := data.Files.ReadFile("policies/dn-nq36.json")
	if err != nil {
		w.t.Fatal(err)
	}
	moved := strings.NewReplacer(`"from": "2024-08"`, `"from": "2023-01"`, `"from_day": "2024-08-10",`, "").Replace(string(file))
	if _, err := w.months.Publish(context.Background(), domain.Caller{Person: w.province}, []byte(moved)); err != nil {
		w.t.Fatal(err)
	}
}

// TestSpending_AfterTheClose: what a closed month counted stays as it is; a cost
// that comes later is set aside, and adopting it proposes a back payment.
func TestSpending_AfterTheClose(t *testing.T) {
	w := newPaid(t)
	w.costly()
	cost := func(amount string) syncproto.Mutation {
		return syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeSpending, ID: w.id(),
			Set: doc("team", string(w.team), "policy", "dn-nq36", "category", "telecom", "amount", raw(amount), "on", "2023-07-20"),
			Add: syncproto.Sets{"evidence": {"paper:HD 0012"}}}
	}
	due := func() (amount domain.Money) {
		w.view(func(r store.Reader) error {
			list, err := w.months.Dues(r, w.team, "2023-07")
			for _, d := range list {
				if d.Policy == "dn-nq36" {
					amount = d.Amount
				}
			}
			return err
		})
		return amount
	}
	leader, chair := w.phone(w.leader), w.phone(w.chair)
	first := cost("200000")
	leader.want(first, syncproto.Applied, "")
	w.closeJuly()
	if due() != 200_000 {
		t.Fatalf("due %d", due())
	}
	leader.want(syncproto.Mutation{Op: syncproto.OpEdit, Type: syncproto.TypeSpending, ID: first.ID,
		Set: doc("amount", raw("90000")), Was: doc("amount", raw("200000"))}, syncproto.Aside, syncproto.CodeMonthClosed)
	leader.want(syncproto.Mutation{Op: syncproto.OpDelete, Type: syncproto.TypeSpending, ID: first.ID}, syncproto.Aside, syncproto.CodeMonthClosed)
	late := leader.want(cost("150000"), syncproto.Aside, syncproto.CodeMonthClosed)
	chair.want(closeCase(syncproto.OpAdopt, late.Case, doc("h", "", "reason", "Hóa đơn về muộn")), syncproto.Applied, "")
	_, kase := w.record(syncproto.TypeCase, late.Case)
	prop, pd := w.record(syncproto.TypeProposal, syncproto.ID(kase.Str("proposal")))
	if n, _ := pd.Int("amount"); prop == nil || n != 150_000 || pd.Str("policy") != "dn-nq36" {
		t.Fatalf("%v", pd)
	}
	if _, err := w.months.DecideProposal(context.Background(), domain.Caller{Person: w.province}, prop.ID, months.Approve, ""); err != nil {
		t.Fatal(err)
	}
	if due() != 350_000 {
		t.Errorf("due %d", due())
	}
	// The other money of the team has nothing to do with it.
	other := cost("10000")
	other.Set["policy"], other.Set["category"] = syncproto.Str("yb-nq60-team"), syncproto.Str(w.use())
	leader.want(other, syncproto.Applied, "")
}
