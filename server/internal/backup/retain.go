package backup

import (
	"time"

	"github.com/banso/banso/server/internal/domain"
)

// How many backups stay: the newest of each of the last so many hours, days
// and months that have one. The two newest always stay: `durable` speaks of
// them.
const (
	keepNewest = 2
	keepHours  = 4
	keepDays   = 14
	keepMonths = 24
)

// retained says of each backup whether it stays; list is newest first.
func retained(list []Manifest) []bool {
	keep := make([]bool, len(list))
	for i := range min(keepNewest, len(list)) {
		keep[i] = true
	}
	for _, rule := range []struct {
		layout string
		n      int
	}{{"2006010215", keepHours}, {"20060102", keepDays}, {"200601", keepMonths}} {
		last, n := "", 0
		for i, m := range list {
			slot := time.UnixMilli(m.AtMs).In(domain.Zone).Format(rule.layout)
			if slot == last || n == rule.n {
				continue
			}
			last, n, keep[i] = slot, n+1, true
		}
	}
	return keep
}
