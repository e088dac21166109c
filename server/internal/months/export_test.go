package months

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Keeps reports whether a remembered verdict would be answered now.
func (s *Service) Keeps(r store.Reader, team domain.ID, month domain.Month) bool {
	k := s.kept[teamMonth{team, month}]
	return k != nil && k.day == domain.DateOf(s.now()) && k.from.stands(r)
}

// ProvincesOf is how the policies of several provinces are told apart.
var ProvincesOf = provincesOf
