package months

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// dueSpread marks work for every team of the province: one mark, whose key
// says how far it has come, instead of thousands in one transaction.
const dueSpread = "progress_spread"

// Modes of a spread.
const (
	spreadOpen  = "open"  // progress of each team that is active in a month
	spreadKnown = "known" // progress where there is one already
	spreadClose = "close" // closing by the clock
)

// spread is such a mark: teams up to after are done.
type spread struct {
	mode     string
	from, to domain.Month
	after    domain.ID
}

func (s spread) key() string {
	return fmt.Sprintf("%s/%s/%s/%s", s.mode, s.from, s.to, s.after)
}

func parseSpread(key string) (s spread, err error) {
	p := strings.SplitN(key, "/", 4)
	if len(p) != 4 {
		return s, errBadMark
	}
	return spread{mode: p[0], from: domain.Month(p[1]), to: domain.Month(p[2]), after: domain.ID(p[3])}, nil
}

func mark(tx store.Tx, s spread) error { return tx.MarkDue(dueSpread, s.key()) }

func markSpread(tx store.Tx, from, to domain.Month) error {
	return mark(tx, spread{mode: spreadOpen, from: from, to: to})
}

// spreadSome lays one mark on the next teams and reports whether more is left.
func (s *Service) spreadSome(tx store.Tx) (more bool, err error) {
	keys, left, err := take(tx, dueSpread, 1)
	if err != nil || len(keys) == 0 {
		return false, err
	}
	sp, err := parseSpread(keys[0])
	if err != nil {
		return false, err
	}
	teams, rest, err := nextTeams(tx, sp.after)
	if err != nil {
		return false, err
	}
	for _, t := range teams {
		if err := sp.lay(tx, t); err != nil {
			return false, err
		}
	}
	if err := tx.ClearDue(dueSpread, keys[0]); err != nil || !rest {
		return left, err
	}
	sp.after = teams[len(teams)-1].id
	return true, mark(tx, sp)
}

type idTeam struct {
	id domain.ID
	domain.Team
}

// openMonths yields the team-months of a span that a decision is for, that their
// team exists in and that nobody has closed.
func openMonths(r store.Reader, teams []idTeam, from, to domain.Month, covers func(idTeam, domain.Month) bool) iter.Seq2[teamMonth, error] {
	return func(yield func(teamMonth, error) bool) {
		for _, t := range teams {
			for m := from; m <= to; m = m.Add(1) {
				if !activeIn(t.Team, m) || !covers(t, m) {
					continue
				}
				_, closed, err := closedBy(r, t.id, m)
				if (err != nil || !closed) && !yield(teamMonth{t.id, m}, err) {
					return
				}
			}
		}
	}
}

// nextTeams returns the next teams by id.
func nextTeams(r store.Reader, after domain.ID) (list []idTeam, rest bool, err error) {
	err = roster.Teams(r, func(id domain.ID, t domain.Team) bool {
		if id > after {
			list = append(list, idTeam{id, t})
		}
		return true
	})
	slices.SortFunc(list, func(a, b idTeam) int { return strings.Compare(string(a.id), string(b.id)) })
	if len(list) > spreadBatch {
		return list[:spreadBatch], true, err
	}
	return list, false, err
}

// activeIn reports whether the team exists on some day of a month.
func activeIn(t domain.Team, m domain.Month) bool {
	return t.EstablishedOn != "" && t.EstablishedOn <= m.Last() && (t.DissolvedOn == "" || m.First() < t.DissolvedOn)
}

func (s spread) lay(tx store.Tx, t idTeam) error {
	for m := s.from; m <= s.to; m = m.Add(1) {
		switch {
		case s.mode == spreadKnown:
			_, err := tx.Record(store.Key{Type: syncproto.TypeProgress, ID: syncproto.DerivedID(syncproto.TypeProgress, t.id, string(m))})
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
		case !activeIn(t.Team, m):
			continue
		case s.mode == spreadClose:
			if err := tx.MarkDue(dueClose, dueKey(t.id, m)); err != nil {
				return err
			}
			continue
		}
		if err := Touch(tx, t.id, m); err != nil {
			return err
		}
	}
	return nil
}
