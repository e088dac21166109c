package ledger

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// VerifyList checks an issued list by itself and against what it stands on:
// its sums, the checkpoint it carries, and that each line names an earlier
// decision about its subject and period.
func VerifyList(r store.Reader, d *store.Decision) error {
	var l Issued
	if err := json.Unmarshal(d.Body, &l, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	switch {
	case d.Key != l.Number:
		return errors.New("its key is another number")
	case l.Total != sum(l.Lines):
		return errors.New("its total is not the sum of its lines")
	case !slices.Equal(l.Funding, sums(l.Lines)):
		return errors.New("its sums by funding decision are not those of its lines")
	case l.DraftedBy == l.IssuedBy:
		return errors.New("one person drafted and issued it")
	case l.Checkpoint.N >= d.N:
		return errors.New("its checkpoint is not older than it")
	}
	at, err := decisionAt(r, l.Checkpoint.N)
	if err != nil {
		return err
	}
	if hex.EncodeToString(at.Hash[:]) != l.Checkpoint.Hash {
		return errors.New("its checkpoint states another hash than the chain has")
	}
	for _, line := range l.Lines {
		if err := verifyLine(r, d.N, &l, line); err != nil {
			return fmt.Errorf("line %s %s: %w", line.Subject, line.Period, err)
		}
	}
	return nil
}

func verifyLine(r store.Reader, n int64, l *Issued, line Line) error {
	on, err := decisionAt(r, line.Close)
	if err != nil {
		return err
	}
	want := string(line.Subject) + "/" + string(line.Period)
	if !l.Kind.ofTeams() {
		want = l.Policy + "/" + want
	}
	switch {
	case line.Close >= n || on.Key != want:
		return errors.New("stands on no earlier decision about it")
	case line.Amount == 0 || line.Due < 0 || line.Due-line.Amount < 0:
		return errors.New("its amounts are impossible")
	case line.Amount < 0 != (line.Kind == domain.LineRecovery):
		return errors.New("its kind does not fit its sign")
	}
	return nil
}

// decisionAt is a decision by its number, without its body.
func decisionAt(r store.Reader, n int64) (out store.Decision, err error) {
	err = r.Decisions(n, func(d *store.Decision) bool {
		out = *d
		out.Body = nil // lent by the store
		return false
	})
	if err == nil && out.N != n {
		err = fmt.Errorf("there is no decision %d", n)
	}
	return out, err
}

// VerifyVoucher checks that a voucher pays lines of an earlier list with their
// amounts.
func VerifyVoucher(r store.Reader, d *store.Decision) error {
	var v Voucher
	if err := json.Unmarshal(d.Body, &v, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	l, err := issuedOf(r, v.List)
	if err != nil {
		return err
	}
	total := domain.Money(0)
	for _, ref := range v.Lines {
		if !slices.ContainsFunc(l.Lines, func(x Line) bool {
			return x.Subject == ref.Subject && x.Period == ref.Period && x.Amount == ref.Amount
		}) {
			return errors.New("pays a line that its list does not have")
		}
		total += ref.Amount
	}
	switch {
	case d.Key != v.List+"/"+v.Voucher:
		return errors.New("its key is another voucher")
	case total != v.Total:
		return errors.New("its total is not the sum of its lines")
	case v.By == l.IssuedBy:
		return errors.New("who issued the list confirmed it paid")
	}
	return nil
}

// book is what the decisions say was listed and paid.
type book struct {
	payments map[domain.ID]*domain.Payment
	listed   map[string]domain.Money // by funding decision
	paid     map[string]domain.Money
}

// VerifyRecords works all payment records and running sums out again from the
// lists and vouchers of the chain, and says what differs.
func VerifyRecords(r store.Reader, say func(problem string)) error {
	b := book{payments: map[domain.ID]*domain.Payment{}, listed: map[string]domain.Money{}, paid: map[string]domain.Money{}}
	var bad error
	err := r.Decisions(1, func(d *store.Decision) bool {
		switch d.Kind {
		case KindList:
			bad = b.list(r, d)
		case KindPayment:
			bad = b.pay(r, d)
		}
		return bad == nil
	})
	if err = errors.Join(err, bad); err != nil {
		return err
	}
	if err := payments(r, scopePayments, func(p domain.Payment) bool {
		b.compare(p, say)
		return true
	}); err != nil {
		return err
	}
	for _, p := range b.payments {
		if len(p.Lines) > 0 {
			say(fmt.Sprintf("payment of %s for %s is listed but has no record", p.Subject, p.Period))
		}
	}
	return b.sums(r, say)
}

func (b *book) of(policy string, s domain.ID, period domain.Period) *domain.Payment {
	id := domain.PaymentID(policy, s, period)
	p := b.payments[id]
	if p == nil {
		p = &domain.Payment{Policy: policy, Subject: s, Period: period}
		b.payments[id] = p
	}
	return p
}

func (b *book) list(r store.Reader, d *store.Decision) error {
	var l Issued
	if err := json.Unmarshal(d.Body, &l); err != nil {
		return err
	}
	if l.Replaces != "" {
		old, err := issuedOf(r, l.Replaces)
		if err != nil {
			return err
		}
		for _, x := range old.Lines {
			drop(b.of(old.Policy, x.Subject, x.Period), old.Number)
			b.listed[x.Funding] -= x.Amount
		}
	}
	for _, x := range l.Lines {
		p := b.of(l.Policy, x.Subject, x.Period)
		p.Lines = append(p.Lines, domain.PayLine{List: l.Number, On: l.On, Kind: x.Kind, Amount: x.Amount, Funding: x.Funding})
		p.Listed += x.Amount
		b.listed[x.Funding] += x.Amount
	}
	return nil
}

func (b *book) pay(r store.Reader, d *store.Decision) error {
	var v Voucher
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return err
	}
	l, err := issuedOf(r, v.List)
	if err != nil {
		return err
	}
	for _, ref := range v.Lines {
		p := b.of(l.Policy, ref.Subject, ref.Period)
		for k := range p.Lines {
			if x := &p.Lines[k]; x.List == v.List {
				x.Voucher, x.PaidOn = v.Voucher, v.On
				p.Paid += x.Amount
				b.paid[x.Funding] += x.Amount
			}
		}
	}
	return nil
}

// compare holds a record against the book and takes it out of it. When the
// leader confirmed receipt is not in the chain.
func (b *book) compare(p domain.Payment, say func(string)) {
	id := domain.PaymentID(p.Policy, p.Subject, p.Period)
	want := b.payments[id]
	delete(b.payments, id)
	if want == nil {
		want = &domain.Payment{}
	}
	lines := slices.Clone(p.Lines)
	received := domain.Money(0)
	for k := range lines {
		if lines[k].Received != "" {
			received += lines[k].Amount
		}
		lines[k].Received = ""
	}
	if p.Listed != want.Listed || p.Paid != want.Paid || p.Received != received || !slices.Equal(lines, want.Lines) {
		say(fmt.Sprintf("payment of %s for %s: the record says %d listed, %d paid, the decisions %d and %d",
			p.Subject, p.Period, p.Listed, p.Paid, want.Listed, want.Paid))
	}
}

func (b *book) sums(r store.Reader, say func(string)) error {
	for f, want := range b.listed {
		u, err := usedOf(r, f)
		if err != nil {
			return err
		}
		if u.Listed != want || u.Paid != b.paid[f] {
			say(fmt.Sprintf("decision %s: the running sums say %d listed, %d paid, the lists %d and %d", f, u.Listed, u.Paid, want, b.paid[f]))
		}
		if total, err := granted(r, f); err != nil || want > total {
			say(fmt.Sprintf("decision %s: %d are listed, %d granted", f, want, total))
		}
	}
	return nil
}
