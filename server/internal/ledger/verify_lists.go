package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// list books an issued list: its number, what it takes back, its lines.
func (b *book) list(d *store.Decision) error {
	var l Issued
	if err := json.Unmarshal(d.Body, &l); err != nil {
		return err
	}
	b.number(l.Number)
	b.lists[l.Number] = &l
	b.issued[l.Draft] = List{State: IssuedNow, Number: l.Number, On: l.On, Issuer: l.IssuedBy, N: d.N, Print: l.Checkpoint.Fingerprint,
		Total: l.Total, Count: int64(len(l.Lines)), Before: l.Replaces}
	if l.Replaces != "" {
		if err := b.takeBack(&l); err != nil {
			return err
		}
	}
	for _, x := range l.Lines {
		p := b.of(l.Policy, x.Subject, x.Period)
		if err := b.line(&l, x, p); err != nil {
			b.say(fmt.Sprintf("list %s, line of %s for %s: %v", l.Number, x.Subject, x.Period, err))
		}
		p.Lines = append(p.Lines, domain.PayLine{List: l.Number, On: l.On, Kind: x.Kind, Amount: x.Amount, Funding: x.Funding})
		p.Listed += x.Amount
		b.listed[x.Funding] += x.Amount
	}
	for _, f := range sums(l.Lines) {
		if total, ok := b.granted[f.Decision]; !ok || b.listed[f.Decision] > total {
			b.say(fmt.Sprintf("list %s: %d are listed under decision %s, which grants %d", l.Number, b.listed[f.Decision], f.Decision, total))
		}
	}
	return nil
}

// number checks that each row of numbers counts 1, 2, 3 in the order of issue.
func (b *book) number(number string) {
	head, row, _ := strings.Cut(number, "/")
	n, err := strconv.Atoi(head)
	if err != nil || n != b.numbers[row]+1 {
		b.say(fmt.Sprintf("list %s follows number %d of %s: there is a gap", number, b.numbers[row], row))
	}
	b.numbers[row] = n
}

// takeBack undoes the list that l replaces.
func (b *book) takeBack(l *Issued) error {
	old := b.lists[l.Replaces]
	switch {
	case old == nil:
		return errors.New("it replaces a list that does not stand")
	case old.Policy != l.Policy || old.Kind != l.Kind:
		return errors.New("it replaces a list of another kind")
	}
	delete(b.lists, l.Replaces)
	was := b.issued[old.Draft]
	was.State, was.Next = Replaced, l.Number
	b.issued[old.Draft] = was
	for _, x := range old.Lines {
		p := b.of(old.Policy, x.Subject, x.Period)
		if slices.ContainsFunc(p.Lines, func(was domain.PayLine) bool { return was.List == old.Number && was.Voucher != "" }) {
			b.say(fmt.Sprintf("list %s replaces %s, of which something is paid", l.Number, old.Number))
		}
		drop(p, old.Number)
		b.listed[x.Funding] -= x.Amount
	}
	return nil
}

// line holds a line against what was due and listed when it was issued.
func (b *book) line(l *Issued, x Line, p *domain.Payment) error {
	key := string(x.Subject) + "/" + string(x.Period)
	if !l.Kind.ofTeams() {
		key = l.Policy + "/" + key
	}
	at := b.dues[key]
	if at == nil || at.n != x.Close || !at.closed {
		return errors.New("it stands on no decision that stood")
	}
	g := at.by[l.Policy]
	if g == nil {
		g = &given{} // another policy judges the month now
	}
	regular := slices.ContainsFunc(p.Lines, func(was domain.PayLine) bool { return was.Kind == domain.LineRegular })
	switch {
	case g.withheld:
		return errors.New("it was withheld")
	case x.Due != g.amount || !slices.Equal(x.Adjusts, g.adjusts):
		return fmt.Errorf("it says that %d are due, the decisions %d", x.Due, g.amount)
	case x.Amount != g.amount-p.Listed:
		return fmt.Errorf("it lists %d of %d due, and %d were listed before", x.Amount, g.amount, p.Listed)
	case x.Kind == domain.LineRegular && regular:
		return errors.New("it is the second regular line")
	}
	return nil
}

// pay books a voucher.
func (b *book) pay(d *store.Decision) error {
	var v Voucher
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return err
	}
	l := b.lists[v.List]
	if l == nil {
		return errors.New("it pays a list that does not stand")
	}
	for _, ref := range v.Lines {
		p := b.of(l.Policy, ref.Subject, ref.Period)
		k := slices.IndexFunc(p.Lines, func(x domain.PayLine) bool { return x.List == v.List && x.Voucher == "" })
		if k < 0 {
			return fmt.Errorf("the line of %s for %s is not on the list, or is paid already", ref.Subject, ref.Period)
		}
		x := &p.Lines[k]
		x.Voucher, x.PaidOn = v.Voucher, v.On
		p.Paid += x.Amount
		b.paid[x.Funding] += x.Amount
	}
	head := b.issued[l.Draft]
	head.Paid, head.PaidN = head.Paid+v.Total, head.PaidN+int64(len(v.Lines))
	b.issued[l.Draft] = head
	return nil
}

// heads holds the records of lists, which screens show, against the decisions.
func (b *book) heads(r store.Reader) error {
	var bad error
	err := r.Members(scopeLists, syncproto.TypeList, func(rec *store.Record) bool {
		var l List
		if bad = json.Unmarshal(rec.Doc, &l); bad != nil {
			return false
		}
		want, ok := b.issued[rec.ID]
		delete(b.issued, rec.ID)
		if !ok && l.Number == "" {
			return true // a draft
		}
		got := List{State: l.State, Number: l.Number, On: l.On, Issuer: l.Issuer, N: l.N, Print: l.Print, Total: l.Total, Count: l.Count,
			Before: l.Before, Next: l.Next, Paid: l.Paid, PaidN: l.PaidN}
		if !reflect.DeepEqual(got, want) {
			b.say(fmt.Sprintf("list %s %s: its record does not say what was decided (number %s, total %d, paid %d)", rec.ID, l.Number, want.Number, want.Total, want.Paid))
		}
		return true
	})
	for _, l := range b.issued {
		b.say("list " + l.Number + " is issued but has no record")
	}
	return cmp.Or(err, bad)
}
