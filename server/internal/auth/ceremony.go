package auth

import (
	"sync"
	"time"

	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

const (
	ceremonyTTL   = 5 * time.Minute
	maxCeremonies = 4096
)

// ceremonies are the questions that browsers have not answered yet. They are
// kept in memory: who is asked while the server restarts begins again.
type ceremonies struct {
	mu   sync.Mutex
	open map[domain.ID]ceremony
}

type ceremony struct {
	session *webauthn.SessionData
	person  domain.ID // who was asked; empty: whoever signs in
	use     use
	until   time.Time
}

// use is what a question was put for: its answer is good for nothing else. To
// make a passkey takes a proof of who sits there, to ask for that proof doesn't.
type use int

const (
	toSignIn use = iota
	toStepUp
	toMake
)

func (c *ceremonies) begin(s *Service, session *webauthn.SessionData, u use, person domain.ID, options any) (Ceremony, error) {
	raw, err := jsonv1.Marshal(options)
	if err != nil {
		return Ceremony{}, err
	}
	now := s.now()
	id := syncproto.NewRandomID(s.rnd)
	session.Expires = time.Time{} // until is by the server's clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) >= maxCeremonies {
		for old, x := range c.open {
			if now.After(x.until) {
				delete(c.open, old)
			}
		}
	}
	if len(c.open) >= maxCeremonies {
		return Ceremony{}, domain.E(domain.Unavailable, "Too many sign-ins at once. Try again in a moment.", "Quá nhiều lượt đăng nhập cùng lúc. Hãy thử lại sau ít phút.")
	}
	if c.open == nil {
		c.open = map[domain.ID]ceremony{}
	}
	c.open[id] = ceremony{session, person, u, now.Add(ceremonyTTL)}
	return Ceremony{ID: id, Options: raw}, nil
}

// end gives a question out once, to who was asked, for what it was put, in time.
func (c *ceremonies) end(id domain.ID, u use, person domain.ID, now time.Time) (*webauthn.SessionData, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x, ok := c.open[id]
	if !ok || x.person != person || x.use != u {
		return nil, false
	}
	delete(c.open, id)
	return x.session, !now.After(x.until)
}
