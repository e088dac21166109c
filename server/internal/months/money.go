package months

import (
	"encoding/hex"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// MoneyView is where a closed team-month stands under what is decided now.
type MoneyView struct {
	Verdict domain.TeamMonth // with funding rules and texts
	State   domain.MoneyState
	Funding string // number of the decision that pays it
	Due     domain.Due
	Payment domain.Payment
	close   domain.Close
	facts   policy.Facts // with funding
	policy  *policy.Policy
	dates   policy.Dates
	adjusts []numbered // of this month, also of older closes
}

// Money returns what is shown of a closed month: a function of its close
// record and the later decisions known now, and of nothing else. false
// means that the month is not closed.
func (s *Service) Money(r store.Reader, team domain.ID, month domain.Month) (MoneyView, bool, error) {
	d, closed, err := closedBy(r, team, month)
	if err != nil || !closed {
		return MoneyView{}, false, err
	}
	m, err := s.money(r, d)
	return m, err == nil, err
}

func (s *Service) money(r store.Reader, d store.Decision) (MoneyView, error) {
	c, f, err := openClose(d.Body)
	if err != nil {
		return MoneyView{}, err
	}
	p, err := s.policyByHash(r, c.PolicyHash)
	if err != nil {
		return MoneyView{}, err
	}
	if f.Funding, err = s.funding(r, p.ID, c.Team, c.Month); err != nil {
		return MoneyView{}, err
	}
	m := MoneyView{close: c, facts: f, policy: p, dates: datesOf(p, &f)}
	if m.Verdict, err = p.Decide(f); err != nil {
		return m, err
	}
	if m.adjusts, err = adjustments(r, c.Team, c.Month); err != nil {
		return m, err
	}
	if m.Payment, err = payment(r, p.ID, c.Team, c.Month); err != nil {
		return m, err
	}
	m.Due = dueOf(domain.Due{Policy: p.ID, Team: c.Team, Month: c.Month, Amount: m.Verdict.Amount, Close: d.N, Outcome: m.Verdict.Result}, m.adjusts)
	if f.Funding.Team && m.Due.Amount > 0 {
		m.Due.Funding = f.Funding.Decision
		m.Funding = f.Funding.Decision
	}
	m.State = moneyState(&m.Due, f.Funding.Team, &m.Payment)
	return m, nil
}

func hexHash(d store.Decision) string { return hex.EncodeToString(d.Hash[:]) }
