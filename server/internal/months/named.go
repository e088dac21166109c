package months

import (
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// Policy returns the newest version of a policy by its id, for rooms that pay
// by it.
func (s *Service) Policy(r store.Reader, id string) (*policy.Policy, error) { return s.newest(r, id) }
