package months

import (
	"slices"
	"strings"

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
	night  bool
}

// shiftOf is by day unless the activity says that it began at night.
func shiftOf(p domain.ID, a *domain.Activity) shift {
	return shift{person: p, on: a.DoneOn, night: a.Start != nil && (*a.Start >= nightFrom || *a.Start < nightTo)}
}

// workers lists who was a member on the last day or did counted work, by id.
func workers(roster []domain.ID, done map[shift]bool) []policy.Worker {
	byID := map[domain.ID]*policy.Worker{}
	at := func(p domain.ID) *policy.Worker {
		if byID[p] == nil {
			byID[p] = &policy.Worker{ID: p}
		}
		return byID[p]
	}
	for _, p := range roster {
		at(p).Member = true
	}
	for s := range done {
		if s.night {
			at(s.person).Nights++
		} else {
			at(s.person).Days++
		}
	}
	list := make([]policy.Worker, 0, len(byID))
	for _, w := range byID {
		list = append(list, *w)
	}
	slices.SortFunc(list, func(a, b policy.Worker) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return list
}
