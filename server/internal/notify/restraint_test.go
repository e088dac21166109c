package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
)

func clock(h, m int) time.Time { return time.Date(2026, 3, 10, h, m, 0, 0, domain.Zone) }

// TestQuietHours: at night only what is urgent leaves; the rest at 7:00. A
// person may choose other hours, or none.
func TestQuietHours(t *testing.T) {
	for name, c := range map[string]struct {
		at    time.Time
		prefs notify.Prefs
		kind  notify.Kind
		wait  time.Duration
	}{
		"evening":          {clock(20, 59), notify.Prefs{QuietFrom: 1260, QuietTo: 420}, notify.Adopted, 0},
		"night":            {clock(21, 0), notify.Prefs{QuietFrom: 1260, QuietTo: 420}, notify.Adopted, 10 * time.Hour},
		"after midnight":   {clock(2, 30), notify.Prefs{QuietFrom: 1260, QuietTo: 420}, notify.Adopted, 270 * time.Minute},
		"morning":          {clock(7, 0), notify.Prefs{QuietFrom: 1260, QuietTo: 420}, notify.Adopted, 0},
		"urgent":           {clock(2, 30), notify.Prefs{QuietFrom: 1260, QuietTo: 420}, notify.CodeIssued, 0},
		"none chosen":      {clock(2, 30), notify.Prefs{}, notify.Adopted, 0},
		"siesta":           {clock(12, 0), notify.Prefs{QuietFrom: 690, QuietTo: 840}, notify.Adopted, 2 * time.Hour},
		"after the siesta": {clock(14, 0), notify.Prefs{QuietFrom: 690, QuietTo: 840}, notify.Adopted, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.now = c.at
			w.phone(w.member)
			w.prefer(w.member, c.prefs)
			id := w.tell(w.member, c.kind, "x")
			w.deliver()
			if c.wait > 0 {
				w.wantSent()
				w.after(c.wait - time.Minute)
				w.wantSent()
				w.after(time.Minute)
			}
			w.wantSent(id)
		})
	}
}

// TestCap: beyond 12 a day nothing more is pushed but what is urgent, and that
// ends at 40; the inbox has all of it, and the next morning's digest says so.
func TestCap(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	for i := range 30 {
		w.tell(w.member, notify.Adopted, fmt.Sprint("a", i))
	}
	w.deliver()
	if n := len(w.ch.got); n != 12 {
		t.Errorf("%d were pushed", n)
	}
	for i := range 50 {
		w.tell(w.member, notify.CodeIssued, fmt.Sprint("c", i))
	}
	w.deliver()
	if n := len(w.ch.got); n != 40 {
		t.Errorf("%d were pushed", n)
	}
	if n := len(w.inbox(w.member)); n != 80 {
		t.Errorf("%d notes in the inbox", n)
	}
	w.now = w.now.Add(24 * time.Hour)
	w.tell(w.member, notify.Adopted, "tomorrow")
	w.deliver()
	if n := len(w.ch.got); n != 41 {
		t.Errorf("%d were pushed by the next day", n)
	}
}

// TestPrefs: what a person hides is not in the inbox either; money and security
// can't be hidden.
func TestPrefs(t *testing.T) {
	w := newWorld(t)
	me := domain.Caller{Person: w.member}
	if p, err := w.svc.Prefs(t.Context(), me); err != nil || p.QuietFrom != 21*60 || p.QuietTo != 7*60 {
		t.Fatalf("%+v %v", p, err)
	}
	w.prefer(w.member, notify.Prefs{Hidden: []notify.Group{notify.Work}})
	w.tell(w.member, notify.Adopted, "a")
	w.tell(w.member, notify.CodeIssued, "b")
	if n := len(w.inbox(w.member)); n != 1 {
		t.Errorf("%d notes", n)
	}
	for name, p := range map[string]notify.Prefs{
		"money":        {Hidden: []notify.Group{notify.Money}},
		"security":     {Hidden: []notify.Group{notify.Security}},
		"no group":     {Silent: []notify.Group{"x"}},
		"twice":        {Silent: []notify.Group{notify.Work, notify.Work}},
		"before 0":     {QuietFrom: -1},
		"after a day":  {QuietTo: 1440},
		"unknown, hid": {Hidden: []notify.Group{""}},
	} {
		if _, err := w.svc.SetPrefs(t.Context(), me, p); domain.CodeOf(err) == "" {
			t.Errorf("%s was taken: %v", name, err)
		}
	}
	if _, err := w.svc.SetPrefs(t.Context(), domain.Caller{Person: w.member, PushOnly: true}, notify.Prefs{}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a revoked device may choose: %v", err)
	}
}

// TestRegister: a token belongs to the device that registered it last, so that
// a phone that two people share pushes to who is signed in.
func TestRegister(t *testing.T) {
	w := newWorld(t)
	one, two := w.id(), w.id() // the same phone, signed in as two people
	for range 5 {
		w.register(w.member, one, "shared")
		w.register(w.leader, two, "shared")
	}
	w.tell(w.member, notify.CodeIssued, "a")
	id := w.tell(w.leader, notify.CodeIssued, "b")
	w.deliver()
	w.wantSent(id)
	w.register(w.member, one, "shared")
	if err := w.svc.Unregister(t.Context(), domain.Caller{Person: w.leader, Device: two}); err != nil {
		t.Fatal(err)
	}
	again := w.tell(w.member, notify.CodeIssued, "c")
	w.deliver()
	w.wantSent(id, again)
	w.register(w.member, one, "renewed")
	if n, m := w.count("push_target"), w.count("push_owner"); n != 1 || m != 1 {
		t.Errorf("%d targets, %d owners", n, m)
	}
	for name, a := range map[string]notify.Address{
		"no channel": {Channel: "sms", Token: "x"}, "no token": {Channel: "fcm"}, "refused": {Channel: "fcm", Token: "bad"},
		"too long": {Channel: "fcm", Token: string(make([]byte, 5000))},
	} {
		if err := w.svc.Register(t.Context(), domain.Caller{Person: w.member, Device: one}, a); domain.CodeOf(err) == "" {
			t.Errorf("%s was taken: %v", name, err)
		}
	}
}

// TestSignedOut: a device that was signed out gets nothing and is forgotten.
func TestSignedOut(t *testing.T) {
	w := newWorld(t)
	device, _ := w.phone(w.member)
	w.tell(w.member, notify.CodeIssued, "a")
	w.out[device] = true
	w.deliver()
	w.wantSent()
	if w.count("push_target") != 0 || w.waiting() != 0 {
		t.Errorf("%d targets, %d wait", w.count("push_target"), w.waiting())
	}
}
