package ledger_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// problems runs the rules of the ledger over the whole chain.
func (w *world) problems() (all []string) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		if err := r.Decisions(1, func(d *store.Decision) bool {
			var bad error
			switch d.Kind {
			case ledger.KindList:
				bad = ledger.VerifyList(r, d)
			case ledger.KindPayment:
				bad = ledger.VerifyVoucher(r, d)
			case ledger.KindGrant:
				bad = ledger.VerifyGrant(r, d)
			case ledger.KindSupport:
				bad = w.svc.VerifySupport(r, d)
			}
			if bad != nil {
				all = append(all, d.Kind+": "+bad.Error())
			}
			return true
		}); err != nil {
			return err
		}
		return ledger.VerifyRecords(r, func(problem string) { all = append(all, problem) })
	})
	return all
}

// proved fails if anything does not hold.
func (w *world) proved(t *testing.T) {
	t.Helper()
	for _, p := range w.problems() {
		t.Error(p)
	}
}

// TestVerify_HoldsThroughALife of lists: replaced, paid, recovered.
func TestVerify_HoldsThroughALife(t *testing.T) {
	w := closed2023(t, 2, 2)
	w.flip(0, w.teams[0][0], "2023-09", domain.Rejected)
	old := w.issued(0)
	w.flip(0, w.teams[0][0], "2023-09", domain.Approved)
	d, err := w.svc.Replace(ctx, w.accountant[0], old.ID, w.id(), "Thiếu một tháng")
	if err != nil {
		t.Fatal(err)
	}
	next := w.issue(0, d.ID)
	if _, err := w.svc.Confirm(ctx, w.accountant[0], next.List.ID, ledger.Confirmed{Voucher: "PC1", On: "2024-01-20"}); err != nil {
		t.Fatal(err)
	}
	w.flip(0, w.teams[0][1], "2023-08", domain.Rejected)
	c := w.wanted(w.communes[0])
	c.Kind = ledger.ListCorrection
	out, err := w.svc.Draft(ctx, w.accountant[0], c)
	if err != nil {
		t.Fatal(err)
	}
	w.issue(0, out[0].ID)
	w.issued(1)
	w.proved(t)
}

// again puts a payment record back with something changed.
func (w *world) tamper(team domain.ID, change func(*domain.Payment)) {
	p := w.payment(team, "2023-06")
	change(&p)
	w.update(func(tx store.Tx) error {
		raw, err := json.Marshal(p, json.Deterministic(true))
		if err != nil {
			return err
		}
		doc, err := syncproto.DecodeDoc(raw)
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: store.Key{Type: domain.TypePayment, ID: domain.PaymentID(p.Policy, p.Subject, p.Period)}, Doc: doc,
			Scopes: []syncproto.Scope{"sys:payments"}, Derived: true})
		return err
	})
}

// rehead changes the record of the list that stands, or deletes it.
func (w *world) rehead(change func(*ledger.List)) {
	l := body[ledger.Issued](w, ledger.KindList, "01/2024/DSCT-04200")
	key := store.Key{Type: syncproto.TypeList, ID: l.Draft}
	w.update(func(tx store.Tx) error {
		if change == nil {
			_, err := tx.Delete(key, store.Cause{})
			return err
		}
		rec, err := tx.Record(key)
		if err != nil {
			return err
		}
		var head ledger.List
		if err := json.Unmarshal(rec.Doc, &head); err != nil {
			return err
		}
		change(&head)
		raw, err := json.Marshal(head, json.Deterministic(true))
		if err != nil {
			return err
		}
		doc, err := syncproto.DecodeDoc(raw)
		if err == nil {
			_, err = tx.Put(store.Put{Key: key, Doc: doc, Scopes: []syncproto.Scope{"sys:lists"}, Derived: true})
		}
		return err
	})
}

// forge appends a list or a voucher that nothing checked.
func (w *world) forge(kind, key string, v any) {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err == nil {
		err = (*jsontext.Value)(&body).Canonicalize()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.update(func(tx store.Tx) error { _, err := tx.Append(kind, key, body); return err })
}

// body is the newest decision of a key.
func body[T any](w *world, kind, key string) (v T) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		d, err := r.Decision(kind, key)
		if err != nil {
			return err
		}
		return json.Unmarshal(d.Body, &v)
	})
	return v
}

// TestVerify_FindsWhatDoesNotHold changes one thing at a time.
func TestVerify_FindsWhatDoesNotHold(t *testing.T) {
	const first = "01/2024/DSCT-04200"
	relist := func(number string, change func(*ledger.Issued)) func(*world) {
		return func(w *world) {
			l := body[ledger.Issued](w, ledger.KindList, first)
			l.Number = number
			change(&l)
			w.forge(ledger.KindList, number, l)
		}
	}
	for name, c := range map[string]struct {
		do   func(*world)
		want string
	}{
		"changed amount":  {func(w *world) { w.tamper(w.teams[0][0], func(p *domain.Payment) { p.Lines[0].Amount++; p.Listed++ }) }, "the record says 500001 listed"},
		"changed sum":     {func(w *world) { w.tamper(w.teams[0][0], func(p *domain.Payment) { p.Paid = 0 }) }, "the record says 500000 listed, 0 paid"},
		"changed day":     {func(w *world) { w.tamper(w.teams[0][0], func(p *domain.Payment) { p.Lines[0].PaidOn = "2024-01-19" }) }, "the record says"},
		"received unpaid": {func(w *world) { w.tamper(w.teams[0][0], func(p *domain.Payment) { p.Received = 500_000 }) }, "the record says"},
		"extra record": {func(w *world) {
			w.tamper(w.teams[0][0], func(p *domain.Payment) { p.Subject = w.leader })
		}, "the decisions 0 and 0"},
		"missing record": {func(w *world) {
			w.update(func(tx store.Tx) error {
				_, err := tx.Delete(store.Key{Type: domain.TypePayment, ID: domain.PaymentID(teamPolicy, w.teams[0][0], "2023-06")}, store.Cause{})
				return err
			})
		}, "is listed but has no record"},
		"running sum": {func(w *world) {
			w.forge(ledger.KindGrant, "99/QĐ", ledger.Grant{Policy: teamPolicy, Decision: "99/QĐ", On: "2024-01-01", Total: 10})
			l := body[ledger.Issued](w, ledger.KindList, first)
			l.Number, l.Lines[0].Funding = "02/2024/DSCT-04200", "99/QĐ"
			w.forge(ledger.KindList, l.Number, l)
		}, "decision 99/QĐ: the running sums say 0 listed"},
		"listed twice":      {relist("02/2024/DSCT-04200", func(*ledger.Issued) {}), "it lists 500000 of 500000 due, and 500000 were listed before"},
		"more than due":     {relist("02/2024/DSCT-04200", func(l *ledger.Issued) { l.Lines[0].Due = 1_000_000 }), "it says that 1000000 are due, the decisions 500000"},
		"second regular":    {relist("02/2024/DSCT-04200", func(l *ledger.Issued) { l.Lines[0].Amount = 0 }), "it is the second regular line"},
		"old close":         {relist("02/2024/DSCT-04200", func(l *ledger.Issued) { l.Lines[0].Close-- }), "it stands on no decision that stood"},
		"gap in numbers":    {relist("03/2024/DSCT-04200", func(*ledger.Issued) {}), "there is a gap"},
		"number twice":      {relist(first, func(*ledger.Issued) {}), "there is a gap"},
		"own number":        {relist("A/2024/DSCT-04200", func(*ledger.Issued) {}), "there is a gap"},
		"replaces nothing":  {relist("02/2024/DSCT-04200", func(l *ledger.Issued) { l.Replaces = "09/2024/DSCT-04200" }), "it replaces a list that does not stand"},
		"replaces a paid":   {relist("02/2024/DSCT-04200", func(l *ledger.Issued) { l.Replaces = first }), "of which something is paid"},
		"over the decision": {relist("02/2024/DSCT-04200", func(*ledger.Issued) {}), "which grants"},
		"other checkpoint":  {relist("02/2024/DSCT-04200", func(l *ledger.Issued) { l.Checkpoint.Fingerprint = "AAAA" }), "its checkpoint is not the one in the chain"},
		"paid twice": {func(w *world) {
			v := body[ledger.Voucher](w, ledger.KindPayment, first+"/PC1")
			v.Voucher = "PC2"
			w.forge(ledger.KindPayment, first+"/PC2", v)
		}, "or is paid already"},
		"pays another list": {func(w *world) {
			v := body[ledger.Voucher](w, ledger.KindPayment, first+"/PC1")
			v.Lines[0].Subject = w.leader
			w.forge(ledger.KindPayment, first+"/PC1", v)
		}, "pays a line that its list does not have"},
		"changed head": {func(w *world) { w.rehead(func(l *ledger.List) { l.Paid += 500_000 }) }, "its record does not say what was decided"},
		"lost head":    {func(w *world) { w.rehead(nil) }, "is issued but has no record"},
		"not a list":   {func(w *world) { w.forge(ledger.KindList, "02/2024/DSCT-04200", 7) }, "can't be booked"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			w := closed2023(t, 1, 1)
			l := w.issued(0)
			if _, err := w.svc.Confirm(ctx, w.accountant[0], l.ID, ledger.Confirmed{Voucher: "PC1", On: "2024-01-20"}); err != nil {
				t.Fatal(err)
			}
			w.proved(t)
			c.do(w)
			if all := w.problems(); !strings.Contains(strings.Join(all, "\n"), c.want) {
				t.Errorf("%q is not among %q", c.want, all)
			}
		})
	}
}
