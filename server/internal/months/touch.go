package months

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// DueProgress is the kind of due mark of a team-month whose progress record
// must be computed again; its key is "<yyyy-mm>/<team>".
const DueProgress = "progress"

// Touch notes, in the transaction that changes a fact of a team's month, that
// the progress record must follow.
func Touch(tx store.Tx, team domain.ID, month domain.Month) error {
	return tx.MarkDue(DueProgress, dueKey(team, month))
}

func dueKey(team domain.ID, month domain.Month) string { return string(month) + "/" + string(team) }
