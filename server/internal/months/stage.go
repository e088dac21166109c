package months

import (
	"errors"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// stage is where a month stands that is not closed for this team: open while
// it lasts, then grace until it is closed, by a person or by the clock. A
// month that waits for an overdue review stays in grace, so that no delay of
// the commune's costs the team anything.
func stage(month domain.Month, now time.Time) domain.Stage {
	if domain.MonthOf(now) <= month {
		return domain.StageOpen
	}
	return domain.StageGrace
}

// finalised reports whether the province has ended a month.
func finalised(r store.Reader, month domain.Month) (bool, error) {
	_, err := r.Decision(KindFinal, string(month))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
