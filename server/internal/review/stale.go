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

// StaleMarks are the marks of one reviewer, by "<type>/<id>".
func StaleMarks(r store.Reader, person domain.ID) (map[string]bool, error) {
	out, prefix := map[string]bool{}, stalePrefix(person)
	err := r.Counters(prefix, func(key string, _ int64) bool {
		out[strings.TrimPrefix(key, prefix)] = true
		return true
	})
	return out, err
}

// MarkStale sets or clears the mark of one reviewer on one record, in the
// transaction that decides, and in have, which are his marks.
func MarkStale(tx store.Tx, person domain.ID, k store.Key, have map[string]bool, stale bool) error {
	name := k.Type + "/" + string(k.ID)
	if have[name] == stale {
		return nil
	}
	delta := int64(1)
	if have[name] {
		delta = -1
	}
	have[name] = stale
	return tx.Count(stalePrefix(person)+name, delta)
}
