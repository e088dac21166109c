package stats

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Check counts everything again from the records and compares it with the
// counters; it returns a line for each that differs. It reads every activity:
// it is for `banso check`, not for a server at work.
func Check(ctx context.Context, st store.Store) (checked int, problems []string, err error) {
	err = st.View(ctx, func(r store.Reader) error {
		checked, problems = 0, nil
		have, months := map[string]int64{}, map[domain.Month]bool{}
		if err := r.Counters(prefix, func(k string, n int64) bool {
			if k != keyVersion {
				have[k] = n
				months[domain.Month(strings.SplitN(k, "/", 3)[1])] = true
			}
			return true
		}); err != nil {
			return err
		}
		want, err := recount(r, slices.Sorted(maps.Keys(months)))
		if err != nil {
			return err
		}
		for k, n := range want {
			if n == 0 {
				delete(want, k)
			} else if have[k] != n {
				problems = append(problems, fmt.Sprintf("counter %s is %d, the records give %d", k, have[k], n))
			}
		}
		for k, n := range have {
			if want[k] == 0 {
				problems = append(problems, fmt.Sprintf("counter %s is %d, the records give 0", k, n))
			}
		}
		checked = len(have)
		slices.Sort(problems)
		return nil
	})
	return checked, problems, err
}

// recount is what the counters must be, by the records of all months between
// the first and the last given, and a year around them.
func recount(r store.Reader, months []domain.Month) (map[string]int64, error) {
	want := map[string]int64{}
	if len(months) == 0 {
		return want, nil
	}
	all, err := communes(r)
	if err != nil {
		return nil, err
	}
	for m := months[0].Add(-12); m <= months[len(months)-1].Add(12); m = m.Add(1) {
		for c := range all {
			if _, err := recountActivities(r, want, c, m); err != nil {
				return nil, err
			}
		}
		if _, err := recountMonths(r, want, m); err != nil {
			return nil, err
		}
	}
	return want, nil
}

// communes are all that ever were.
func communes(r store.Reader) (map[domain.ID]bool, error) {
	all := map[domain.ID]bool{}
	err := roster.Units(r, func(v domain.UnitVersion) bool {
		if v.Level == domain.UnitCommune {
			all[v.Unit] = true
		}
		return true
	})
	return all, err
}

func recountActivities(r store.Reader, want map[string]int64, commune domain.ID, m domain.Month) (read int, err error) {
	var bad error
	err = r.Members(syncproto.CommuneMonthScope(commune, string(m)), syncproto.TypeActivity, func(rec *store.Record) bool {
		var d syncproto.Doc
		if d, bad = syncproto.SplitCanonical(rec.Doc); bad == nil {
			bad = add(want, d, +1)
		}
		read++
		return bad == nil
	})
	return read, errors.Join(err, bad)
}

// recountMonths counts a month of all teams; unnamed are those whose progress
// record names no commune.
func recountMonths(r store.Reader, want map[string]int64, m domain.Month) (unnamed []domain.ID, err error) {
	var teams []domain.ID
	if err := roster.Teams(r, func(id domain.ID, _ domain.Team) bool {
		teams = append(teams, id)
		return true
	}); err != nil {
		return nil, err
	}
	for _, t := range teams {
		rec, err := r.Record(progressKey(t, m))
		if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
			continue
		}
		if err != nil {
			return nil, err
		}
		d, err := syncproto.SplitCanonical(rec.Doc)
		if err != nil {
			return nil, err
		}
		if d.Str("unit") == "" {
			unnamed = append(unnamed, t)
		}
		if err := addMonth(want, d, +1); err != nil {
			return nil, err
		}
	}
	return unnamed, nil
}

func progressKey(team domain.ID, m domain.Month) store.Key {
	return store.Key{Type: syncproto.TypeProgress, ID: syncproto.DerivedID(syncproto.TypeProgress, team, string(m))}
}
