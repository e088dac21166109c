package ledger

import (
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// ReceiptState says whether what arrived is what was paid.
type ReceiptState string

const (
	Matches ReceiptState = "matches"
	Differs ReceiptState = "differs" // the lines stay unreceived until it is set right
)

// Receipt is the document of record type "receipt" (id derived from team and
// list), in team:<t> and commune:<c>: the leader says what arrived of a list.
// The first four fields are the phone's.
type Receipt struct {
	Team     domain.ID    `json:"team"`
	List     string       `json:"list"` // its number
	Amount   domain.Money `json:"amount"`
	On       domain.Date  `json:"on"`
	Note     string       `json:"note,omitzero"`
	Author   domain.ID    `json:"author"`
	State    ReceiptState `json:"state"`
	Paid     domain.Money `json:"paid"`     // of the team's lines, when it was received
	Received int64        `json:"received"` // ms
}

// ReceiptID is the id of the one receipt of a team for a list.
func ReceiptID(team domain.ID, list string) domain.ID {
	return syncproto.DerivedID(syncproto.TypeReceipt, team, list)
}

// PaidOn returns what was paid to a team by a list, over the lines that a
// voucher paid. false: the list does not stand, or nothing of it is paid to
// the team.
func PaidOn(r store.Reader, team domain.ID, number string) (total domain.Money, any bool, err error) {
	err = eachOf(r, team, number, func(l *domain.PayLine, _ domain.Payment) {
		if l.Voucher != "" {
			total, any = total+l.Amount, true
		}
	})
	return total, any, err
}

// MarkReceived notes in the payments that a receipt which matches is about
// that the money arrived, in the transaction that writes the receipt.
func MarkReceived(tx store.Tx, rc Receipt) error {
	var changed []domain.Payment
	delta := map[string]domain.Money{}
	err := eachOf(tx, rc.Team, rc.List, func(l *domain.PayLine, p domain.Payment) {
		if l.Voucher == "" || l.Received != "" {
			return
		}
		l.Received = rc.On
		delta[l.Funding] += l.Amount
		changed = append(changed, p)
	})
	if err != nil {
		return err
	}
	for _, p := range changed {
		if err := putPayment(tx, p, rc.Author, "received"); err != nil {
			return err
		}
	}
	for f, n := range delta {
		if err := count(tx, f, cReceived, n); err != nil {
			return err
		}
	}
	return nil
}

// eachOf visits the lines of a team on a list, with the payment that each is
// a part of.
func eachOf(r store.Reader, team domain.ID, number string, visit func(*domain.PayLine, domain.Payment)) error {
	body, ok, err := decided[Issued](r, KindList, number)
	if err != nil || !ok {
		return err
	}
	for _, line := range body.Lines {
		if line.Subject != team {
			continue
		}
		p, err := Payment(r, body.Policy, team, line.Period)
		if err != nil {
			return err
		}
		if k := slices.IndexFunc(p.Lines, func(l domain.PayLine) bool { return l.List == number }); k >= 0 {
			visit(&p.Lines[k], p)
		}
	}
	return nil
}

// Use is a thing that a policy's money may be spent on.
type Use struct {
	ID string `json:"id"`
	Vi string `json:"vi"`
	En string `json:"en"`
}

// Uses are the allowed uses of a policy, as its plain-language record in ref
// tells them to phones; none if there is no such policy.
func Uses(r store.Reader, policy string) ([]Use, error) {
	type plain struct {
		Spending []Use `json:"spending"`
	}
	p, _, err := read[plain](r, syncproto.TypePolicy, syncproto.DerivedID(syncproto.TypePolicy, "", policy))
	return p.Spending, err
}
