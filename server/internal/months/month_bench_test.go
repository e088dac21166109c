package months_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// readAll reads the records that the verdicts of a month are made from, and
// does nothing with them: what any judge must pay.
func (w *world) readAll(teams []domain.ID, m domain.Month) (n int) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		n = 0
		for _, t := range teams {
			for _, sc := range []syncproto.Scope{syncproto.TeamMonthScope(t, string(m)), syncproto.TeamScope(t)} {
				if err := r.Members(sc, "", func(*store.Record) bool { n++; return true }); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return n
}

// judgeAll judges a month of all teams from their records.
func (w *world) judgeAll(teams []domain.ID, m domain.Month) (eligible int) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		eligible = 0
		for _, t := range teams {
			p, err := w.svc.Verdict(r, t, m, w.now)
			if err != nil {
				return err
			}
			if p.Result == domain.Eligible {
				eligible++
			}
		}
		return nil
	})
	return eligible
}

// closeAll lets the clock close a month of the province.
func (w *world) closeAll(day string) {
	w.t.Helper()
	w.now = at(day)
	w.settle()
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// TestCost_ProvinceMonth holds how the cost of judging a province's month
// grows: with the month, not with the history behind it. Times are compared
// within one run, and gated far from where noise is.
func TestCost_ProvinceMonth(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a province's year: not in the short tier")
	}
	w := newWorld(t)
	_, teams := w.bigProvince()
	w.settle()
	measure := func(m domain.Month) (read, judge time.Duration) {
		w.workAll(teams, m)
		var reads, judges []time.Duration
		for range 5 {
			start := time.Now()
			w.readAll(teams, m)
			reads = append(reads, time.Since(start))
			start = time.Now()
			if n := w.judgeAll(teams, m); n == 0 {
				t.Fatal("nobody is eligible")
			}
			judges = append(judges, time.Since(start))
		}
		return median(reads), median(judges)
	}
	read, first := measure("2023-06")
	t.Logf("1,356 team-months: read %v, judged %v, ratio %.1f", read, first, float64(first)/float64(read))
	start := time.Now()
	w.closeAll("2023-07-15")
	t.Logf("closed by the clock in %v, decisions %d", time.Since(start), w.decisions())
	for m := domain.Month("2023-07"); m < "2023-10"; m = m.Add(1) {
		w.workAll(teams, m)
		w.closeAll(string(m.Add(1).Day(15)))
	}
	again, later := measure("2023-10")
	t.Logf("behind %d decisions: read %v, judged %v", w.decisions(), again, later)
	if float64(later)/float64(again) > 3*float64(first)/float64(read) {
		t.Errorf("judging grew from %.1f to %.1f times the reading with the history", float64(first)/float64(read), float64(later)/float64(again))
	}
}

func BenchmarkProvinceMonth(b *testing.B) {
	w := newWorld(b)
	_, teams := w.bigProvince()
	w.settle()
	w.workAll(teams, "2023-06")
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			w.readAll(teams, "2023-06")
		}
	})
	b.Run("judge", func(b *testing.B) {
		for b.Loop() {
			w.judgeAll(teams, "2023-06")
		}
	})
	b.Run("explain", func(b *testing.B) {
		for b.Loop() {
			w.view(func(r store.Reader) error {
				_, err := w.svc.Explain(r, teams[0], "2023-06", w.now)
				return err
			})
		}
	})
	w.now = at("2023-07-08")
	b.Run("close", func(b *testing.B) { // one commune's list at a time, as chairs do; each closes once
		for i := 0; b.Loop() && i < len(teams); i++ {
			v, err := w.svc.TeamMonth(context.Background(), w.province, teams[i], "2023-06")
			if err != nil {
				b.Fatal(err)
			}
			who, unit := w.chair, w.registered
			if v.Progress.Result == domain.Ineligible {
				who, unit = w.chair2, w.plain
			}
			if _, err := w.svc.CloseTeamMonths(context.Background(), who, unit, "2023-06", []months.CloseItem{{Team: teams[i], Csum: v.Csum}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
