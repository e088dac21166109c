package notify

import (
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// How long is kept what is not the truth: the inbox records are.
const (
	keepSlots      = 40      // days: rounds that were done, and what a person got on a day
	keepDeliveries = maxDays // days: single messages; their figures stay
	pruneBatch     = 500     // rows of one transaction
)

// prune forgets what is old and reports whether more is. Should the clock go
// back that far, the inbox records still say what was told.
func (rd *round) prune() (more bool, err error) {
	rounds, days := rd.today.Add(-keepSlots), rd.today.Add(-keepDeliveries)
	var old []string
	take := func(id string, is bool) bool {
		if is {
			old = append(old, id)
		}
		return len(old) < pruneBatch
	}
	for _, step := range []struct {
		kind string
		look func() error
	}{
		{kindSlot, func() error { // in order of days
			return each(rd.tx, kindSlot, "day/", func(id string, _ slot) bool { return take(id, id < slotKey(rounds)) && id < slotKey(rounds) })
		}},
		{kindDelivery, func() error {
			before := compact(days)
			return each(rd.tx, kindDelivery, "", func(id string, _ delivery) bool { return take(id, id < before) && id < before })
		}},
		{kindParked, func() error {
			return each(rd.tx, kindParked, "", func(id string, e entry) bool { return take(id, e.AtMs < days.Start().UnixMilli()) })
		}},
		{kindDay, func() error {
			return each(rd.tx, kindDay, "", func(id string, d pushDay) bool { return take(id, d.Day < compact(rounds)) })
		}},
	} {
		old = old[:0]
		if err := step.look(); err != nil {
			return false, err
		}
		for _, id := range old {
			if err := rd.tx.DeleteCredential(step.kind, id); err != nil {
				return false, err
			}
		}
		more = more || len(old) == pruneBatch
	}
	return more, nil
}

// compact writes a day as it stands in keys: yyyymmdd.
func compact(d domain.Date) string { return strings.ReplaceAll(string(d), "-", "") }
