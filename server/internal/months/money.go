package months

import (
	"encoding/hex"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// MoneyView is where a closed team-month stands under the decisions known now.
type MoneyView struct {
	Verdict domain.TeamMonth // with funding rules and texts
	State   domain.MoneyState
	Funding string // number of the decision that pays it
	close   domain.Close
	facts   policy.Facts // with funding
	dates   policy.Dates
}

// Money returns what is shown of a closed month: a function of its close
// record and the funding decisions known now, and of nothing else. false
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
	m := MoneyView{close: c, facts: f, dates: p.DatesOf(&f)}
	if m.Verdict, err = p.Decide(f); err != nil {
		return m, err
	}
	m.State = moneyState(m.Verdict.Result, f.Funding.Team)
	if m.State == domain.Funded {
		m.Funding = f.Funding.Decision
	}
	return m, nil
}

// moneyState of a closed month.
func moneyState(r domain.Result, funded bool) domain.MoneyState {
	switch {
	case r != domain.Eligible:
		return domain.NoMoney
	case funded:
		return domain.Funded
	}
	return domain.MoneyEligible
}

func hexHash(d store.Decision) string { return hex.EncodeToString(d.Hash[:]) }
