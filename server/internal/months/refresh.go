package months

import (
	"context"
	"errors"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Work of one transaction of a follow-up: it shares the writer with the
// phones' pushes, so it is kept to some tens of milliseconds.
const (
	refreshBatch = 64  // progress records
	closeBatch   = 64  // closes by the clock
	spreadBatch  = 256 // teams that a mark for all teams is laid on
)

// RefreshDue computes some progress records that are due and reports whether
// more are. Nothing depends on how far it lags: a close decides from the
// records themselves.
func (s *Service) RefreshDue(ctx context.Context) (more bool, err error) {
	due, err := s.anyDue(ctx, DueProgress, dueSpread)
	if err != nil || !due {
		return false, err
	}
	after, last := s.turn(""), ""
	err = s.store.Update(ctx, func(tx store.Tx) error {
		more = false
		spreading, err := s.spreadSome(tx)
		if err != nil {
			return err
		}
		keys, left, err := takeAfter(tx, DueProgress, after, refreshBatch)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if err := s.refresh(tx, k); err != nil {
				return err
			}
			if err := tx.ClearDue(DueProgress, k); err != nil {
				return err
			}
		}
		more, last = spreading || left, ""
		if left {
			last = keys[len(keys)-1]
		}
		return nil
	})
	if err == nil {
		s.turn(last)
	}
	return more, err
}

// turn remembers where the pass over the marks stands, and returns where it
// stood: who is marked again while it runs waits for the next one, so that a
// few busy teams don't keep it from the others.
func (s *Service) turn(at string) (was string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, s.refreshed = s.refreshed, at
	return was
}

func (s *Service) refresh(tx store.Tx, key string) error {
	team, month, ok := splitDue(key)
	if !ok {
		return nil
	}
	j, err := s.judge(tx, team, month, tx.Now())
	if skippable(err) {
		return nil
	}
	if err != nil {
		return err
	}
	due, err := waited(tx, &j)
	if err != nil {
		return err
	}
	if due {
		if _, err := s.close(tx, team, month, "", "", ""); err != nil {
			return err
		}
		if j, err = s.judge(tx, team, month, tx.Now()); err != nil {
			return err
		}
	}
	return putProgress(tx, &j)
}

// skippable: a team that is gone or a province without a policy has no
// verdict; when that changes the month is marked again.
func skippable(err error) bool {
	c := domain.CodeOf(err)
	return c == domain.NotFound || c == domain.Unprocessable
}

func splitDue(key string) (team domain.ID, month domain.Month, ok bool) {
	m, t, ok := strings.Cut(key, "/")
	return domain.ID(t), domain.Month(m), ok && checkMonth(domain.Month(m)) == nil
}

// take returns up to n keys of a kind that are due, and whether more are.
func take(r store.Reader, kind string, n int) (keys []string, left bool, err error) {
	return takeAfter(r, kind, "", n)
}

// takeAfter is take beyond a key.
func takeAfter(r store.Reader, kind, after string, n int) (keys []string, left bool, err error) {
	err = r.Due(kind, func(k string) bool {
		if k <= after {
			return true
		}
		if len(keys) == n {
			left = true
			return false
		}
		keys = append(keys, k)
		return true
	})
	return keys, left, err
}

func (s *Service) anyDue(ctx context.Context, kinds ...string) (any bool, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		any = false
		for _, k := range kinds {
			if err := r.Due(k, func(string) bool { any = true; return false }); err != nil {
				return err
			}
		}
		return nil
	})
	return any, err
}

var errBadMark = errors.New("months: due mark can't be read")
