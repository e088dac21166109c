package sim

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/server/internal/stats"
)

// judgeFigures holds what the dashboard shows against the records, counted
// again, against the decided totals, and against what the lists that stand list
// and pay.
func (w *world) judgeFigures() {
	n, problems, err := stats.Check(context.Background(), w.srv.store)
	if err != nil || len(problems) > 0 {
		w.oracle.Fail(oracle.FiguresTrue, "%d counters: %v %v", n, err, problems)
		return
	}
	for year := 2023; year <= 2024; year++ {
		var totals months.YearTotals
		var sum stats.Summary
		w.figures(fmt.Sprintf("/v1/months/totals?year=%d", year), &totals)
		w.figures(fmt.Sprintf("/v1/stats/summary?from=%d-01&to=%d-12", year, year), &sum)
		var want [6]int64
		for _, m := range totals.Months {
			for i, n := range []int64{m.Closed, m.Eligible, int64(m.Amount), int64(m.FundedVND)} {
				want[i] += n
			}
		}
		tm := &sum.Total.TeamMonths
		want[4], want[5] = w.oracle.Booked(year)
		have := [6]int64{tm.Stages[domain.StageClosed] + tm.Stages[domain.StageFinalised], tm.Results[domain.Eligible], int64(tm.Due), int64(tm.Decided), int64(tm.Listed), int64(tm.Paid)}
		if have != want {
			w.oracle.Fail(oracle.FiguresTrue, "%d: closed, eligible, due, decided, listed and paid are %v, by the decisions %v", year, have, want)
		}
	}
}

func (w *world) figures(path string, v any) {
	out := w.srv.serve(http.MethodGet, path, w.cast.province, nil, false, nil)
	if out.Code != http.StatusOK {
		w.oracle.Fail(oracle.Unblocked, "%s: %d %s", path, out.Code, out.Body)
		return
	}
	must(json.Unmarshal(out.Body.Bytes(), v))
}
