package stats

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// SilentDays is after how many days without a word a team is called silent; a
// phone that was here within so many days is active. An assumption of ours (A).
const SilentDays = 30

// wordMonths is how far back a team's last word is looked for.
const wordMonths = 12

// watchEvery is how old what is watched may be: it depends on the day and on
// contacts of phones, which no counter holds.
const watchEvery = time.Minute

// contactDays are the ages by which phones are counted.
var contactDays = [...]int{1, 7, 30}

// watched is what was seen of all teams.
type watched struct {
	at     time.Time
	day    domain.Date
	digest string
	teams  []teamSight
	phones []phoneSight
	places []roster.PlaceRow
}

// teamSight is what is seen of one team.
type teamSight struct {
	id      domain.ID
	team    domain.Team
	people  []domain.ID // members today
	leader  bool
	aside   map[string]int64 // open cases by code
	word    domain.Date      // last day on which it sent work, "" if not within wordMonths
	scope   int64            // newest change of its scope when that was read
	wordSeq int64            // newest change of its months' scopes
}

// phoneSight is when somebody's device was last here.
type phoneSight struct {
	person domain.ID
	at     time.Time
	app    string
}

// watchman keeps what was seen last.
type watchman struct {
	mu   sync.Mutex
	last *watched
}

// watch returns what is seen of teams and phones, at most watchEvery old. Only
// teams whose records changed since are read again.
func (s *Service) watch(ctx context.Context) (*watched, error) {
	s.watchman.mu.Lock()
	defer s.watchman.mu.Unlock()
	old, w := s.watchman.last, &watched{at: s.Now(), day: domain.DateOf(s.Now())}
	known := map[domain.ID]*teamSight{}
	if old != nil && old.day == w.day {
		if w.at.Sub(old.at).Abs() < watchEvery {
			return old, nil
		}
		for i := range old.teams {
			known[old.teams[i].id] = &old.teams[i]
		}
	}
	// Before the snapshot, for it opens one of its own.
	if s.Contacts != nil {
		if err := s.Contacts(ctx, func(person domain.ID, at time.Time, app string) {
			w.phones = append(w.phones, phoneSight{person, at, app})
		}); err != nil {
			return nil, err
		}
	}
	if err := s.Store.View(ctx, func(r store.Reader) error { return w.look(r, known) }); err != nil {
		return nil, err
	}
	w.digest = w.sum()
	s.watchman.last = w
	return w, nil
}

// look reads the teams that exist today.
func (w *watched) look(r store.Reader, known map[domain.ID]*teamSight) error {
	w.teams = w.teams[:0]
	var bad error
	err := roster.Teams(r, func(id domain.ID, t domain.Team) bool {
		if t.Active(w.day) {
			var sight teamSight
			if sight, bad = look(r, id, t, w.day, known[id]); bad == nil {
				w.teams = append(w.teams, sight)
			}
		}
		return bad == nil
	})
	if err = errors.Join(err, bad); err != nil {
		return err
	}
	w.places, err = roster.Places(r, w.day)
	return err
}

// sum names what is shown, so that a look that sees the same changes nothing.
func (w *watched) sum() string {
	d := syncproto.Doc{}
	raw, err := json.Marshal(w.all().sum(), json.Deterministic(true))
	if err == nil {
		d["w"] = syncproto.Str(string(raw))
	}
	for i := range w.teams {
		d[string(w.teams[i].id)] = syncproto.Str(string(w.teams[i].team.Commune))
	}
	for i, p := range w.places { // two reviewers' figures may differ although the sum is the same
		d["p"+strconv.Itoa(i)] = syncproto.Str(string(p.Commune) + " " + string(p.Team))
	}
	return syncproto.HashDoc(d).String()
}

// look reads a team, or takes what is known where nothing changed.
func look(r store.Reader, id domain.ID, t domain.Team, today domain.Date, known *teamSight) (teamSight, error) {
	s := teamSight{id: id, team: t}
	own, err := r.Scope(syncproto.TeamScope(id))
	if err != nil {
		return s, err
	}
	s.scope = own.Last
	if known != nil && known.scope == own.Last {
		s.people, s.leader, s.aside = known.people, known.leader, known.aside
	} else if err := s.readOwn(r, today); err != nil {
		return s, err
	}
	return s, s.readWord(r, today, known)
}

// readOwn reads who is in the team and what of it is set aside.
func (s *teamSight) readOwn(r store.Reader, today domain.Date) error {
	if err := roster.TeamGrants(r, s.id, func(g domain.Grant) bool {
		if g.Has(today) {
			s.people = append(s.people, g.Person)
			s.leader = s.leader || g.Role == domain.RoleLeader
		}
		return true
	}); err != nil {
		return err
	}
	s.aside = map[string]int64{}
	var bad error
	err := r.Members(syncproto.TeamScope(s.id), syncproto.TypeCase, func(rec *store.Record) bool {
		var c struct {
			Code  string `json:"code"`
			State string `json:"state"`
		}
		if bad = json.Unmarshal(rec.Doc, &c); bad == nil && c.State == "open" {
			s.aside[c.Code]++
		}
		return bad == nil
	})
	return errors.Join(err, bad)
}

// readWord finds the last day on which the team sent work, from the newest
// month backwards.
func (s *teamSight) readWord(r store.Reader, today domain.Date, known *teamSight) error {
	var ms []domain.Month
	for i := range wordMonths {
		m := today.Month().Add(-i)
		sc, err := r.Scope(syncproto.TeamMonthScope(s.id, string(m)))
		if err != nil {
			return err
		}
		if sc.Count > 0 {
			ms = append(ms, m)
			s.wordSeq = max(s.wordSeq, sc.Last)
		}
	}
	if known != nil && known.wordSeq == s.wordSeq {
		s.word = known.word
		return nil
	}
	for _, m := range ms {
		if err := s.heard(r, m); err != nil {
			return err
		}
		if s.word >= m.First() { // older months were not written later, but for late work of a silent team
			return nil
		}
	}
	return nil
}

func (s *teamSight) heard(r store.Reader, m domain.Month) error {
	var bad error
	err := r.Members(syncproto.TeamMonthScope(s.id, string(m)), "", func(rec *store.Record) bool {
		var d struct {
			Received  int64 `json:"received"`
			Submitted int64 `json:"submitted"`
		}
		if bad = json.Unmarshal(rec.Doc, &d); bad == nil {
			s.word = max(s.word, domain.DateOf(time.UnixMilli(max(d.Received, d.Submitted))))
		}
		return bad == nil
	})
	return errors.Join(err, bad)
}
