package stats

import "github.com/banso/banso/server/internal/store"

// Apply moves the counters from what a record was to what it is. before is
// nil for a new record, after nil (or a tombstone) for one that is gone. Only
// activities are counted; any other type is ignored.
func Apply(tx store.Tx, before, after *store.Record) error {
	return nil
}
