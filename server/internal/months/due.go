package months

import (
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
	m, err := s.money(r, d)
	if err != nil {
		return nil, err
	}
	return []domain.Due{{
		Policy: m.Verdict.Policy, Team: team, Month: month, Amount: m.Verdict.Amount,
		Close: d.N, Funding: m.Funding, Outcome: m.Verdict.Result,
	}}, nil
}
