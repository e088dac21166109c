package auth

import (
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Lives of tokens and codes.
const (
	DefaultAccessTTL = time.Hour
	MaxAccessTTL     = 24 * time.Hour       // retired keys verify this long
	SessionTTL       = 400 * 24 * time.Hour // without a refresh; phones stay away for a season
	CodeTTL          = 30 * 24 * time.Hour
	PushWindow       = 24 * time.Hour // a revoked session may ask for push-only access this long after it first did
)

const (
	tokenType     = "at+jwt" // RFC 9068
	issuer        = "banso"
	audience      = "banso-api"
	maxTokenBytes = 2048
	maxVerified   = 1 << 16 // tokens in the cache
)

// claims of an access token. There are no rights among them.
type claims struct {
	jwt.RegisteredClaims
	Device   domain.ID `json:"device"`
	Session  int64     `json:"ses"`          // serial of the session on that device
	PushOnly bool      `json:"po,omitempty"` // of a revoked session
}

// tokens makes and verifies access tokens.
type tokens struct {
	keys   *Keyring
	now    func() time.Time
	parser *jwt.Parser

	mu       sync.RWMutex
	verified map[[32]byte]verified // by hash of the token
	ended    map[domain.ID]int64   // device -> newest session serial that has ended
	left     map[domain.ID]int64   // the same of those that logged out: not even push-only
}

type verified struct {
	caller  domain.Caller
	session int64
	until   time.Time
}

func newTokens(keys *Keyring, now func() time.Time) *tokens {
	return &tokens{
		keys: keys, now: now, verified: map[[32]byte]verified{}, ended: map[domain.ID]int64{}, left: map[domain.ID]int64{},
		parser: jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithStrictDecoding(),
			jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
			jwt.WithTimeFunc(now)),
	}
}

// sign makes an access token and remembers it as verified: its bearer is about
// to come with it.
func (t *tokens) sign(who domain.Caller, session int64, jti domain.ID, now time.Time, ttl time.Duration) (string, error) {
	kid, priv := t.keys.signer()
	until := jwt.NewNumericDate(now.Add(ttl))
	tok := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: string(who.Person), ID: string(jti),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: until,
		},
		Device: who.Device, Session: session, PushOnly: who.PushOnly,
	})
	tok.Header["typ"], tok.Header["kid"] = tokenType, kid
	token, err := tok.SignedString(priv)
	if err == nil {
		t.remember(sha256.Sum256([]byte(token)), verified{caller: who, session: session, until: until.Time}, now)
	}
	return token, err
}

var errToken = domain.E(domain.Unauthorized, "Sign in again: the access has expired or was ended.",
	"Phiên làm việc đã hết hạn hoặc đã kết thúc. Vui lòng đăng nhập lại.")

// verify returns whose token it is. Signatures cost some 60 µs, so a verified
// token is remembered until it expires; whether its session has ended is
// looked up each time.
func (t *tokens) verify(token string) (domain.Caller, error) {
	if len(token) == 0 || len(token) > maxTokenBytes {
		return domain.Caller{}, errToken
	}
	sum := sha256.Sum256([]byte(token))
	now := t.now()
	t.mu.RLock()
	v, known := t.verified[sum]
	t.mu.RUnlock()
	if known && !now.Before(v.until) {
		return domain.Caller{}, errToken
	}
	if !known {
		var err error
		if v, err = t.read(token); err != nil {
			return domain.Caller{}, errToken
		}
		t.remember(sum, v, now)
	}
	t.mu.RLock()
	ended := t.ended[v.caller.Device] >= v.session
	left := t.left[v.caller.Device] >= v.session
	t.mu.RUnlock()
	if left || ended && !v.caller.PushOnly {
		return domain.Caller{}, errToken
	}
	return v.caller, nil
}

// read checks a token in full.
func (t *tokens) read(token string) (verified, error) {
	var c claims
	_, err := t.parser.ParseWithClaims(token, &c, func(tok *jwt.Token) (any, error) {
		if tok.Header["typ"] != tokenType {
			return nil, errors.New("not an access token")
		}
		kid, _ := tok.Header["kid"].(string)
		pub, ok := t.keys.verifier(kid, t.now())
		if !ok {
			return nil, errors.New("unknown key")
		}
		return pub, nil
	})
	if err != nil {
		return verified{}, err
	}
	_, err1 := syncproto.ParseID(c.Subject)
	_, err2 := syncproto.ParseID(string(c.Device))
	if err1 != nil || err2 != nil || c.Session < 1 || c.ID == "" || c.IssuedAt == nil {
		return verified{}, errors.New("claims are missing")
	}
	return verified{
		caller:  domain.Caller{Person: domain.ID(c.Subject), Device: c.Device, PushOnly: c.PushOnly},
		session: c.Session, until: c.ExpiresAt.Time,
	}, nil
}

func (t *tokens) remember(sum [32]byte, v verified, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.verified) >= maxVerified {
		for k, old := range t.verified {
			if !now.Before(old.until) || len(t.verified) >= maxVerified/2 {
				delete(t.verified, k)
			}
		}
	}
	t.verified[sum] = v
}

// end notes that the sessions of a device up to a serial have ended.
func (t *tokens) end(device domain.ID, session int64) { t.note(t.ended, device, session) }

// leave notes that they logged out.
func (t *tokens) leave(device domain.ID, session int64) {
	t.end(device, session)
	t.note(t.left, device, session)
}

func (t *tokens) note(m map[domain.ID]int64, device domain.ID, session int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m[device] < session {
		m[device] = session
	}
}
