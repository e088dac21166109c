package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Sessions tells whether a device is still signed in as a person.
type Sessions interface {
	SignedIn(r store.Reader, person, device domain.ID) (bool, error)
}

// Config of a Service. Store, Now and Sessions are required.
type Config struct {
	Store    store.Store
	Now      func() time.Time
	Log      *slog.Logger
	Sessions Sessions
	Months   Months    // what the reminders look at; nil: none are made
	Channels []Channel // none: pushes are off, everything else works
	// Mail sends a letter; nil: officers get none.
	Mail func(ctx context.Context, to, subject, text, id string) error
	// Summary writes the figures of a week or month as a person sees them; nil:
	// there are no summaries.
	Summary func(ctx context.Context, person domain.ID, period string) (subject, text string, err error)
	Origin  string // of the app, for letters; empty: unknown
	// OnSent is told how many messages a channel ended in which way.
	OnSent func(channel string, f Fate, n int)
}

// Service sends what waits in the outbox and moves the clock of reminders.
// Its methods may be called from anywhere; one Deliver runs at a time.
type Service struct {
	cfg     Config
	sending sync.Mutex

	mu     sync.Mutex
	paused map[string]pause // channels that are down, by name
}

// pause is a channel that is down.
type pause struct {
	until time.Time
	fails int
	why   string
}

// New makes a Service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.OnSent == nil {
		c.OnSent = func(string, Fate, int) {}
	}
	return &Service{cfg: c, paused: map[string]pause{}}
}

// Mails reports whether officers can have letters.
func (s *Service) Mails() bool { return s.cfg.Mail != nil }

// On names the channels that pushes leave by.
func (s *Service) On() []string {
	list := []string{}
	for _, c := range s.cfg.Channels {
		list = append(list, c.Name())
	}
	return list
}

func (s *Service) channel(name string) Channel {
	for _, c := range s.cfg.Channels {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

func (s *Service) pauseOf(channel string) pause {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paused[channel]
}

// probing reports whether a channel has just been down: then little is sent
// until it is known to work again.
func (s *Service) probing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.paused) > 0
}

// channelDown pauses a channel; channelUp takes that back.
func (s *Service) channelDown(name, why string, now time.Time, asked time.Duration) {
	s.mu.Lock()
	p := s.paused[name]
	first := p.fails == 0
	p.fails++
	p.until, p.why = now.Add(min(backOff(p.fails, asked), longestPause)), why
	s.paused[name] = p
	s.mu.Unlock()
	if first {
		s.cfg.Log.Warn("notifications do not leave by this channel", "channel", name, "why", why)
	}
}

func (s *Service) channelUp(name string) {
	s.mu.Lock()
	_, was := s.paused[name]
	delete(s.paused, name)
	s.mu.Unlock()
	if was {
		s.cfg.Log.Warn("notifications leave by this channel again", "channel", name)
	}
}

// longestPause of a channel: after an outage of days it is found to work again
// within so long.
const longestPause = 10 * time.Minute
