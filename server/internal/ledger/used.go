package ledger

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// What is counted per funding decision, in the transaction that changes it.
const (
	cListed    = "listed"
	cPaid      = "paid"
	cRecovered = "recovered" // of Paid: what came back, as a positive amount
	cReceived  = "received"
)

// Used is what became of a funding decision's money.
type Used struct {
	Listed    domain.Money `json:"listed"`
	Paid      domain.Money `json:"paid"` // net of what was recovered
	Recovered domain.Money `json:"recovered"`
	Received  domain.Money `json:"received"`
}

func counterPrefix(decision string) string {
	return "ledger/" + string(syncproto.DerivedID("funding", "", decision)) + "/"
}

func count(tx store.Tx, decision, what string, by domain.Money) error {
	if by == 0 {
		return nil
	}
	return tx.Count(counterPrefix(decision)+what, int64(by))
}

func usedOf(r store.Reader, decision string) (u Used, err error) {
	prefix := counterPrefix(decision)
	err = r.Counters(prefix, func(key string, n int64) bool {
		switch key[len(prefix):] {
		case cListed:
			u.Listed = domain.Money(n)
		case cPaid:
			u.Paid = domain.Money(n)
		case cRecovered:
			u.Recovered = domain.Money(n)
		case cReceived:
			u.Received = domain.Money(n)
		}
		return true
	})
	return u, err
}

// granted is the total of a funding decision.
func granted(r store.Reader, decision string) (domain.Money, error) {
	w, ok, err := decided[domain.FundedWindow](r, months.KindFunding, decision)
	if err == nil && !ok {
		g, is, err := decided[Grant](r, KindGrant, decision)
		if err != nil || is {
			return g.Total, err
		}
	}
	if err == nil && !ok {
		err = domain.E(domain.NotFound, "There is no funding decision "+decision+".", "Không có quyết định kinh phí "+decision+".")
	}
	return w.Total, err
}

// fundingOf is the day of a funding decision.
func fundingOf(r store.Reader, decision string) (on domain.Date, ok bool, err error) {
	w, ok, err := decided[domain.FundedWindow](r, months.KindFunding, decision)
	return w.On, ok, err
}
