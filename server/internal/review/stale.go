package review

import (
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// A decision that was dropped as stale leaves a mark for its reviewer, so that
// the item comes back in his queue as changed since he looked. Marks are
// counters "stale/<person>/<type>/<id>".

func stalePrefix(person domain.ID) string { return "stale/" + string(person) + "/" }

// MarkStale sets or clears the mark of one reviewer on one record, in the
// transaction that decides.
func MarkStale(tx store.Tx, person domain.ID, k store.Key, stale bool) error {
	key := stalePrefix(person) + k.Type + "/" + string(k.ID)
	var have int64
	if err := tx.Counters(key, func(_ string, n int64) bool { have = n; return false }); err != nil {
		return err
	}
	switch {
	case stale && have == 0:
		return tx.Count(key, 1)
	case !stale && have != 0:
		return tx.Count(key, -have)
	}
	return nil
}

func staleOf(r store.Reader, person domain.ID) (map[string]bool, error) {
	out, prefix := map[string]bool{}, stalePrefix(person)
	err := r.Counters(prefix, func(key string, _ int64) bool {
		out[strings.TrimPrefix(key, prefix)] = true
		return true
	})
	return out, err
}
