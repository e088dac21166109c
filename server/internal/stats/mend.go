package stats

import (
	"context"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// A program that counts otherwise, older or newer, may write into the file
// between two runs of this one. Its records are right, its counters may not
// be: so each run leaves a mark, and where it is missing all is counted again,
// beside the server's work.

// shape is how this program counts: raise it when a counter is added or counts
// something else.
const shape = 1

// dueRecount marks what must be counted again: "<yyyy-mm>" the months of teams,
// "<yyyy-mm>/<commune>" activities.
const dueRecount = "recount"

// recountBatch is how many activities are counted before a commit; the months
// of all teams are as much work as so many.
const recountBatch = 2000

// kept says which run counted last, and how.
type kept struct {
	Epoch string `json:"epoch"`
	Shape int    `json:"shape"`
}

const typeKept = "figures_kept"

var keptKey = store.Key{Type: typeKept, ID: syncproto.DerivedID(typeKept, "", "")}

// Resume leaves the mark of this run and, if the run before it that wrote
// (its epoch; "": there is none) left none, has all figures counted again. It
// is called before anything else is written.
func Resume(tx store.Tx, before string) error {
	rec, err := tx.Record(keptKey)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	var last kept
	if err == nil {
		if err := json.Unmarshal(rec.Doc, &last); err != nil {
			return err
		}
	}
	if before != "" && last != (kept{before, shape}) {
		if err := markAll(tx); err != nil {
			return err
		}
	}
	doc, err := syncproto.DocOf(kept{tx.Head().Epoch, shape})
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: keptKey, Doc: doc, Scopes: []syncproto.Scope{syncproto.SysScope("stats")}, Derived: true, Cause: store.Cause{Op: "start"}})
	return err
}

// markAll marks every commune, and every month that has or may have figures.
func markAll(tx store.Tx) error {
	all, err := communes(tx)
	if err != nil {
		return err
	}
	var from, to domain.Month
	if err := tx.Counters(prefix, func(k string, _ int64) bool {
		p := strings.SplitN(k, "/", 4)
		if len(p) < 4 {
			return true
		}
		all[domain.ID(p[2])] = true
		m := domain.Month(p[1])
		if from == "" || m < from {
			from = m
		}
		to = max(to, m)
		return true
	}); err != nil || from == "" && to == "" {
		return err
	}
	for m := from.Add(-12); m <= to.Add(12); m = m.Add(1) {
		if err := tx.MarkDue(dueRecount, string(m)); err != nil {
			return err
		}
		for c := range all {
			if err := tx.MarkDue(dueRecount, string(m)+"/"+string(c)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Recount counts some of what is marked again and corrects the counters that
// differ; it reports whether more is left. Without a mark it costs one read.
func (s *Service) Recount(ctx context.Context) (more bool, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		more = false
		return r.Due(dueRecount, func(string) bool { more = true; return false })
	})
	if err != nil || !more {
		return false, err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		more = false
		var keys []string
		if err := tx.Due(dueRecount, func(k string) bool { keys = append(keys, k); return len(keys) <= recountBatch }); err != nil {
			return err
		}
		read := 0
		for _, k := range keys {
			if read >= recountBatch {
				more = true
				return nil
			}
			n, err := s.recountOne(tx, k)
			if err := errors.Join(err, tx.ClearDue(dueRecount, k)); err != nil {
				return err
			}
			read += n + 1
		}
		return nil
	})
	return more, err
}

// recountOne does one mark and says how much work it was.
func (s *Service) recountOne(tx store.Tx, key string) (read int, err error) {
	delta := map[string]int64{}
	month, commune, activities := strings.Cut(key, "/")
	if activities {
		read, err = recountActivities(tx, delta, domain.ID(commune), domain.Month(month))
	} else {
		var unnamed []domain.ID
		read = recountBatch
		unnamed, err = recountMonths(tx, delta, domain.Month(month))
		for _, t := range unnamed { // as an older program wrote it
			err = errors.Join(err, s.Touch(tx, t, domain.Month(month)))
		}
	}
	if err != nil {
		return 0, err
	}
	if err := tx.Counters(prefix+key+"/", func(k string, n int64) bool {
		if ofActivities(k) == activities {
			delta[k] -= n
		}
		return true
	}); err != nil {
		return 0, err
	}
	return read, write(tx, delta)
}

// ofActivities reports whether a counter is one of activities, else it is of
// the months of teams.
func ofActivities(key string) bool {
	p := strings.SplitN(key, "/", 5)
	if len(p) < 5 {
		return false
	}
	switch p[3] {
	case partState, partActs, partMeasure, partGiven:
		return true
	}
	return false
}
