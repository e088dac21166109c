package roster

import (
	"context"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// CommuneOf returns the commune that reviews a team today. Whoever may not
// read the team is not told whether it exists.
func (s *Service) CommuneOf(ctx context.Context, who domain.Caller, team domain.ID) (commune domain.ID, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		on := s.today()
		all := gs.Anywhere(on, aggregators...)
		t, err := Team(r, team)
		if domain.CodeOf(err) == domain.NotFound && !all {
			return forbidden()
		}
		if err != nil {
			return err
		}
		if who.PushOnly || !all && gs.TeamRole(team, on) == "" && !readsCommune(gs, t.Commune, on) {
			return forbidden()
		}
		commune = t.Commune
		return nil
	})
	return commune, err
}
