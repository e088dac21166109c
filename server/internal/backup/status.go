package backup

import (
	"errors"
	"fmt"
	"time"
)

// A place is late when it has not taken all for so many periods, and never
// before an hour.
const (
	lateAfter = 4
	lateLeast = time.Hour
)

// state is what the running server knows.
type state struct {
	since    time.Time // of this run
	note     note
	sureMs   int64 // when it was last found that all places hold everything
	made     Made
	fails    int64
	lastErr  error
	drillErr error
}

// Status says how things stand.
type Status struct {
	Places   []PlaceStatus `json:"places"`
	Every    time.Duration `json:"-"`
	Fails    int64         `json:"fails"`    // of this run
	DrillMs  int64         `json:"drill_ms"` // of the last good drill; 0: none yet
	DrillBad bool          `json:"drill_bad"`
	Last     Made          `json:"-"`
}

// PlaceStatus is about one place.
type PlaceStatus struct {
	Place  string `json:"place"`
	Inside bool   `json:"inside"` // on the data's own disk: it saves from mistakes, not from a lost disk
	Commit int64  `json:"commit"` // that it holds; 0: nothing yet
	AtMs   int64  `json:"at_ms"`  // up to when it holds everything; 0: never
	Late   bool   `json:"late"`
}

func (s *Service) noted() note {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.note
}

func (s *Service) told(m Made, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.lastErr = err
	if err != nil {
		s.state.fails++
	}
	if len(m.Places) > 0 {
		s.state.made = m
	}
}

func (s *Service) drilled(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.drillErr = err
}

// Status returns how things stand now.
func (s *Service) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Status{Every: s.cfg.Every, Fails: s.state.fails, DrillMs: s.state.note.DrillMs, DrillBad: s.state.drillErr != nil, Last: s.state.made}
	patience := max(lateAfter*s.cfg.Every, lateLeast)
	now := s.cfg.Now()
	for _, p := range s.places {
		t := s.state.note.Places[p.Label()]
		one := PlaceStatus{Place: p.Label(), Inside: p.inside, Commit: t.Commit, AtMs: t.AtMs}
		if t.AtMs > 0 {
			one.AtMs = max(t.AtMs, s.state.sureMs)
		}
		from := max(one.AtMs, s.state.since.UnixMilli())
		one.Late = now.UnixMilli()-from > patience.Milliseconds()
		st.Places = append(st.Places, one)
	}
	return st
}

// Late is an error while a place is late, and says since when.
func (s *Service) Late() error {
	var err error
	for _, p := range s.Status().Places {
		if !p.Late {
			continue
		}
		since := "never"
		if p.AtMs > 0 {
			since = time.UnixMilli(p.AtMs).UTC().Format(time.RFC3339)
		}
		err = errors.Join(err, fmt.Errorf("backup late: newest %s", since))
	}
	return err
}
