package auth

import (
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
)

// TestChangePassword: by who knows the present one and has just proved that he
// sits there; afterwards the new one alone signs in.
func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	who := w.officer(w.chair, "chu.tich")
	const next = "bò vàng qua cầu tre"
	change := func(present, next string) domain.Code {
		return domain.CodeOf(w.s.ChangePassword(t.Context(), "a", who, present, next))
	}
	login := func(password string) domain.Code {
		_, err := w.s.Login(t.Context(), "b", LoginInput{Login: "chu.tich", Password: password, Install: Install{ID: newID()}})
		return domain.CodeOf(err)
	}
	for _, c := range []struct {
		name, present, next string
		want                domain.Code
	}{
		{"another present one", "sai mật khẩu rồi", next, domain.Invalid},
		{"one that is guessed", testPassword, "password1234", domain.Invalid},
		{"with the login in it", testPassword, "chu.tich và ai nữa", domain.Invalid},
		{"good", testPassword, next, ""},
		{"the old one again", testPassword, next + " mới", domain.Invalid},
	} {
		if got := change(c.present, c.next); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	w.clock.add(10 * time.Minute) // so many tries are slowed
	if a, b := login(testPassword), login(next); a != domain.Unauthorized || b != "" {
		t.Errorf("the old one %q, the new one %q", a, b)
	}
	w.clock.add(StepTTL + time.Second)
	if got := change(next, testPassword); got != domain.SecondFactor {
		t.Errorf("a browser left open: %q", got)
	}
	who = domain.Caller{Person: w.member, Device: w.signIn(w.member).Device}
	if got := change("", next); got != domain.Forbidden {
		t.Errorf("a member without a password: %q", got)
	}
}
