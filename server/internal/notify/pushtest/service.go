package pushtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// maxBody is what a push service takes (RFC 8030 asks for 4096 at least).
const maxBody = 4096

// Service is a Web Push service that serves over TLS. Its fields are set
// before it serves, or under Lock.
type Service struct {
	sync.Mutex
	Public  string // key that its browsers subscribed with
	Contact string // "mailto:…" that the sender must name
	Now     func() time.Time
	// Answer answers in its place if it returns true.
	Answer func(http.ResponseWriter, *http.Request) bool
	Took   func(path string, head http.Header, body []byte) // is told of each push that was taken

	Signed  int   // pushes whose VAPID token was good
	Refused int   // and those whose was not
	Why     error // of the last
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Answer != nil && s.Answer(w, r) {
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	s.Lock()
	defer s.Unlock()
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	case len(body) > maxBody:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	case r.Header.Get("TTL") == "" || len(r.Header.Get("Topic")) > 32 || len(body) > 0 && r.Header.Get("Content-Encoding") != "aes128gcm":
		w.WriteHeader(http.StatusBadRequest)
	default:
		if s.Why = s.verify(r); s.Why != nil {
			s.Refused++
			w.WriteHeader(http.StatusForbidden)
			return
		}
		s.Signed++
		if s.Took != nil {
			s.Took(r.URL.Path, r.Header, body)
		}
		w.WriteHeader(http.StatusCreated)
	}
}

// verify checks the VAPID header (RFC 8292).
func (s *Service) verify(r *http.Request) error {
	token, key, ok := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "vapid t="), ", k=")
	if !ok || key != s.Public {
		return errors.New("pushtest: not the key of the subscription")
	}
	raw, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return err
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	if err != nil {
		return err
	}
	t, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return pub, nil }, jwt.WithValidMethods([]string{"ES256"}),
		jwt.WithAudience("https://"+r.Host), jwt.WithExpirationRequired(), jwt.WithSubject(s.Contact), jwt.WithTimeFunc(s.Now))
	if err != nil {
		return err
	}
	if exp, err := t.Claims.GetExpirationTime(); err != nil || exp.After(s.Now().Add(24*time.Hour)) {
		return errors.New("pushtest: a token for more than a day")
	}
	return nil
}
