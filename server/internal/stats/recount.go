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
	communes := map[domain.ID]bool{}
	if err := roster.Units(r, func(v domain.UnitVersion) bool {
		if v.Level == domain.UnitCommune {
			communes[v.Unit] = true
		}
		return true
	}); err != nil {
		return nil, err
	}
	var teams []domain.ID
	if err := roster.Teams(r, func(id domain.ID, _ domain.Team) bool {
		teams = append(teams, id)
		return true
	}); err != nil {
		return nil, err
	}
	for m := months[0].Add(-12); m <= months[len(months)-1].Add(12); m = m.Add(1) {
		for c := range communes {
			if err := recountActivities(r, want, c, m); err != nil {
				return nil, err
			}
		}
		for _, t := range teams {
			if err := recountMonth(r, want, t, m); err != nil {
				return nil, err
			}
		}
	}
	return want, nil
}

func recountActivities(r store.Reader, want map[string]int64, commune domain.ID, m domain.Month) error {
	var bad error
	err := r.Members(syncproto.CommuneMonthScope(commune, string(m)), syncproto.TypeActivity, func(rec *store.Record) bool {
		var d syncproto.Doc
		if d, bad = syncproto.SplitCanonical(rec.Doc); bad == nil {
			bad = add(want, d, +1)
		}
		return bad == nil
	})
	return errors.Join(err, bad)
}

func recountMonth(r store.Reader, want map[string]int64, team domain.ID, m domain.Month) error {
	rec, err := r.Record(progressKey(team, m))
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := syncproto.SplitCanonical(rec.Doc)
	if err != nil {
		return err
	}
	return addMonth(want, d, +1)
}

func progressKey(team domain.ID, m domain.Month) store.Key {
	return store.Key{Type: syncproto.TypeProgress, ID: syncproto.DerivedID(syncproto.TypeProgress, team, string(m))}
}
