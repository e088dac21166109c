package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Kinds of credentials in the store.
const (
	kindPassword = "password"
	kindCode     = "code"
	kindSession  = "session"
	kindDevice   = "device"
	kindSecond   = "second"
)

// Config of a Service. Store, Keys, Now and Rand are required.
type Config struct {
	Store     store.Store
	Keys      *Keyring
	Now       func() time.Time
	Rand      io.Reader
	AccessTTL time.Duration // default DefaultAccessTTL, at most MaxAccessTTL
	ByAddress Limiter       // of wrong codes and passwords; default: 30, then one each 10 s
	ByAccount Limiter       // of wrong passwords; default: 6, then one each 20 s
	ByPair    Limiter       // of one address with one login; default: 4, then one a minute: slower than ByAccount, so that no single address can keep somebody out
	ByToken   Limiter       // of requests with one API token; default: 120, then one a second

	Provider Provider // the province's own identity provider; nil: none
	// TokensOff says whether the province lets no API token read; nil: never.
	TokensOff func(store.Reader) (bool, error)
	Wall      func() time.Time // the world's clock, for Provider; default Now
}

// Service is safe for concurrent use.
type Service struct {
	store     store.Store
	keys      *Keyring
	now       func() time.Time
	rnd       io.Reader
	ttl       time.Duration
	byAddress Limiter
	byAccount Limiter
	byPair    Limiter
	byToken   Limiter
	tokensOff func(store.Reader) (bool, error)
	hashes    *hasher
	tokens    *tokens
	provider  Provider // nil: none
	wall      func() time.Time

	ceremonies ceremonies
}

// New makes a Service and reads which sessions have ended.
func New(ctx context.Context, c Config) (*Service, error) {
	if c.AccessTTL == 0 {
		c.AccessTTL = DefaultAccessTTL
	}
	if c.AccessTTL < 0 || c.AccessTTL > MaxAccessTTL {
		return nil, fmt.Errorf("access lives %v: more than nothing and at most %v is allowed", c.AccessTTL, MaxAccessTTL)
	}
	if c.ByAddress == nil {
		c.ByAddress = NewBuckets(30, 10*time.Second, time.Now)
	}
	if c.ByAccount == nil {
		c.ByAccount = NewBuckets(6, 20*time.Second, time.Now)
	}
	if c.ByPair == nil {
		c.ByPair = NewBuckets(4, time.Minute, time.Now)
	}
	if c.ByToken == nil {
		c.ByToken = NewBuckets(120, time.Second, time.Now)
	}
	if c.Wall == nil {
		c.Wall = c.Now
	}
	s := &Service{provider: c.Provider, wall: c.Wall, store: c.Store, keys: c.Keys, now: c.Now, rnd: c.Rand, ttl: c.AccessTTL,
		byAddress: c.ByAddress, byAccount: c.ByAccount, byPair: c.ByPair, byToken: c.ByToken, tokensOff: c.TokensOff,
		hashes: newHasher(c.Rand), tokens: newTokens(c.Keys, c.Now)}
	return s, s.loadEnded(ctx)
}

// loadEnded fills the set of ended sessions whose tokens may not have expired.
func (s *Service) loadEnded(ctx context.Context) error {
	after := s.now().Add(-MaxAccessTTL).UnixMilli()
	return s.store.View(ctx, func(r store.Reader) error {
		var bad error
		err := r.Credentials(kindSession, "", func(id string, raw jsontext.Value) bool {
			var d sessionDoc
			switch bad = json.Unmarshal(raw, &d); {
			case bad != nil:
			case d.EndedMs > after && d.Reason == endedLogout:
				s.tokens.leave(domain.ID(id), d.Serial)
			case d.EndedMs > after:
				s.tokens.end(domain.ID(id), d.Serial)
			case d.UsedMs > after: // what this session may have replaced
				s.tokens.end(domain.ID(id), d.Serial-1)
			}
			return bad == nil
		})
		return errors.Join(err, bad)
	})
}

// Verify returns who holds an access token.
func (s *Service) Verify(token string) (domain.Caller, error) { return s.tokens.verify(token) }

// take spends a try of a key, or says how long to wait.
func take(l Limiter, key string) error {
	wait := l.Take(key)
	if wait <= 0 {
		return nil
	}
	e := domain.E(domain.TooMany, "Too many wrong tries. Wait a moment and try again.",
		"Bạn đã nhập sai nhiều lần. Vui lòng chờ một lát rồi thử lại.")
	e.RetryAfterS = int(wait/time.Second) + 1
	return e
}
