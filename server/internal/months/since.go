package months

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// OpenSince counts a team's months that are not closed, and its closed ones
// from a month on: what a change of its commune meets.
func (s *Service) OpenSince(r store.Reader, team domain.ID, from domain.Month) (open, closed int, err error) {
	c, _, err := readClock(r, s.now())
	if err != nil {
		return 0, 0, err
	}
	t, err := roster.Team(r, team)
	if err != nil {
		return 0, 0, err
	}
	for m := max(min(c.First, from), t.EstablishedOn.Month()); m <= domain.MonthOf(s.now()); m = m.Add(1) {
		_, isClosed, err := closedBy(r, team, m)
		switch {
		case err != nil:
			return 0, 0, err
		case isClosed && m >= from:
			closed++
		case !isClosed && m >= c.First && activeIn(t, m):
			open++
		}
	}
	return open, closed, nil
}
