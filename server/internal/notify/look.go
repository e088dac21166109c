package notify

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// look finds, in one snapshot, what the daily round has to tell of the
// communes and has not told yet.
type look struct {
	s     *Service
	r     store.Reader
	now   time.Time
	today domain.Date
	back  restored
	notes []Note
}

// commune is one with the teams that it reviews today.
type commune struct {
	unit  domain.ID
	teams []domain.ID
}

func (lk *look) units() (err error) {
	lk.today = domain.DateOf(lk.now)
	if lk.back, err = backAt(lk.r); err != nil {
		return err
	}
	list, err := lk.communes()
	for i := range list {
		if err == nil {
			err = lk.commune(&list[i])
		}
	}
	return err
}

// communes are those with village teams, by id.
func (lk *look) communes() ([]commune, error) {
	by := map[domain.ID]*commune{}
	err := roster.Teams(lk.r, func(id domain.ID, t domain.Team) bool {
		if t.Active(lk.today) && t.Level == domain.LevelVillage {
			if by[t.Commune] == nil {
				by[t.Commune] = &commune{unit: t.Commune}
			}
			by[t.Commune].teams = append(by[t.Commune].teams, id)
		}
		return true
	})
	var list []commune
	for _, c := range by {
		slices.Sort(c.teams)
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b commune) int { return cmp.Compare(a.unit, b.unit) })
	return list, err
}

// skippable: a team without a policy has no days and no verdict.
func skippable(err error) bool {
	c := domain.CodeOf(err)
	return c == domain.NotFound || c == domain.Unprocessable
}

// told reports whether a person has the note of a key.
func told(r store.Reader, n Note) (bool, error) {
	_, err := r.Record(store.Key{Type: syncproto.TypeInbox, ID: n.ID()})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
