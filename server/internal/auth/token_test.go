package auth

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
)

// forged makes a token from a good one's claims after fn has changed them.
func (w *world) forged(method jwt.SigningMethod, key any, fn func(h map[string]any, c jwt.MapClaims)) string {
	w.t.Helper()
	kid, priv := w.keys.signer()
	now := w.clock.now()
	c := jwt.MapClaims{"iss": issuer, "aud": audience, "sub": string(w.member), "device": string(newID()), "ses": 1,
		"jti": "x", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	tok := jwt.NewWithClaims(method, c)
	tok.Header["typ"], tok.Header["kid"] = tokenType, kid
	if fn != nil {
		fn(tok.Header, c)
	}
	if key == nil {
		key = priv
	}
	s, err := tok.SignedString(key)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestToken_Refused(t *testing.T) {
	w := newWorld(t)
	_, priv := w.keys.signer()
	pub := []byte(priv.Public().(ed25519.PublicKey))
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ed := jwt.SigningMethodEdDSA
	good := w.forged(ed, nil, nil)
	if _, err := w.s.Verify(good); err != nil {
		t.Fatalf("the token that all others differ from is refused: %v", err)
	}
	parts := strings.Split(good, ".")
	set := func(name string, v any) string {
		return w.forged(ed, nil, func(_ map[string]any, c jwt.MapClaims) { c[name] = v })
	}
	drop := func(name string) string {
		return w.forged(ed, nil, func(_ map[string]any, c jwt.MapClaims) { delete(c, name) })
	}
	head := func(name string, v any) string {
		return w.forged(ed, nil, func(h map[string]any, _ jwt.MapClaims) { h[name] = v })
	}
	now := w.clock.now()
	for name, token := range map[string]string{
		"empty": "", "no dots": "abc", "two parts": parts[0] + "." + parts[1], "four parts": good + ".x",
		"huge":                  strings.Repeat("a", 1<<20),
		"alg none":              w.forged(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
		"alg none, signature":   w.forged(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil) + parts[2],
		"HS256 with public key": w.forged(jwt.SigningMethodHS256, pub, nil),
		"stranger's key":        w.forged(ed, stranger, nil),
		"unknown kid":           head("kid", "nobody"),
		"kid a number":          head("kid", 1),
		"no kid":                w.forged(ed, nil, func(h map[string]any, _ jwt.MapClaims) { delete(h, "kid") }),
		"typ JWT":               head("typ", "JWT"),
		"no typ":                w.forged(ed, nil, func(h map[string]any, _ jwt.MapClaims) { delete(h, "typ") }),
		"other issuer":          set("iss", "elsewhere"),
		"no issuer":             drop("iss"),
		"other audience":        set("aud", "elsewhere"),
		"no audience":           drop("aud"),
		"expired":               set("exp", now.Add(-time.Second).Unix()),
		"expires now":           set("exp", now.Unix()),
		"no expiry":             drop("exp"),
		"issued in the future":  set("iat", now.Add(time.Hour).Unix()),
		"no iat":                drop("iat"),
		"not before tomorrow":   set("nbf", now.Add(24*time.Hour).Unix()),
		"no subject":            drop("sub"),
		"subject is no id":      set("sub", "admin"),
		"no device":             drop("device"),
		"no session":            drop("ses"),
		"session 0":             set("ses", 0),
		"no jti":                drop("jti"),
		"other claims":          parts[0] + "." + strings.Split(set("sub", string(w.system)), ".")[1] + "." + parts[2],
		"other header":          strings.Split(head("x", 1), ".")[0] + "." + parts[1] + "." + parts[2],
		"flipped signature":     parts[0] + "." + parts[1] + "." + flip(parts[2]),
		"cut signature":         good[:len(good)-2],
		"padded":                good + "==",
		"line break inside":     parts[0] + "\n." + parts[1] + "." + parts[2],
		"standard base64":       parts[0] + "." + parts[1] + "." + strings.NewReplacer("-", "+", "_", "/").Replace(parts[2]) + "+",
		"with its scheme":       "Bearer " + good,
	} {
		if who, err := w.s.Verify(token); err == nil || domain.CodeOf(err) != domain.Unauthorized {
			t.Errorf("%s: caller %+v, error %v", name, who, err)
		}
	}
}

func flip(sig string) string {
	b, _ := base64.RawURLEncoding.DecodeString(sig)
	b[0] ^= 1
	return base64.RawURLEncoding.EncodeToString(b)
}

// TestToken_CacheForgetsNothing: a remembered token still expires, and a
// revoked session's one stops at once.
func TestToken_CacheForgetsNothing(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.member)
	for range 3 {
		if who, err := w.s.Verify(s.Access); err != nil || who.Person != w.member || who.Device != s.Device {
			t.Fatalf("verify: %v %+v", err, who)
		}
	}
	other := w.signIn(w.member)
	if err := w.s.Revoke(t.Context(), domain.Caller{Person: w.leader}, s.Device); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Verify(s.Access); err == nil {
		t.Error("a revoked device's token still works")
	}
	w.restart()
	if _, err := w.s.Verify(s.Access); err == nil {
		t.Error("a revoked device's token works again after a restart")
	}
	if _, err := w.s.Verify(other.Access); err != nil {
		t.Errorf("another device of the person: %v", err)
	}
	w.clock.add(DefaultAccessTTL)
	if _, err := w.s.Verify(other.Access); err == nil {
		t.Error("a remembered token outlives its expiry")
	}
}

// TestKeys_Rotate: a retired key verifies until the last token it signed has
// expired, and a file survives the round trip.
func TestKeys_Rotate(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.member)
	if err := w.keys.Rotate(rand.Reader, w.clock.now()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := w.keys.Save(path); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.cfg.Keys, err = LoadKeys(path); err != nil {
		t.Fatal(err)
	}
	w.restart()
	if _, err := w.s.Verify(s.Access); err != nil {
		t.Errorf("token of the retired key: %v", err)
	}
	if _, err := w.refresh(s.Refresh); err != nil {
		t.Errorf("refresh token after a rotation: %v", err)
	}
	w.clock.add(MaxAccessTTL)
	if _, ok := w.cfg.Keys.verifier(w.keys.Keys()[0].ID, w.clock.now()); ok {
		t.Error("the retired key verifies for ever")
	}
	if err := w.cfg.Keys.Rotate(rand.Reader, w.clock.now()); err != nil || len(w.cfg.Keys.Keys()) != 2 {
		t.Errorf("keys after another rotation: %v, %d", err, len(w.cfg.Keys.Keys()))
	}
}

func TestKeys_BadFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := LoadKeys(filepath.Join(dir, "none")); !errors.Is(err, ErrKeysMissing) {
		t.Errorf("missing: %v", err)
	}
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"empty": {"", ErrKeysBroken}, "cut off": {`{"version":1,"secret":"AAAA`, ErrKeysBroken}, "no keys": {`{"version":1}`, ErrKeysBroken},
		"newer": {`{"version":99}`, ErrKeysNewer}, "short seed": {`{"version":1,"secret":"` + strings.Repeat("A", 43) + `=","keys":[{"kid":"a","seed":"AAAA","created_ms":1}]}`, ErrKeysBroken},
	} {
		path := filepath.Join(dir, "keys")
		writeFile(t, path, c.text)
		if _, err := LoadKeys(path); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestToken_Signed: a token needs nobody to remember that it was made.
func TestToken_Signed(t *testing.T) {
	keys, err := NewKeyring(rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	who := domain.Caller{Person: newID(), Device: newID(), PushOnly: true}
	maker, other := newTokens(keys, time.Now), newTokens(keys, time.Now)
	s, err := maker.sign(who, 3, newID(), time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range []*tokens{maker, other} {
		if got, err := tok.verify(s); err != nil || got != who {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if len(maker.verified) != 1 || !cmp.Equal(maker.verified, other.verified, cmp.AllowUnexported(verified{})) {
		t.Errorf("remembered as made: %v, as read: %v", maker.verified, other.verified)
	}
}

func BenchmarkVerify_Remembered(b *testing.B) {
	keys, err := NewKeyring(rand.Reader, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	tok := newTokens(keys, time.Now)
	s, err := tok.sign(domain.Caller{Person: newID(), Device: newID()}, 1, newID(), time.Now(), time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := tok.verify(s); err != nil {
			b.Fatal(err)
		}
	}
}
