package notify

import (
	"fmt"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Summary is how often an officer wants the dashboard's figures by letter.
type Summary string

// Summaries come with the first daily round of a week or a month.
const (
	SummaryWeekly  Summary = "weekly"
	SummaryMonthly Summary = "monthly"
)

// summaryTold is the last period for which a summary was made due.
type summaryTold struct {
	Period string `json:"period"`
}

// period names the week or month of a day: "2026-W16", "2026-04".
func (s Summary) period(today domain.Date) string {
	switch s {
	case SummaryWeekly:
		year, week := today.Start().In(domain.Zone).ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case SummaryMonthly:
		return string(today.Month())
	}
	return ""
}

// summaries makes those due that this week or month has not seen: once, however
// often the round runs and whichever days the server was off.
func (rd *round) summaries(people []string, wishes map[string]Summary) error {
	if rd.s.cfg.Summary == nil {
		return nil
	}
	for _, p := range people {
		now := wishes[p].period(rd.today)
		if now == "" {
			continue
		}
		last, _, err := store.LoadCredential[summaryTold](rd.tx, kindTold, p)
		if err != nil {
			return err
		}
		if last.Period == now {
			continue
		}
		if err := store.SaveCredential(rd.tx, kindTold, p, summaryTold{now}); err != nil {
			return err
		}
		if err := store.SaveCredential(rd.tx, kindLetter, p+summaryMark, letter{Day: rd.today, Period: now, NextMs: rd.tx.Now().UnixMilli()}); err != nil {
			return err
		}
	}
	return nil
}
