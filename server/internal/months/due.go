package months

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Dues returns what a closed team-month is worth under each policy that judged
// it: the latest close and the adjustments that correct it. A month that is
// not closed (or is reopened) gives none. Lists are made from this and nothing
// else.
func (s *Service) Dues(r store.Reader, team domain.ID, month domain.Month) ([]domain.Due, error) {
	d, closed, err := closedBy(r, team, month)
	if err != nil || !closed {
		return nil, err
	}
	windows, err := s.windowsOf(r, "")
	if err != nil {
		return nil, err
	}
	return dues(r, &d, team, month, windows)
}

// numbered is an adjustment with its place in the chain of decisions.
type numbered struct {
	domain.Adjustment
	n, atMs int64
}

// adjustments lists those of a team-month, oldest first, also of closes that
// were superseded.
func adjustments(r store.Reader, team domain.ID, month domain.Month) (list []numbered, err error) {
	for i := 1; ; i++ {
		d, err := r.Decision(KindAdjustment, adjustKey(team, month, i))
		if errors.Is(err, store.ErrNotFound) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		a := numbered{n: d.N, atMs: d.AtMs}
		if err := json.Unmarshal(d.Body, &a.Adjustment, json.RejectUnknownMembers(true)); err != nil {
			return nil, fmt.Errorf("adjustment %d: %w", d.N, err)
		}
		list = append(list, a)
	}
}

func adjustKey(team domain.ID, month domain.Month, i int) string {
	return fmt.Sprintf("%s/%d", key(team, month), i)
}

// dueOf is what one verdict of a close is worth with the adjustments of this
// close: never below 0, and nothing that counts everything again carries an
// older correction on.
func dueOf(base domain.Due, list []numbered) domain.Due {
	for _, a := range list {
		if a.Close != base.Close || a.Policy != base.Policy {
			continue
		}
		base.Adjusted = append(base.Adjusted, a.n)
		switch a.Kind {
		case domain.AdjustBack:
			base.Amount += a.Amount
		case domain.AdjustRecovery:
			base.Amount = max(0, base.Amount-a.Amount)
		case domain.AdjustWithhold:
			base.Withheld = true
		case domain.AdjustRelease:
			base.Withheld = false
		}
	}
	return base
}

// payment reads what was ever listed for a (policy, team, month).
func payment(r store.Reader, policyID string, team domain.ID, month domain.Month) (p domain.Payment, err error) {
	rec, err := r.Record(store.Key{Type: domain.TypePayment, ID: domain.PaymentID(policyID, team, domain.Period(month))})
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return domain.Payment{Policy: policyID, Subject: team, Period: domain.Period(month), Lines: []domain.PayLine{}}, nil
	}
	if err == nil {
		err = json.Unmarshal(rec.Doc, &p)
	}
	return p, err
}

// moneyState of a closed month: where its money is by the due, the funding and
// the lists.
func moneyState(d *domain.Due, funded bool, p *domain.Payment) domain.MoneyState {
	switch {
	case d.Withheld:
		return domain.Withheld
	case len(p.Lines) == 0 && d.Amount == 0 && len(d.Adjusted) > 0:
		return domain.Adjusted
	case len(p.Lines) == 0 && d.Amount == 0:
		return domain.NoMoney
	case len(p.Lines) == 0 && funded:
		return domain.Funded
	case len(p.Lines) == 0:
		return domain.MoneyEligible
	case d.Amount != p.Listed:
		return domain.Adjusted
	case p.Listed == 0:
		return domain.Recovered
	case p.Paid < p.Listed:
		return domain.Listed
	case p.Received < p.Paid:
		return domain.Paid
	}
	return domain.Settled
}
