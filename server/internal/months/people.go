package months

import (
	"cmp"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
)

// Night work begins from 22:00 to 6:00 (Bộ luật Lao động 2019, Điều 106).
const (
	nightFrom = 22 * 60
	nightTo   = 6 * 60
)

// shift is a person's day or night of counted work: several activities of one
// day are one day.
type shift struct {
	person domain.ID
	on     domain.Date
	night  int // 1: at night
}

// shiftOf is by day unless the activity says that it began at night.
func shiftOf(p domain.ID, a *domain.Activity) shift {
	s := shift{person: p, on: a.DoneOn}
	if a.Start != nil && (*a.Start >= nightFrom || *a.Start < nightTo) {
		s.night = 1
	}
	return s
}

// workers lists who was a member on the last day or did counted work, by id,
// and counts those who did.
func workers(roster []domain.ID, done []shift) (list []policy.Worker, working int64) {
	slices.SortFunc(done, func(a, b shift) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.on, b.on), cmp.Compare(a.night, b.night))
	})
	list = make([]policy.Worker, 0, len(roster)+2)
	at := func(p domain.ID) *policy.Worker {
		i, found := slices.BinarySearchFunc(list, p, func(w policy.Worker, p domain.ID) int { return cmp.Compare(w.ID, p) })
		if !found {
			list = slices.Insert(list, i, policy.Worker{ID: p})
		}
		return &list[i]
	}
	for _, p := range roster {
		at(p).Member = true
	}
	for _, s := range slices.Compact(done) {
		w := at(s.person)
		if w.Days+w.Nights == 0 {
			working++
		}
		if s.night == 1 {
			w.Nights++
		} else {
			w.Days++
		}
	}
	return list, working
}
