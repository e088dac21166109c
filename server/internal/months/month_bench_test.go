package months_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
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
			for sc, typ := range map[syncproto.Scope]string{syncproto.TeamMonthScope(t, string(m)): "", syncproto.TeamScope(t): syncproto.TypeGrant} {
				if err := r.Members(sc, typ, func(*store.Record) bool { n++; return true }); err != nil {
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

// BenchmarkProvinceMonth works on a month of all teams of a province, with
// nothing behind it and with nine closed months behind it. What the ratios to
// "read" must not do with the history, TestCost_HistoryAddsNothing holds.
func BenchmarkProvinceMonth(b *testing.B) {
	for _, behind := range []int{0, 9} {
		b.Run(fmt.Sprintf("behind=%d", behind), func(b *testing.B) { benchMonth(b, behind) })
	}
}

func benchMonth(b *testing.B, behind int) {
	w := newWorld(b)
	_, teams := w.bigProvince()
	w.settle()
	const first = domain.Month("2023-06")
	for i := range behind {
		m := first.Add(i)
		w.workAll(teams, m)
		w.closeAll(string(m.Add(1).Day(15)))
	}
	month := first.Add(behind)
	w.workAll(teams, month)
	w.now = at(string(month.Add(1).Day(8)))
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			w.readAll(teams, month)
		}
	})
	b.Run("judge", func(b *testing.B) {
		for b.Loop() {
			w.judgeAll(teams, month)
		}
	})
	b.Run("explain", func(b *testing.B) {
		for b.Loop() {
			w.view(func(r store.Reader) error {
				_, err := w.svc.Explain(r, teams[0], month, w.now)
				return err
			})
		}
	})
	b.Run("close", func(b *testing.B) { // by the clock, all teams: a month closes once, however often the loop turns
		start := time.Now()
		w.closeAll(string(month.Add(1).Day(15)))
		took := time.Since(start)
		for b.Loop() {
			continue
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(took.Seconds(), "s/month")
		if got := w.decisions(); got != len(teams)*(behind+1) {
			b.Errorf("%d decisions for %d teams and %d months", got, len(teams), behind+1)
		}
	})
}
