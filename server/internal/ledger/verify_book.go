package ledger

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
)

// book is what the decisions say, read from the first to the last: what is due
// to whom, what was listed and paid of it, and which number comes next.
type book struct {
	say      func(problem string)
	dues     map[string]*standing // by key of the decision it stands on
	payments map[domain.ID]*domain.Payment
	lists    map[string]*Issued      // that stand
	issued   map[domain.ID]List      // what each list's record must say, by its id
	granted  map[string]domain.Money // by decision on money
	listed   map[string]domain.Money
	paid     map[string]domain.Money
	numbers  map[string]int // the last of each row of numbers
}

// standing is what the newest decision about a subject and period gives.
type standing struct {
	n      int64
	by     map[string]*given // by policy
	closed bool              // false: reopened since
}

type given struct {
	amount   domain.Money
	adjusts  []int64
	withheld bool
}

// VerifyRecords reads the chain of decisions once more from the beginning,
// works out for each list what could be listed at that moment, and holds
// payment records and running sums against it. It says what differs and goes
// on.
func VerifyRecords(r store.Reader, say func(problem string)) error {
	b := &book{say: say, dues: map[string]*standing{}, payments: map[domain.ID]*domain.Payment{}, lists: map[string]*Issued{},
		issued: map[domain.ID]List{}, granted: map[string]domain.Money{}, listed: map[string]domain.Money{}, paid: map[string]domain.Money{}, numbers: map[string]int{}}
	kinds := map[string]func(*store.Decision) error{
		months.KindClose: b.close, months.KindReopen: b.reopen, months.KindAdjustment: b.adjust, months.KindFunding: b.fund,
		KindGrant: b.grant, KindSupport: b.support, KindList: b.list, KindPayment: b.pay,
	}
	if err := r.Decisions(1, func(d *store.Decision) bool {
		if read, ok := kinds[d.Kind]; ok {
			if err := read(d); err != nil {
				say(fmt.Sprintf("decision %d (%s) can't be booked: %v", d.N, d.Kind, err))
			}
		}
		return true
	}); err != nil {
		return err
	}
	if err := payments(r, scopePayments, func(p domain.Payment) bool {
		b.compare(p)
		return true
	}); err != nil {
		say("the payment records can't be read: " + err.Error())
	}
	for _, p := range b.payments {
		if len(p.Lines) > 0 {
			say(fmt.Sprintf("payment of %s for %s is listed but has no record", p.Subject, p.Period))
		}
	}
	return errors.Join(b.heads(r), b.sums(r))
}

// place is where a subject's period stands, made at need.
func (b *book) place(key string) *standing {
	if b.dues[key] == nil {
		b.dues[key] = &standing{by: map[string]*given{}}
	}
	return b.dues[key]
}

// closeSums is the part of domain.Close that money follows from; the verdicts
// of further policies lie flat in it.
type closeSums struct {
	Verdict policySum   `json:"verdict"`
	Others  []policySum `json:"others"`
}

type policySum struct {
	Policy string       `json:"policy"`
	Amount domain.Money `json:"amount"`
}

func (b *book) close(d *store.Decision) error {
	var c closeSums
	if err := json.Unmarshal(d.Body, &c); err != nil {
		return err
	}
	at := &standing{n: d.N, closed: true, by: map[string]*given{}}
	for _, v := range append(c.Others, c.Verdict) {
		at.by[v.Policy] = &given{amount: v.Amount}
	}
	b.dues[d.Key] = at
	return nil
}

func (b *book) reopen(d *store.Decision) error {
	b.place(d.Key).closed = false
	return nil
}

func (b *book) adjust(d *store.Decision) error {
	var a domain.Adjustment
	if err := json.Unmarshal(d.Body, &a); err != nil {
		return err
	}
	at := b.place(string(a.Team) + "/" + string(a.Month))
	g := at.by[a.Policy]
	if at.n != a.Close || !at.closed || g == nil {
		return errors.New("it corrects no close that stood")
	}
	g.adjusts = append(g.adjusts, d.N)
	switch a.Kind {
	case domain.AdjustBack:
		g.amount += a.Amount
	case domain.AdjustRecovery:
		g.amount -= a.Amount
	case domain.AdjustWithhold, domain.AdjustRelease:
		g.withheld = a.Kind == domain.AdjustWithhold
	}
	if g.amount < 0 {
		return errors.New("it recovers more than is due")
	}
	return nil
}

func (b *book) fund(d *store.Decision) error {
	var w domain.FundedWindow
	err := json.Unmarshal(d.Body, &w)
	b.granted[w.Decision] = w.Total
	return err
}

func (b *book) grant(d *store.Decision) error {
	var g Grant
	err := json.Unmarshal(d.Body, &g)
	b.granted[g.Decision] = g.Total
	return err
}

func (b *book) support(d *store.Decision) error {
	var sp Support
	if err := json.Unmarshal(d.Body, &sp); err != nil {
		return err
	}
	g := &given{}
	if sp.Verdict.Result == domain.Eligible {
		g.amount = sp.Verdict.Amount
	}
	b.dues[d.Key] = &standing{n: d.N, closed: true, by: map[string]*given{sp.Policy: g}}
	return nil
}

// of is the payment of a subject's period as far as it was read.
func (b *book) of(policy string, s domain.ID, period domain.Period) *domain.Payment {
	id := domain.PaymentID(policy, s, period)
	p := b.payments[id]
	if p == nil {
		p = &domain.Payment{Policy: policy, Subject: s, Period: period}
		b.payments[id] = p
	}
	return p
}

// compare holds a record against the book and takes it out of it. When the
// leader confirmed receipt is not in the chain.
func (b *book) compare(p domain.Payment) {
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
		b.say(fmt.Sprintf("payment of %s for %s: the record says %d listed, %d paid, the decisions %d and %d",
			p.Subject, p.Period, p.Listed, p.Paid, want.Listed, want.Paid))
	}
}

// sums holds the running sums against the lists, and the lists against what
// was granted (R16).
func (b *book) sums(r store.Reader) error {
	for _, f := range slices.Sorted(maps.Keys(b.granted)) {
		u, err := usedOf(r, f)
		if err != nil {
			return err
		}
		if u.Listed != b.listed[f] || u.Paid != b.paid[f] {
			b.say(fmt.Sprintf("decision %s: the running sums say %d listed, %d paid, the lists %d and %d", f, u.Listed, u.Paid, b.listed[f], b.paid[f]))
		}
	}
	return nil
}
