package ledger

import (
	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Payment returns what was listed and paid for a (policy, subject, period);
// nothing yet is the zero amount.
func Payment(r store.Reader, policy string, subject domain.ID, period domain.Period) (domain.Payment, error) {
	p, ok, err := read[domain.Payment](r, syncproto.TypePayment, domain.PaymentID(policy, subject, period))
	if !ok {
		p = domain.Payment{Policy: policy, Subject: subject, Period: period, Lines: []domain.PayLine{}}
	}
	return p, err
}

// putPayment writes it and marks the team's month, whose progress shows it.
func putPayment(tx store.Tx, p domain.Payment, by domain.ID, op string) error {
	p.Listed, p.Paid, p.Received = 0, 0, 0
	for _, l := range p.Lines {
		p.Listed += l.Amount
		if l.Voucher != "" {
			p.Paid += l.Amount
		}
		if l.Received != "" {
			p.Received += l.Amount
		}
	}
	doc, err := syncproto.DocOf(p)
	if err != nil {
		return err
	}
	scopes := []syncproto.Scope{scopePayments}
	month, isMonth := p.Period.Month()
	team, err := roster.Team(tx, p.Subject)
	isTeam := err == nil
	if isTeam {
		scopes = append(scopes, syncproto.CommuneScope(team.Commune), syncproto.TeamScope(p.Subject))
	} else if domain.CodeOf(err) != domain.NotFound {
		return err
	}
	if _, err := tx.Put(store.Put{
		Key: store.Key{Type: syncproto.TypePayment, ID: domain.PaymentID(p.Policy, p.Subject, p.Period)},
		Doc: doc, Scopes: scopes, Derived: true, Cause: store.Cause{By: by, Op: op},
	}); err != nil || !isTeam || !isMonth {
		return err
	}
	return months.Touch(tx, p.Subject, month)
}

// payments streams all payment records of a scope.
func payments(r store.Reader, scope syncproto.Scope, yield func(domain.Payment) bool) error {
	var bad error
	err := r.Members(scope, syncproto.TypePayment, func(rec *store.Record) bool {
		var p domain.Payment
		if bad = json.Unmarshal(rec.Doc, &p); bad != nil {
			return false
		}
		return yield(p)
	})
	if err == nil {
		err = bad
	}
	return err
}
