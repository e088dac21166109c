package months

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// Policy returns the newest version of a policy by its id, for rooms that pay
// by it.
func (s *Service) Policy(r store.Reader, id string) (*policy.Policy, error) { return s.newest(r, id) }

// PolicyByHash returns the stored policy file with a hash: the one that a
// decision names.
func (s *Service) PolicyByHash(r store.Reader, hash string) (*policy.Policy, error) {
	return s.policyByHash(r, hash)
}

// Windows returns the funding decisions on a policy, in the order they were
// recorded; of all policies if id is empty.
func (s *Service) Windows(r store.Reader, id string) ([]domain.FundedWindow, error) {
	list, err := s.windowsOf(r, id)
	out := make([]domain.FundedWindow, 0, len(list))
	for _, w := range list {
		out = append(out, w.FundedWindow)
	}
	return out, err
}
