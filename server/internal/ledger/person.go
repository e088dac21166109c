package ledger

import (
	"bytes"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Tie is how money is tied to a person who asks to be de-identified.
type Tie struct {
	// Unpaid names what is still to be paid through their hands: numbers of
	// lists, and policies whose money is granted and not listed yet.
	Unpaid []string
	// Named: papers of money bear the name and must go on to do so.
	Named bool
}

// TieOf looks for a person in all payments, and in the chain of decisions as
// who was paid or who decided. Closes don't count: they hold ids of whole teams
// and no paper shows a name from them.
func TieOf(r store.Reader, person domain.ID) (t Tie, err error) {
	gs, err := roster.GrantsOf(r, person)
	if err != nil {
		return t, err
	}
	open := func(what string) {
		if !slices.Contains(t.Unpaid, what) {
			t.Unpaid = append(t.Unpaid, what)
		}
	}
	listed := map[string]domain.Money{} // to the person, by policy and period
	if err := payments(r, scopePayments, func(p domain.Payment) bool {
		for _, l := range p.Lines {
			if p.Subject != person && !led(gs, p.Subject, l.On) {
				continue
			}
			t.Named = true
			if l.Voucher == "" {
				open(l.List)
			}
		}
		if p.Subject == person {
			listed[p.Policy+"/"+string(p.Period)] = p.Listed
		}
		return true
	}); err != nil {
		return t, err
	}
	due, named, err := inChain(r, person)
	t.Named = t.Named || named
	for key, d := range due {
		if d.amount > listed[key] {
			open(d.policy)
		}
	}
	slices.Sort(t.Unpaid)
	return t, err
}

func led(gs domain.Grants, team domain.ID, on domain.Date) bool {
	return slices.ContainsFunc(gs, func(g domain.Grant) bool {
		return g.Team == team && team != "" && g.Role != domain.RoleMember && g.Has(on)
	})
}

type grantee struct {
	policy string
	amount domain.Money
}

// inChain reads what was granted to a person, by policy and period, and
// whether decisions on money name the person at all.
func inChain(r store.Reader, person domain.ID) (due map[string]grantee, named bool, err error) {
	due = map[string]grantee{}
	var bad error
	err = r.Decisions(1, func(d *store.Decision) bool {
		if d.Kind == months.KindClose || !bytes.Contains(d.Body, []byte(person)) || !moneyKinds[d.Kind] {
			return true
		}
		named = true
		if d.Kind != KindSupport {
			return true
		}
		var s Support
		if bad = json.Unmarshal(d.Body, &s); bad == nil && s.Subject == person {
			due[s.Policy+"/"+string(s.Period)] = grantee{s.Policy, s.Verdict.Amount}
		}
		return bad == nil
	})
	if err == nil {
		err = bad
	}
	return due, named, err
}

// moneyKinds are the decisions whose papers bear names.
var moneyKinds = map[string]bool{
	KindList: true, KindPayment: true, KindGrant: true, KindSupport: true,
	months.KindFunding: true, months.KindAdjustment: true, months.KindTopUp: true,
}

// Forget takes the name of a de-identified person out of the proposals of
// support; the decisions that followed from them hold ids only.
func Forget(tx store.Tx, v *roster.Veil) error {
	asked, err := v.Among(tx, scopeSupport, typeSupport)
	if err != nil {
		return err
	}
	for _, k := range asked {
		var bad error
		if err := v.Put(tx, k, func(d syncproto.Doc) {
			raw, ok := d["items"]
			if !ok || bad != nil {
				return
			}
			var items []SupportItem
			if bad = json.Unmarshal(raw, &items); bad != nil {
				return
			}
			for i := range items {
				if items[i].Subject == v.Person {
					items[i].Name = v.Alias
				}
			}
			var out syncproto.Doc
			if out, bad = syncproto.DocOf(struct {
				Items []SupportItem `json:"items"`
			}{items}); bad == nil {
				d["items"] = out["items"]
			}
		}); err != nil || bad != nil {
			return errors.Join(err, bad)
		}
	}
	return nil
}
