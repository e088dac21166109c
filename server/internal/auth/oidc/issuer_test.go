package oidc_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/auth/oidc"
)

const (
	clientID = "banso"
	secret   = "a secret of the client"
	verifier = "0123456789012345678901234567890123456789012"
)

var b64 = base64.RawURLEncoding

// issuer is a provider that answers whatever a test wants, which no honest one
// does.
type issuer struct {
	*httptest.Server
	t   *testing.T
	log bytes.Buffer

	mu     sync.Mutex
	wall   time.Time
	hits   map[string]int
	kid    string
	key    *rsa.PrivateKey
	says   map[string]any // discovery, over what is usual
	token  func() (status int, body any)
	onFind func(w http.ResponseWriter, r *http.Request) bool
	form   map[string]string // of the last token request
	basic  bool
}

func newIssuer(t *testing.T) *issuer {
	i := &issuer{t: t, hits: map[string]int{}, kid: "one", key: newKey(t), wall: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	i.Server = httptest.NewServer(i)
	t.Cleanup(i.Close)
	return i
}

func newKey(t *testing.T) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (i *issuer) now() time.Time { i.mu.Lock(); defer i.mu.Unlock(); return i.wall }
func (i *issuer) add(d time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.wall = i.wall.Add(d)
}
func (i *issuer) asked(path string) int { i.mu.Lock(); defer i.mu.Unlock(); return i.hits[path] }

func (i *issuer) provider(change func(*oidc.Config)) *oidc.Provider {
	i.t.Helper()
	cfg := oidc.Config{Issuer: i.URL, Client: clientID, Secret: secret, Wall: i.now, Log: slog.New(slog.NewTextHandler(&i.log, nil))}
	if change != nil {
		change(&cfg)
	}
	p, err := oidc.New(cfg)
	if err != nil {
		i.t.Fatal(err)
	}
	return p
}

// question is one that was put a minute ago.
func (i *issuer) question() auth.Question {
	return auth.Question{State: "in.s", Nonce: "the nonce", Verifier: verifier, Redirect: "https://banso.test/console/", AskedMs: i.now().Add(-time.Minute).UnixMilli()}
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.hits[r.URL.Path]++
	find, token, says, kid, pub := i.onFind, i.token, i.says, i.kid, &i.key.PublicKey
	i.mu.Unlock()
	status, body := http.StatusOK, any(nil)
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		if find != nil && find(w, r) {
			return
		}
		m := map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/jwks",
			"id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"}}
		maps.Copy(m, says)
		body = m
	case "/jwks":
		body = map[string]any{"keys": []any{map[string]string{"kty": "RSA", "kid": kid, "use": "sig", "n": b64.EncodeToString(pub.N.Bytes()), "e": b64.EncodeToString(big.NewInt(int64(pub.E)).Bytes())}}}
	case "/token":
		i.note(r)
		status, body = token()
	default:
		status = http.StatusNotFound
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (i *issuer) note(r *http.Request) {
	_ = r.ParseForm()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.form = map[string]string{}
	for k := range r.PostForm {
		i.form[k] = r.PostForm.Get(k)
	}
	_, _, i.basic = r.BasicAuth()
}

// claims are those of a good token, changed; nil takes one away.
func (i *issuer) claims(change map[string]any) map[string]any {
	now := i.now().Unix()
	m := map[string]any{"iss": i.URL, "aud": clientID, "sub": "can-bo-1", "nonce": "the nonce", "exp": now + 300, "iat": now, "auth_time": now - 10}
	maps.Copy(m, change)
	maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
	return m
}

// give lets the token endpoint give a token out.
func (i *issuer) give(token string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.token = func() (int, any) {
		return 200, map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": token}
	}
}

// sign makes a token by an algorithm of a test's choice.
func (i *issuer) sign(alg, kid string, key any, claims map[string]any) string {
	i.t.Helper()
	head, err := json.Marshal(map[string]string{"alg": alg, "kid": kid, "typ": "JWT"})
	if err != nil {
		i.t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		i.t.Fatal(err)
	}
	text := b64.EncodeToString(head) + "." + b64.EncodeToString(body)
	sum := sha256.Sum256([]byte(text))
	var sig []byte
	switch k := key.(type) {
	case nil:
	case []byte:
		h := hmac.New(sha256.New, k)
		h.Write([]byte(text))
		sig = h.Sum(nil)
	case *rsa.PrivateKey:
		sig, err = rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	case *ecdsa.PrivateKey:
		r, s, e := ecdsa.Sign(rand.Reader, k, sum[:])
		sig, err = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), e
	}
	if err != nil {
		i.t.Fatal(err)
	}
	return text + "." + b64.EncodeToString(sig)
}

func newCurveKey(t *testing.T) *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
