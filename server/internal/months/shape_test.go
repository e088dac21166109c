package months_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// figures are the counters of team-months.
func (w *world) figures() map[string]int64 {
	out := map[string]int64{}
	w.view(func(r store.Reader) error {
		clear(out)
		return r.Counters("stats/2", func(k string, n int64) bool { out[k] = n; return true })
	})
	return out
}

// older makes the file what a version before the counters left: progress
// records that name no unit and were never counted, a clock without a shape.
func (w *world) older() (records int) {
	w.update(func(tx store.Tx) error {
		records = 0
		strip := func(rec *store.Record, field string) (was syncproto.Doc, err error) {
			if was, err = syncproto.SplitCanonical(rec.Doc); err != nil {
				return nil, err
			}
			doc := maps.Clone(was)
			delete(doc, field)
			_, err = tx.Put(store.Put{Key: rec.Key, Doc: doc, Scopes: rec.Scopes, Derived: true, Cause: store.Cause{Op: "test"}})
			return was, err
		}
		var all []store.Record
		for _, t := range slices.Concat(w.teams[:], w.others[:]) {
			if err := tx.Members(syncproto.TeamScope(t), syncproto.TypeProgress, func(r *store.Record) bool { all = append(all, *r); return true }); err != nil {
				return err
			}
		}
		for i := range all {
			rec, err := tx.Record(all[i].Key)
			if err != nil {
				return err
			}
			was, err := strip(&rec, "unit")
			if err != nil {
				return err
			}
			if err := stats.ApplyMonth(tx, was, nil); err != nil {
				return err
			}
			records++
		}
		var clock syncproto.ID
		if err := tx.Members("sys:months", "month_clock", func(r *store.Record) bool { clock = r.ID; return true }); err != nil {
			return err
		}
		rec, err := tx.Record(store.Key{Type: "month_clock", ID: clock})
		if err != nil {
			return err
		}
		_, err = strip(&rec, "shape")
		return err
	})
	return records
}

// TestTick_OlderProgressIsCounted: the first start after an upgrade counts what
// an older version wrote, closed months too, once.
func TestTick_OlderProgressIsCounted(t *testing.T) {
	w := newWorld(t)
	w.settle()
	w.work(w.teams[0], "2023-06")
	w.now = at("2023-07-16")
	w.settle()
	want := w.figures()
	if n := w.older(); n < 2 || len(want) == 0 || len(w.figures()) != 0 {
		t.Fatalf("%d records, %d counters, left: %v", n, len(want), w.figures())
	}
	w.settle()
	if d := cmp.Diff(want, w.figures()); d != "" {
		t.Errorf("after the upgrade: %s", d)
	}
	w.settle()
	if d := cmp.Diff(want, w.figures()); d != "" {
		t.Errorf("counted twice: %s", d)
	}
}
