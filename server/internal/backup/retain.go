package backup

import (
	"time"

	"github.com/banso/banso/server/internal/domain"
)

// How many backups stay: the newest of each of the last so many hours, days
// and months that have one. The two newest of this store's own history always
// stay: `durable` speaks of them. After a restore from an older backup the place
// also has newer ones, of a history that came to nothing.
const (
	keepNewest = 2
	keepHours  = 4
	keepDays   = 14
	keepMonths = 24
)

// retained says of each backup whether it stays; list is newest first, and ours
// tells which are of this store's history.
func retained(list []Manifest, ours func(Manifest) bool) []bool {
	keep := make([]bool, len(list))
	left := keepNewest
	for i, m := range list {
		if left > 0 && ours(m) {
			left, keep[i] = left-1, true
		}
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
