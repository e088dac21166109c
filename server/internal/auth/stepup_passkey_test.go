package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// authenticator is a passkey in software, of one person.
type authenticator struct {
	w   *world
	raw []byte
	key *ecdsa.PrivateKey
	n   byte // how often it was used
}

func (w *world) passkey(person domain.ID, raw string) *authenticator {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		w.t.Fatal(err)
	}
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 32), point[33:]...)
	doc, err := json.Marshal(webauthn.Credential{ID: []byte(raw), PublicKey: cose})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.store.Update(w.t.Context(), func(tx store.Tx) error {
		return store.SaveCredential(tx, kindPasskey, passkeyKey(person, []byte(raw)), passkeyDoc{Name: "Máy (thử)", Host: "banso.example", CreatedMs: 1, Key: doc})
	}); err != nil {
		w.t.Fatal(err)
	}
	return &authenticator{w: w, raw: []byte(raw), key: key}
}

// answer signs a question for a page; flags say whether a finger was asked for.
func (a *authenticator) answer(c Ceremony, origin string, flags byte) jsontext.Value {
	a.w.t.Helper()
	var asked struct {
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(c.Options, &asked); err != nil {
		a.w.t.Fatal(err)
	}
	client, err := json.Marshal(map[string]string{"type": "webauthn.get", "challenge": asked.Challenge, "origin": origin})
	if err != nil {
		a.w.t.Fatal(err)
	}
	host, of := sha256.Sum256([]byte("banso.example")), sha256.Sum256(client)
	a.n++
	data := append(host[:], flags, 0, 0, 0, a.n)
	sum := sha256.Sum256(append(data[:len(data):len(data)], of[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
	if err != nil {
		a.w.t.Fatal(err)
	}
	id := b64.EncodeToString(a.raw)
	out, err := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": map[string]string{
		"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data), "signature": b64.EncodeToString(sig)}})
	if err != nil {
		a.w.t.Fatal(err)
	}
	return out
}

// TestPasskey_StepUp: one of the caller's own passkeys, that verified its user on
// a page of this server, proves who sits there; nothing else does.
func TestPasskey_StepUp(t *testing.T) {
	const present, verified = 1, 5
	w := newWorld(t)
	ctx, who, other := t.Context(), w.officer(w.chair, "chu.tich"), w.officer(w.system, "quan.tri")
	if _, err := w.s.BeginStepUp(ctx, who, testOrigin); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("without a passkey: %v", err)
	}
	mine, theirs := w.passkey(w.chair, "mine"), w.passkey(w.system, "theirs")
	if _, err := w.s.BeginStepUp(ctx, who, "https://elsewhere.example"); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("on another page: %v", err)
	}
	w.clock.add(StepTTL + time.Minute)
	try := func(by domain.Caller, answer func(Ceremony) jsontext.Value) domain.Code {
		w.clock.add(5 * time.Minute) // tries come back
		c, err := w.s.BeginStepUp(ctx, who, testOrigin)
		if err != nil {
			t.Fatal(err)
		}
		return domain.CodeOf(w.s.StepUpByPasskey(ctx, "a", testOrigin, by, c.ID, answer(c)))
	}
	for name, tt := range map[string]struct {
		by     domain.Caller
		answer func(Ceremony) jsontext.Value
		want   domain.Code
	}{
		"another's passkey":  {who, func(c Ceremony) jsontext.Value { return theirs.answer(c, testOrigin, verified) }, domain.Invalid},
		"no finger":          {who, func(c Ceremony) jsontext.Value { return mine.answer(c, testOrigin, present) }, domain.Invalid},
		"a page of another":  {who, func(c Ceremony) jsontext.Value { return mine.answer(c, "https://evil.example", verified) }, domain.Invalid},
		"no answer":          {who, func(Ceremony) jsontext.Value { return jsontext.Value(`{}`) }, domain.Invalid},
		"another's question": {other, func(c Ceremony) jsontext.Value { return theirs.answer(c, testOrigin, verified) }, domain.Conflict},
		"of another question": {who, func(Ceremony) jsontext.Value {
			return mine.answer(Ceremony{Options: jsontext.Value(`{"challenge":"AAAA"}`)}, testOrigin, verified)
		}, domain.Invalid},
	} {
		if got := try(tt.by, tt.answer); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
		if err := w.s.Stepped(ctx, who); err != ErrStep {
			t.Fatalf("%s proves it: %v", name, err)
		}
	}
	if got := try(who, func(c Ceremony) jsontext.Value { return mine.answer(c, testOrigin, verified) }); got != "" {
		t.Fatal(got)
	}
	if err := w.s.Stepped(ctx, who); err != nil {
		t.Error(err)
	}
	if err := w.s.Stepped(ctx, other); err != ErrStep {
		t.Errorf("it proves another session: %v", err)
	}
}
