package ledger_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// oracle follows the chain of decisions from its first link and keeps books
// of its own, with types of its own.
type oracle struct {
	t                                     testing.TB
	due, listed, paid                     map[string]int64 // by "<team>/<month>"
	open                                  map[string]bool
	issued                                map[string]oList
	gone, done                            map[string]bool // lists that were replaced, lines that were paid
	granted, under                        map[string]int64
	lists, recoveries, vouchers, replaced int
}

type oList struct {
	Number   string  `json:"number"`
	Lines    []oLine `json:"lines"`
	Total    int64   `json:"total"`
	Replaces string  `json:"replaces"`
}

type oLine struct {
	Subject string `json:"subject"`
	Period  string `json:"period"`
	Amount  int64  `json:"amount"`
	Funding string `json:"funding"`
}

func (l oLine) key() string { return l.Subject + "/" + l.Period }

type oClose struct {
	Team    string `json:"team"`
	Month   string `json:"month"`
	Verdict struct {
		Result string `json:"result"`
		Amount int64  `json:"amount"`
	} `json:"verdict"`
}

type oFunding struct {
	Decision string `json:"decision"`
	Total    int64  `json:"total"`
}

type oVoucher struct {
	List  string  `json:"list"`
	Lines []oLine `json:"lines"`
	Total int64   `json:"total"`
}

func follow(t testing.TB, w *world) *oracle {
	t.Helper()
	o := &oracle{t: t, due: map[string]int64{}, listed: map[string]int64{}, paid: map[string]int64{}, open: map[string]bool{},
		issued: map[string]oList{}, gone: map[string]bool{}, done: map[string]bool{}, granted: map[string]int64{}, under: map[string]int64{}}
	w.view(func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			switch d.Kind {
			case "close":
				c := decode[oClose](t, d)
				delete(o.open, d.Key)
				o.due[d.Key] = 0
				if c.Verdict.Result == "eligible" {
					o.due[d.Key] = c.Verdict.Amount
				}
			case "test_open":
				o.open[d.Key] = true
			case "funding":
				f := decode[oFunding](t, d)
				o.granted[f.Decision] = f.Total
			case "list":
				o.list(decode[oList](t, d))
			case "payment":
				o.pay(decode[oVoucher](t, d))
			}
			return true
		})
	})
	return o
}

func decode[T any](t testing.TB, d *store.Decision) (v T) {
	t.Helper()
	if err := json.Unmarshal(d.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (o *oracle) list(l oList) {
	if _, twice := o.issued[l.Number]; twice {
		o.t.Errorf("two lists with number %s", l.Number)
	}
	o.lists++
	if l.Replaces != "" {
		o.replaced++
		old := o.issued[l.Replaces]
		if o.gone[l.Replaces] {
			o.t.Errorf("%s was replaced twice", l.Replaces)
		}
		o.gone[l.Replaces] = true
		for _, x := range old.Lines {
			if o.done[l.Replaces+x.key()] {
				o.t.Errorf("%s was paid and then replaced", l.Replaces)
			}
			o.listed[x.key()] -= x.Amount
			o.under[x.Funding] -= x.Amount
		}
	}
	total := int64(0)
	for _, x := range l.Lines {
		total += x.Amount
		if x.Amount < 0 {
			o.recoveries++
		}
		o.listed[x.key()] += x.Amount
		o.under[x.Funding] += x.Amount
		if o.open[x.key()] || o.listed[x.key()] > o.due[x.key()] || o.listed[x.key()] < 0 {
			o.t.Errorf("%s lists %d in all for %s, due %d, open %t", l.Number, o.listed[x.key()], x.key(), o.due[x.key()], o.open[x.key()])
		}
	}
	for f, n := range o.under {
		if n > o.granted[f] {
			o.t.Errorf("%s lists %d under %q of %d", l.Number, n, f, o.granted[f])
		}
	}
	if total != l.Total {
		o.t.Errorf("%s: total %d, lines %d", l.Number, l.Total, total)
	}
	o.issued[l.Number] = l
}

func (o *oracle) pay(v oVoucher) {
	o.vouchers++
	l, ok := o.issued[v.List]
	if !ok || o.gone[v.List] {
		o.t.Errorf("a voucher pays %s, which does not stand", v.List)
	}
	for _, x := range v.Lines {
		k := slices.IndexFunc(l.Lines, func(y oLine) bool { return y.key() == x.key() })
		if k < 0 || l.Lines[k].Amount != x.Amount || o.done[v.List+x.key()] {
			o.t.Errorf("%s pays %+v", v.List, x)
		}
		o.done[v.List+x.key()] = true
		o.paid[x.key()] += x.Amount
	}
}

// compare holds the payment records and the counters against the books.
func (o *oracle) compare(w *world) {
	o.t.Helper()
	seen := map[string]bool{}
	w.view(func(r store.Reader) error {
		under := int64(0)
		if err := r.Counters("ledger/", func(k string, n int64) bool {
			if strings.HasSuffix(k, "/listed") {
				under += n
			}
			return true
		}); err != nil {
			return err
		}
		if want := o.under["1845/QĐ-UBND"]; under != want {
			o.t.Errorf("counter of what is listed: %d, lists %d", under, want)
		}
		return r.Members("sys:payments", syncproto.TypePayment, func(rec *store.Record) bool {
			var p domain.Payment
			if err := json.Unmarshal(rec.Doc, &p); err != nil {
				o.t.Error(err)
				return false
			}
			k := fmt.Sprintf("%s/%s", p.Subject, p.Period)
			seen[k] = true
			if int64(p.Listed) != o.listed[k] || int64(p.Paid) != o.paid[k] {
				o.t.Errorf("%s: record says %d listed and %d paid, decisions %d and %d", k, p.Listed, p.Paid, o.listed[k], o.paid[k])
			}
			return true
		})
	})
	for k, n := range o.listed {
		if n != 0 && !seen[k] {
			o.t.Errorf("%s has no payment record", k)
		}
	}
}

func sortedValues(m map[string]int64) []int64 { return slices.Sorted(maps.Values(m)) }
