package months

import (
	"encoding/hex"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// MoneyView is where a closed team-month stands under what is decided now, by
// its main policy, and beside it by each other one.
type MoneyView struct {
	PolicyMoney
	Others  []PolicyMoney
	close   domain.Close
	dates   policy.Dates
	adjusts []numbered // of this month, also of older closes
}

// PolicyMoney is what one policy gives a closed team-month.
type PolicyMoney struct {
	Verdict domain.TeamMonth // with funding rules and texts
	State   domain.MoneyState
	Funding string // number of the decision that pays it
	Due     domain.Due
	Payment domain.Payment
	facts   policy.Facts // with funding
	policy  *policy.Policy
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
	m := MoneyView{close: c}
	if m.adjusts, err = adjustments(r, c.Team, c.Month); err != nil {
		return m, err
	}
	if m.PolicyMoney, err = s.moneyBy(r, d.N, c.PolicyHash, f, m.adjusts); err != nil {
		return m, err
	}
	m.dates = datesOf(m.policy, &m.facts)
	for _, o := range c.Others {
		of, err := openOther(f, o.Facts)
		if err != nil {
			return m, err
		}
		pm, err := s.moneyBy(r, d.N, o.PolicyHash, of, m.adjusts)
		if err != nil {
			return m, err
		}
		m.Others = append(m.Others, pm)
	}
	return m, nil
}

// moneyBy is what one policy gives on the facts of close n.
func (s *Service) moneyBy(r store.Reader, n int64, hash string, f policy.Facts, adj []numbered) (m PolicyMoney, err error) {
	if m.policy, err = s.policyByHash(r, hash); err != nil {
		return m, err
	}
	p := m.policy
	if f.Funding, err = s.funding(r, p.ID, f.Team, f.Month); err != nil {
		return m, err
	}
	m.facts = f
	if m.Verdict, err = p.Decide(f); err != nil {
		return m, err
	}
	if m.Payment, err = payment(r, p.ID, f.Team, f.Month); err != nil {
		return m, err
	}
	m.Due = dueOf(domain.Due{Policy: p.ID, Team: f.Team, Month: f.Month, Amount: m.Verdict.Amount, Close: n, Outcome: m.Verdict.Result}, adj)
	if f.Funding.Team && m.Due.Amount > 0 {
		m.Due.Funding, m.Funding = f.Funding.Decision, f.Funding.Decision
	}
	m.State = moneyState(&m.Due, f.Funding.Team, &m.Payment)
	return m, nil
}

// by returns what a policy gives, nil if it did not judge the month.
func (m *MoneyView) by(policyID string) *PolicyMoney {
	if m.Due.Policy == policyID || policyID == "" {
		return &m.PolicyMoney
	}
	for i := range m.Others {
		if m.Others[i].Due.Policy == policyID {
			return &m.Others[i]
		}
	}
	return nil
}

// shown is what a phone sees of one more policy.
func (m *PolicyMoney) shown() domain.PolicyMonth {
	v := m.Verdict
	return domain.PolicyMonth{Policy: v.Policy, Version: v.Version, Result: v.Result, ReasonVi: v.ReasonVi, ReasonEn: v.ReasonEn,
		Amount: v.Amount, Money: m.State, Funding: m.Funding, Amounts: amounts(m.Due.Amount, &m.Payment)}
}

func hexHash(d store.Decision) string { return hex.EncodeToString(d.Hash[:]) }
