package auth

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

const testOrigin = "https://banso.example"

// TestPasskey_Begin: who is signed in with a password and has just proved it
// may begin, under the server's name; a question is answered once, in time, by
// who was asked. That an answer is right is tried with a real browser.
func TestPasskey_Begin(t *testing.T) {
	w := newWorld(t)
	s, err := w.s.Activate(t.Context(), "192.0.2.1", ActivateInput{Code: w.code(w.system, w.chair), Login: "chair", Password: testPassword, Install: Install{ID: newID()}})
	if err != nil {
		t.Fatal(err)
	}
	who := domain.Caller{Person: s.Person, Device: s.Device}
	if _, err := w.s.BeginPasskey(t.Context(), who, "https://192.0.2.7"); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("under a number: %v", err)
	}
	member := w.signIn(w.member)
	if _, err := w.s.BeginPasskey(t.Context(), domain.Caller{Person: member.Person, Device: member.Device}, testOrigin); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a member: %v", err)
	}
	c, err := w.s.BeginPasskey(t.Context(), who, testOrigin)
	if err != nil || !c.Options.IsValid() {
		t.Fatalf("%+v %v", c, err)
	}
	add := func(by domain.Caller, id domain.ID) domain.Code {
		return domain.CodeOf(w.s.AddPasskey(t.Context(), by, testOrigin, id, "Máy (thử)", jsontext.Value(`{}`)))
	}
	if got := add(domain.Caller{Person: w.leader}, c.ID); got != domain.Unauthorized {
		t.Errorf("answered by another: %v", got)
	}
	if got := add(who, c.ID); got != domain.Invalid {
		t.Errorf("an answer that is none: %v", got)
	}
	if got := add(who, c.ID); got != domain.Unauthorized {
		t.Errorf("answered twice: %v", got)
	}
	if c, err = w.s.BeginPasskey(t.Context(), who, testOrigin); err != nil {
		t.Fatal(err)
	}
	w.clock.add(ceremonyTTL + time.Second)
	if got := add(who, c.ID); got != domain.Unauthorized {
		t.Errorf("too late: %v", got)
	}
	w.clock.add(StepTTL)
	if _, err := w.s.BeginPasskey(t.Context(), who, testOrigin); domain.CodeOf(err) != domain.SecondFactor {
		t.Errorf("a browser left open: %v", err)
	}
	login, err := w.s.BeginPasskeyLogin(testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.PasskeyLogin(t.Context(), "192.0.2.1", testOrigin, login.ID, jsontext.Value(`{}`), Install{ID: newID()}); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("signed in with nothing: %v", err)
	}
}

// TestCeremonies_Bounded: no number of questions fills the memory, and old ones
// make room.
func TestCeremonies_Bounded(t *testing.T) {
	w := newWorld(t)
	for range maxCeremonies {
		if _, err := w.s.ceremonies.begin(w.s, &webauthn.SessionData{}, toSignIn, "", 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.s.BeginPasskeyLogin(testOrigin); domain.CodeOf(err) != domain.Unavailable {
		t.Errorf("one more: %v", err)
	}
	w.clock.add(ceremonyTTL + time.Second)
	if _, err := w.s.BeginPasskeyLogin(testOrigin); err != nil || len(w.s.ceremonies.open) != 1 {
		t.Errorf("after their time: %v, %d kept", err, len(w.s.ceremonies.open))
	}
}

// TestPasskeys_OnePersonsOwn: they are listed and removed by who has them, and
// a restored second factor takes them along.
func TestPasskeys_OnePersonsOwn(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.leader)
	who := domain.Caller{Person: s.Person, Device: s.Device}
	key := passkeyKey(w.leader, []byte("raw"))
	put := func() {
		if err := w.store.Update(t.Context(), func(tx store.Tx) error {
			return store.SaveCredential(tx, kindPasskey, key, passkeyDoc{Name: "Máy (thử)", Host: "banso.example", CreatedMs: 1, Key: jsontext.Value(`{}`)})
		}); err != nil {
			t.Fatal(err)
		}
	}
	put()
	list, err := w.s.Passkeys(t.Context(), who)
	if err != nil || len(list) != 1 || list[0].Name != "Máy (thử)" {
		t.Fatalf("%+v %v", list, err)
	}
	m := w.signIn(w.member)
	if err := w.s.RemovePasskey(t.Context(), domain.Caller{Person: m.Person, Device: m.Device}, list[0].ID); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("another removes it: %v", err)
	}
	if err := w.s.RemovePasskey(t.Context(), who, list[0].ID); err != nil {
		t.Error(err)
	}
	put()
	if err := w.store.Update(t.Context(), func(tx store.Tx) error { return forgetPasskeys(tx, w.leader) }); err != nil {
		t.Fatal(err)
	}
	if list, err := w.s.Passkeys(t.Context(), who); err != nil || len(list) != 0 {
		t.Errorf("after all were forgotten: %+v %v", list, err)
	}
}
