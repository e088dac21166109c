package months

import (
	"context"
	"errors"
	"fmt"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Final is the body of decision kind "final": the province has ended a month.
type Final struct {
	Month domain.Month `json:"month"`
	Teams int64        `json:"teams"` // closed team-months
	By    domain.ID    `json:"by"`
}

// Finalise ends a month once every team's is closed. Ending it twice is
// ending it once. Only the province's administrators may.
func (s *Service) Finalise(ctx context.Context, who domain.Caller, month domain.Month) error {
	if err := checkMonth(month); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		if err := allowed(tx, who, tx.Now(), rights.decides); err != nil {
			return err
		}
		if _, err := tx.Decision(KindFinal, string(month)); !errors.Is(err, store.ErrNotFound) {
			return err // nil: it is ended already
		}
		closed, open, err := countClosed(tx, month)
		if err != nil {
			return err
		}
		if open > 0 || closed == 0 {
			return domain.E(domain.Unprocessable, fmt.Sprintf("%d team-months are not closed.", open),
				fmt.Sprintf("Còn %d tổ chưa chốt tháng này.", open))
		}
		body, err := canonical(Final{Month: month, Teams: closed, By: who.Person})
		if err != nil {
			return err
		}
		if _, err := tx.Append(KindFinal, string(month), body); err != nil {
			return err
		}
		return mark(tx, spread{mode: spreadKnown, from: month, to: month})
	})
}

func countClosed(r store.Reader, month domain.Month) (closed, open int64, err error) {
	var bad error
	err = roster.Teams(r, func(id domain.ID, t domain.Team) bool {
		if !activeIn(t, month) {
			return true
		}
		var is bool
		if _, is, bad = closedBy(r, id, month); is {
			closed++
		} else {
			open++
		}
		return bad == nil
	})
	return closed, open, errors.Join(err, bad)
}
