package auth

import (
	"encoding/base32"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// officer activates somebody with a login.
func (w *world) officer(person domain.ID, login string) domain.Caller {
	w.t.Helper()
	s, err := w.s.Activate(w.t.Context(), login, ActivateInput{Code: w.code(w.system, person), Login: login, Password: testPassword, Install: Install{ID: newID()}})
	if err != nil {
		w.t.Fatal(err)
	}
	return domain.Caller{Person: s.Person, Device: s.Device}
}

// enrol switches the second factor of a caller on.
func (w *world) enrol(who domain.Caller) (secret string, recovery []string) {
	w.t.Helper()
	n, err := w.s.BeginSecond(w.t.Context(), who)
	if err != nil {
		w.t.Fatal(err)
	}
	if recovery, err = w.s.ConfirmSecond(w.t.Context(), who, w.digits(n.Secret)); err != nil {
		w.t.Fatal(err)
	}
	return n.Secret, recovery
}

// digits are what an authenticator shows now.
func (w *world) digits(secret string) string {
	w.t.Helper()
	code, err := totp.GenerateCode(secret, w.clock.now())
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

func TestSecond_Login(t *testing.T) {
	w := newWorld(t)
	who := w.officer(w.chair, "chu.tich")
	secret, recovery := w.enrol(who)
	login := func(answer string) domain.Code {
		w.clock.add(10 * time.Minute) // tries come back
		if answer == "digits" {
			answer = w.digits(secret)
		}
		_, err := w.s.Login(t.Context(), "a", LoginInput{Login: "chu.tich", Password: testPassword, SecondFactor: answer, Install: Install{ID: newID()}})
		return domain.CodeOf(err)
	}
	used := w.digits(secret)
	for _, tt := range []struct {
		name, answer string
		want         domain.Code
	}{
		{"nothing", "", domain.SecondFactor}, {"wrong", "000000", domain.SecondFactor}, {"the digits", "digits", ""},
		{"old digits", used, domain.SecondFactor}, {"a recovery code", recovery[0], ""}, {"the same again", recovery[0], domain.SecondFactor},
		{"as people type it", " " + recovery[1][:5] + recovery[1][6:], ""}, {"somebody else's", "00000-00000", domain.SecondFactor},
	} {
		if got := login(tt.answer); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if st, err := w.s.SecondOf(t.Context(), who); err != nil || !st.On || st.Recovery != recoveryCodes-2 {
		t.Errorf("%+v %v", st, err)
	}
	code := w.digits(secret)
	if _, err := w.s.Login(t.Context(), "b", LoginInput{Login: "chu.tich", Password: testPassword, SecondFactor: code, Install: Install{ID: newID()}}); err != nil {
		t.Error("a code:", err)
	}
	if _, err := w.s.Login(t.Context(), "c", LoginInput{Login: "chu.tich", Password: testPassword, SecondFactor: code, Install: Install{ID: newID()}}); domain.CodeOf(err) != domain.SecondFactor {
		t.Error("the same code twice:", err)
	}
}

// TestSecond_Sealed: the data file alone makes no codes.
func TestSecond_Sealed(t *testing.T) {
	w := newWorld(t)
	who := w.officer(w.chair, "chu.tich")
	secret, _ := w.enrol(who)
	plain, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.View(t.Context(), func(r store.Reader) error {
		d, _, err := store.LoadCredential[secondDoc](r, kindSecond, string(who.Person))
		if err == nil && (string(d.Secret) == string(plain) || len(d.Secret) < len(plain)+16) {
			t.Error("the secret lies open")
		}
		if _, err := w.keys.unlock(kindSecond, string(w.member), d.Secret); err == nil {
			t.Error("one person's secret opens as another's")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestStepUp(t *testing.T) {
	w := newWorld(t)
	who := w.officer(w.chair, "chu.tich")
	stepped := func() domain.Code { return domain.CodeOf(w.s.Stepped(t.Context(), who)) }
	step := func(password, code string) domain.Code {
		return domain.CodeOf(w.s.StepUp(t.Context(), "a", who, password, code))
	}
	if got := stepped(); got != "" {
		t.Error("just signed in:", got)
	}
	w.clock.add(StepTTL + time.Second)
	if got := stepped(); got != domain.SecondFactor {
		t.Error("later:", got)
	}
	if _, err := w.s.BeginSecond(t.Context(), who); domain.CodeOf(err) != domain.SecondFactor {
		t.Error("a browser left open may enrol:", err)
	}
	if got := step("sai mật khẩu rồi", ""); got != domain.Unauthorized {
		t.Error("wrong password:", got)
	}
	if got := step(testPassword, ""); got != "" || stepped() != "" {
		t.Error("right password:", got, stepped())
	}
	secret, _ := w.enrol(who)
	w.clock.add(StepTTL + time.Second)
	if got := step(testPassword, ""); got != domain.SecondFactor || stepped() == "" {
		t.Error("the password where there is a second factor:", got)
	}
	if got := step("", w.digits(secret)); got != "" || stepped() != "" {
		t.Error("the digits:", got)
	}
}

// TestRestoreSecond: one administrator alone can't take an account over.
func TestRestoreSecond(t *testing.T) {
	w := newWorld(t)
	who := w.officer(w.chair, "chu.tich")
	w.enrol(who)
	first := w.officer(w.system, "he.thong")
	other := newID()
	if err := w.store.Update(t.Context(), func(tx store.Tx) error {
		if err := roster.PutPerson(tx, other, domain.Person{Name: "Người thử"}, store.Cause{}); err != nil {
			return err
		}
		w.grant(tx, other, domain.Grant{Role: domain.RoleSystem, Unit: newID()})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	second := w.officer(other, "he.thong2")
	for _, tt := range []struct {
		name string
		by   domain.Caller
		want string
	}{{"the person", who, ""}, {"the first", first, "asked"}, {"the first again", first, "asked"}, {"another", second, "done"}} {
		got, err := w.s.RestoreSecond(t.Context(), tt.by, w.chair)
		if got.State != tt.want || (tt.want == "") != (domain.CodeOf(err) == domain.Forbidden) {
			t.Errorf("%s: %+v %v", tt.name, got, err)
		}
	}
	if st, err := w.s.SecondOf(t.Context(), who); err != nil || st.On {
		t.Errorf("still on: %+v %v", st, err)
	}
	if on, err := w.signedIn(who); err != nil || on {
		t.Errorf("the session goes on: %v %v", on, err)
	}
	if _, err := w.s.Login(t.Context(), "a", LoginInput{Login: "chu.tich", Password: testPassword, Install: Install{ID: newID()}}); err != nil {
		t.Error("sign-in:", err)
	}
}

func (w *world) signedIn(who domain.Caller) (on bool, err error) {
	err = w.store.View(w.t.Context(), func(r store.Reader) (err error) {
		on, err = w.s.SignedIn(r, who.Person, who.Device)
		return err
	})
	return on, err
}
