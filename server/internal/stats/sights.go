package stats

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
)

// Watch is what is seen of teams and phones now, at most a minute ago.
type Watch struct {
	Teams    int64            `json:"teams"`            // that exist today
	Communes int64            `json:"communes"`         // of today, with at least one of them
	Villages int64            `json:"villages"`         // teams of villages
	Listed   int64            `json:"villages_listed"`  // that the province listed, with a team or without
	Covered  int64            `json:"villages_covered"` // of these, with a team
	Led      int64            `json:"with_leader"`
	Reached  int64            `json:"with_phone"` // teams of which a phone was here within SilentDays
	Silent   []SilentTeam     `json:"silent"`     // those that were never heard of first, then the longest silent
	Phones   map[string]int64 `json:"phones"`     // of team members, by days since their last contact, at most: "1", "7", "30", "more"
	Apps     map[string]int64 `json:"apps"`       // of these phones, those here within SilentDays, by the version of the app; "": not said
	Aside    map[string]int64 `json:"set_aside"`  // open cases by code
	Days     int              `json:"silent_days"`
}

// SilentTeam has not sent any work for SilentDays.
type SilentTeam struct {
	Team domain.ID   `json:"team"`
	Name string      `json:"name"`
	Unit domain.ID   `json:"unit"`
	Last domain.Date `json:"last,omitzero"` // absent: not within a year
}

// sights are what is watched of the teams that a caller may see.
type sights struct {
	w      *watched
	teams  []*teamSight
	byUnit map[domain.ID]*unitSight
	places []roster.PlaceRow
}

type unitSight struct{ teams, silent int64 }

func (w *watched) all() sights { return w.choose(func(domain.ID) bool { return true }) }

// of narrows what is watched to what a query asks for and a caller may see.
func (w *watched) of(v *view) sights {
	return w.choose(func(commune domain.ID) bool {
		_, ok := v.group(commune, w.day.Month())
		return ok
	})
}

func (w *watched) choose(ok func(commune domain.ID) bool) sights {
	s := sights{w: w, byUnit: map[domain.ID]*unitSight{}}
	for i := range w.teams {
		t := &w.teams[i]
		if !ok(t.team.Commune) {
			continue
		}
		s.teams = append(s.teams, t)
		u := s.byUnit[t.team.Commune]
		if u == nil {
			u = &unitSight{}
			s.byUnit[t.team.Commune] = u
		}
		u.teams++
		if t.silent(w.day) {
			u.silent++
		}
	}
	for _, p := range w.places {
		if ok(p.Commune) {
			s.places = append(s.places, p)
		}
	}
	return s
}

// silent: nothing came for SilentDays, and the team is older than that.
func (t *teamSight) silent(today domain.Date) bool {
	since := today.Add(-SilentDays)
	return t.word < since && t.team.EstablishedOn < since
}

func (s sights) sum() Watch {
	out := Watch{Communes: int64(len(s.byUnit)), Silent: []SilentTeam{}, Aside: map[string]int64{}, Apps: map[string]int64{}, Phones: map[string]int64{"more": 0}, Days: SilentDays}
	for _, d := range contactDays {
		out.Phones[strconv.Itoa(d)] = 0
	}
	seen := map[domain.ID]time.Time{} // of each person, the newest contact
	for _, p := range s.w.phones {
		if p.at.After(seen[p.person]) {
			seen[p.person] = p.at
		}
	}
	mine := map[domain.ID]bool{}
	for _, t := range s.teams {
		out.team(t, s.w, seen)
		for _, p := range t.people {
			mine[p] = true
		}
	}
	out.Listed = int64(len(s.places))
	for _, p := range s.places {
		if p.Team != "" {
			out.Covered++
		}
	}
	for _, p := range s.w.phones {
		if mine[p.person] {
			out.Phones[ageOf(s.w.at.Sub(p.at))]++
			if s.w.at.Sub(p.at) <= SilentDays*24*time.Hour {
				out.Apps[p.app]++
			}
		}
	}
	slices.SortFunc(out.Silent, func(a, b SilentTeam) int {
		return cmp.Or(cmp.Compare(a.Last, b.Last), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Team, b.Team))
	})
	return out
}

func (out *Watch) team(t *teamSight, w *watched, seen map[domain.ID]time.Time) {
	out.Teams++
	if t.team.Level == domain.LevelVillage {
		out.Villages++
	}
	if t.leader {
		out.Led++
	}
	if slices.ContainsFunc(t.people, func(p domain.ID) bool {
		at, ok := seen[p]
		return ok && w.at.Sub(at) <= SilentDays*24*time.Hour
	}) {
		out.Reached++
	}
	for code, n := range t.aside {
		out.Aside[code] += n
	}
	if t.silent(w.day) {
		out.Silent = append(out.Silent, SilentTeam{Team: t.id, Name: t.team.Name, Unit: t.team.Commune, Last: t.word})
	}
}

func ageOf(d time.Duration) string {
	for _, days := range contactDays {
		if d <= time.Duration(days)*24*time.Hour {
			return strconv.Itoa(days)
		}
	}
	return "more"
}
