package backup

import (
	"context"
	"time"

	"github.com/banso/banso/server/internal/domain"
)

// How the loop paces itself.
const (
	firstAfter = 30 * time.Second // after the start: phones that come back go first
	retryAfter = time.Minute      // after a failure, or Every if that is shorter
	drillEvery = 7 * 24 * time.Hour
	drillFrom  = 1 // o'clock, UTC+7, …
	drillTo    = 5 // … until then; a drill that is a day late begins at once
)

// Run makes backups until ctx ends: every Every while anything changes, and a
// drill a week at night.
func (s *Service) Run(ctx context.Context) {
	for wait := min(firstAfter, s.cfg.Every); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = s.round(ctx)
	}
}

// round does what is due and returns the pause after it.
func (s *Service) round(ctx context.Context) time.Duration {
	start := s.cfg.Now()
	if err := s.MakeIfNew(ctx); err != nil {
		if ctx.Err() == nil {
			s.cfg.Log.Error("backup failed", "error", err, "late", s.Late() != nil)
		}
		return min(retryAfter, s.cfg.Every)
	}
	if s.drillDue() {
		if d, err := s.Drill(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.Error("restore drill failed", "error", err)
		} else {
			s.cfg.Log.Info("restore drill passed", "place", d.Place, "id", d.ID, "fetch", d.Fetch, "prove", d.Prove)
		}
	}
	return max(s.cfg.Every-s.cfg.Now().Sub(start), time.Second)
}

// MakeIfNew makes a backup unless every place holds all there is.
func (s *Service) MakeIfNew(ctx context.Context) error {
	s.busy.Lock()
	defer s.busy.Unlock()
	quiet, err := s.quiet(ctx)
	if err != nil {
		return err
	}
	for _, p := range s.places {
		if quiet { // what was there may be gone
			quiet = s.stillThere(ctx, p) == nil
		}
	}
	if quiet {
		s.mu.Lock()
		s.state.sureMs = s.cfg.Now().UnixMilli()
		s.mu.Unlock()
		return nil
	}
	_, err = s.make(ctx)
	return err
}

func (s *Service) drillDue() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	last := time.UnixMilli(s.state.note.DrillMs)
	if s.state.note.DrillMs == 0 {
		last = s.state.since.Add(time.Hour - drillEvery) // a new server tries soon
	}
	if s.state.drillErr != nil { // not again and again all night
		return now.Sub(last) > drillEvery+24*time.Hour && now.In(domain.Zone).Hour() == drillFrom
	}
	hour := now.In(domain.Zone).Hour()
	late := now.Sub(last) - drillEvery
	return late > 0 && (hour >= drillFrom && hour < drillTo || late > 24*time.Hour)
}

// Hold sees to it that a backup holds a commit and returns the newest commit
// that one holds.
func (s *Service) Hold(ctx context.Context, commit int64) (int64, error) {
	if got := s.newest(); got >= commit {
		return got, nil
	}
	m, err := s.Make(ctx)
	if got := s.newest(); got >= commit {
		return got, nil // also when another place failed: the loop tells of it
	}
	return m.Commit, err
}

// newest is the newest commit that a place of this run's settings holds.
func (s *Service) newest() (commit int64) {
	n := s.noted()
	for _, p := range s.places {
		commit = max(commit, n.Places[p.Label()].Commit)
	}
	return commit
}
