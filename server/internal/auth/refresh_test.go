package auth

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRefresh_LostAnswers: an old token works until a successor is used.
func TestRefresh_LostAnswers(t *testing.T) {
	w := newWorld(t)
	s0 := w.signIn(w.member)
	var last Session
	for range 5 { // four answers are lost
		var err error
		if last, err = w.refresh(s0.Refresh); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.refresh(last.Refresh); err != nil {
		t.Fatalf("the answer that arrived: %v", err)
	}
	w.clock.add(90 * 24 * time.Hour)
	if _, err := w.refresh(last.Refresh); err != nil {
		t.Fatalf("the same after a season offline: %v", err)
	}
}

// TestRefresh_ReuseEndsTheSession: an old token after its successor's use is a
// theft; whoever holds the session may only push from then on.
func TestRefresh_ReuseEndsTheSession(t *testing.T) {
	w := newWorld(t)
	s0 := w.signIn(w.member)
	s1, err := w.refresh(s0.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	s2, err := w.refresh(s1.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	thief, err := w.refresh(s0.Refresh)
	if err != nil || !thief.PushOnly || thief.Refresh != "" {
		t.Fatalf("old token: %v %+v, want push-only access", err, thief)
	}
	if _, err := w.s.Verify(s2.Access); err == nil {
		t.Error("the session's access still works")
	}
	honest, err := w.refresh(s2.Refresh)
	if err != nil || !honest.PushOnly {
		t.Fatalf("the phone can't hand over its queue: %v %+v", err, honest)
	}
	if who, err := w.s.Verify(honest.Access); err != nil || !who.PushOnly || who.Person != w.member {
		t.Errorf("push-only access: %v %+v", err, who)
	}
	w.clock.add(PushWindow + time.Minute)
	if _, err := w.refresh(s2.Refresh); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("after the window: %v, want unauthorized", err)
	}
}

// TestRefresh_GuessesEndNobody: a token that this server did not make, or of
// an earlier sign-in, harms no session.
func TestRefresh_GuessesEndNobody(t *testing.T) {
	w := newWorld(t)
	install := Install{ID: newID()}
	before, err := w.s.Activate(t.Context(), "192.0.2.1", ActivateInput{Code: w.code(w.system, w.member), Install: install})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.s.Activate(t.Context(), "192.0.2.1", ActivateInput{Code: w.code(w.system, w.member), Install: install})
	if err != nil || s.Device != before.Device {
		t.Fatalf("sign-in again on one device: %v", err)
	}
	for name, token := range map[string]string{
		"empty": "", "short": s.Refresh[:40], "flipped": flip(s.Refresh), "line break": s.Refresh + "\n", "padded": s.Refresh + "=",
		"earlier sign-in": before.Refresh, "words": strings.Repeat("a", len(s.Refresh)),
	} {
		if _, err := w.refresh(token); domain.CodeOf(err) != domain.Unauthorized {
			t.Errorf("%s: %v, want unauthorized", name, err)
		}
	}
	if _, err := w.s.Verify(before.Access); err == nil {
		t.Error("access of the replaced session still works")
	}
	if got, err := w.refresh(s.Refresh); err != nil || got.PushOnly {
		t.Errorf("the session was harmed: %v %+v", err, got)
	}
}

// TestRefresh_LossyHistories plays phones that lose answers, and a thief. No
// honest history is ever ended; each use of a stolen token after the phone
// went on, or by the phone after the thief went on, ends it.
func TestRefresh_LossyHistories(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	token := func() (h syncproto.Hash) {
		for i := range h {
			h[i] = byte(rnd.Uint32())
		}
		return h
	}
	for range 10_000 {
		d := sessionDoc{}
		held := token() // by the phone
		d.issue(held)
		ask := func() { // one refresh of the phone, whose answer may be lost
			if d.use(held) {
				t.Fatalf("an honest phone was taken for a thief, seed %d", seed)
			}
			next := token()
			d.issue(next)
			if rnd.IntN(3) > 0 {
				held = next
			}
		}
		for range rnd.IntN(40) {
			ask()
		}
		stolen := held
		for held == stolen {
			ask()
		}
		if rnd.IntN(2) == 0 { // the phone goes on first
			if d.use(held); !d.use(stolen) {
				t.Fatalf("a stolen token was not noticed, seed %d", seed)
			}
			continue
		}
		if d.use(stolen) {
			continue // the phone's successor had been used before: noticed at once
		}
		theirs := token() // the thief gets a successor, and uses it
		d.issue(theirs)
		if d.use(theirs); !d.use(held) {
			t.Fatalf("two holders went on side by side, seed %d", seed)
		}
	}
}

func TestLogout_EndsEverything(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.member)
	if err := w.s.Logout(t.Context(), domain.Caller{Person: w.member, Device: s.Device}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Verify(s.Access); err == nil {
		t.Error("access works after logout")
	}
	if _, err := w.refresh(s.Refresh); domain.CodeOf(err) != domain.Unauthorized {
		t.Errorf("refresh after logout: %v", err)
	}
}

// TestRefresh_AfterRestore: a store that came back from a backup has lost the
// newest tokens of its phones. Their holders go on, also when answers get lost
// once more; a token used after its successor still ends the session.
func TestRefresh_AfterRestore(t *testing.T) {
	w := newWorld(t)
	s, err := w.s.Activate(t.Context(), "192.0.2.1", ActivateInput{Code: w.code(w.system, w.member), Install: Install{ID: newID()}})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(token string, pushOnly bool) string {
		t.Helper()
		got, err := w.refresh(token)
		if err != nil || got.PushOnly != pushOnly {
			t.Fatalf("push only %t, want %t; %v", got.PushOnly, pushOnly, err)
		}
		return got.Refresh
	}
	before := ask(s.Refresh, false)
	backup := filepath.Join(t.TempDir(), "banso.db")
	if _, err := w.store.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	first := ask(before, false)
	newest := ask(first, false)

	w.reopen(backup)
	ask(newest, false) // this answer is lost
	next := ask(newest, false)
	ask(next, false)
	ask(newest, true) // a thief, or a clone

	w.reopen(backup)
	ask(first, false) // a thief is there first
	ask(newest, false)
	ask(first, true)

	w.reopen(backup)
	ask(before, false) // a phone that the loss did not touch
	ask(s.Refresh, true)
}

// TestContacts_App: who was here tells the version of his app with the next
// refresh; what is no version is not kept.
func TestContacts_App(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.member)
	app := func() (found string) {
		t.Helper()
		if err := w.s.Contacts(t.Context(), func(person domain.ID, _ time.Time, app string) {
			if person == w.member {
				found = app
			}
		}); err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, c := range []struct{ said, want string }{{"", ""}, {"0.9.1", "0.9.1"}, {"<b>0.9.2", "0.9.1"}, {strings.Repeat("9", 25), "0.9.1"}, {"", "0.9.1"}, {"1.0.0-rc.1", "1.0.0-rc.1"}} {
		next, err := w.s.Refresh(t.Context(), s.Refresh, c.said)
		if err != nil {
			t.Fatal(err)
		}
		s = next
		if got := app(); got != c.want {
			t.Errorf("after %q: %q, want %q", c.said, got, c.want)
		}
	}
}
