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

	"github.com/banso/banso/server/internal/domain"
)

// madeFor is a new passkey's answer to a question.
func madeFor(t *testing.T, c Ceremony) jsontext.Value {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var asked struct {
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(c.Options, &asked); err != nil {
		t.Fatal(err)
	}
	client, err := json.Marshal(map[string]string{"type": "webauthn.create", "challenge": asked.Challenge, "origin": testOrigin})
	if err != nil {
		t.Fatal(err)
	}
	host := sha256.Sum256([]byte("banso.example"))
	raw := []byte("a new one's raw id")
	data := append(host[:], 0x45, 0, 0, 0, 1) // present, verified, with a key
	data = append(append(data, make([]byte, 16)...), 0, byte(len(raw)))
	data = append(append(data, raw...), 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32)
	data = append(append(append(data, point[1:33]...), 0x22, 0x58, 32), point[33:]...)
	att := append([]byte{0xa3, 0x63}, "fmt"...)
	att = append(append(append(att, 0x64), "none"...), 0x67)
	att = append(append(append(att, "attStmt"...), 0xa0, 0x68), "authData"...)
	att = append(append(att, 0x58, byte(len(data))), data...)
	id := b64.EncodeToString(raw)
	out, err := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": map[string]string{
		"clientDataJSON": b64.EncodeToString(client), "attestationObject": b64.EncodeToString(att)}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPasskey_NoneByAStepUp: a question put to prove who sits there makes no
// passkey: that would need the proof first.
func TestPasskey_NoneByAStepUp(t *testing.T) {
	w := newWorld(t)
	ctx, who := t.Context(), w.officer(w.chair, "chu.tich")
	w.passkey(w.chair, "mine")
	c, err := w.s.BeginPasskey(ctx, who, testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.s.AddPasskey(ctx, who, testOrigin, c.ID, "Máy mới (thử)", madeFor(t, c)); err != nil {
		t.Fatal(err)
	}
	w.clock.add(StepTTL + time.Minute)
	if _, err := w.s.BeginPasskey(ctx, who, testOrigin); err != ErrStep {
		t.Fatal(err)
	}
	if c, err = w.s.BeginStepUp(ctx, who, testOrigin); err != nil {
		t.Fatal(err)
	}
	if err := w.s.AddPasskey(ctx, who, testOrigin, c.ID, "Máy lạ (thử)", madeFor(t, c)); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("made one: %v", err)
	}
}
