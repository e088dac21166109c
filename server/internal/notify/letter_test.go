package notify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
)

// TestLetters: an officer who wants it has one letter each morning with what
// his office has not read; it is tried again if the mail server fails, and
// says nothing of anybody.
func TestLetters(t *testing.T) {
	c := &calendar{waiting: 4}
	w := newYear(t, c)
	var sent []string
	var bad error
	w.svc = notify.New(notify.Config{Store: w.db, Now: func() time.Time { return w.now }, Sessions: w, Months: c, Origin: "https://banso.example.vn",
		Mail: func(_ context.Context, to, subject, text, id string) error {
			if bad == nil {
				sent = append(sent, to+"\n"+subject+"\n"+id+"\n"+text)
			}
			return bad
		}})
	letters := func() {
		t.Helper()
		w.tick()
		for more := true; more; {
			var err error
			if more, err = w.svc.Letters(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.now = time.Date(2026, 4, 12, 7, 30, 0, 0, domain.Zone)
	letters()
	if len(sent) != 0 {
		t.Fatalf("nobody chose an address: %v", sent)
	}
	for _, p := range []domain.ID{w.chair, w.member} {
		w.prefer(p, notify.Prefs{Mail: "hop.thu@example.vn"})
	}
	w.tell(w.member, notify.Adopted, "canary") // of work, not of an office
	bad = errors.New("451 later")
	w.now = w.now.Add(24 * time.Hour)
	letters()
	bad = nil
	letters() // not yet: it waits
	if len(sent) != 0 || w.count("mail_due") != 1 {
		t.Fatalf("%d sent, %d wait", len(sent), w.count("mail_due"))
	}
	w.now = w.now.Add(time.Minute)
	letters()
	w.now = w.now.Add(time.Hour)
	letters()
	if len(sent) != 1 || w.count("mail_due") != 0 {
		t.Fatalf("%d sent, %d wait", len(sent), w.count("mail_due"))
	}
	for _, want := range []string{"hop.thu@example.vn\nBản Số: việc của ngày 13/04/2026\n", "@banso\n", "- 4 mục chờ duyệt", "- 4 submissions wait for you", "https://banso.example.vn/console/"} {
		if !strings.Contains(sent[0], want) {
			t.Errorf("no %q in\n%s", want, sent[0])
		}
	}
	if strings.Contains(sent[0], "Người thử") || strings.Contains(sent[0], "Tổ thử") {
		t.Errorf("the letter names somebody:\n%s", sent[0])
	}
	w.grant(w.chair, domain.RoleChair, "", w.commune, "2026-04-13") // he leaves
	w.now = w.now.Add(24 * time.Hour)
	letters()
	if len(sent) != 1 {
		t.Errorf("who has left gets\n%s", sent[1])
	}
	for _, p := range []notify.Prefs{{Mail: "nobody"}, {Mail: "a@b.vn\r\nBcc: x@y.vn"}, {Mail: "A <a@b.vn>"}, {SMS: "0912345678"}, {SMS: "+84 91"}} {
		if _, err := w.svc.SetPrefs(t.Context(), domain.Caller{Person: w.chair}, p); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%+v was taken: %v", p, err)
		}
	}
}

// TestSummaries: the figures come once a week or month to who asked, with the
// first round of it, also after days without a server or a mail server; who has
// lost the right to them gets none.
func TestSummaries(t *testing.T) {
	c := &calendar{}
	w := newYear(t, c)
	var sent []string
	var bad error
	w.svc = notify.New(notify.Config{Store: w.db, Now: func() time.Time { return w.now }, Sessions: w, Months: c,
		Summary: func(_ context.Context, person domain.ID, period string) (string, string, error) {
			if person == w.member {
				return "", "", domain.E(domain.Forbidden, "no", "không")
			}
			return period, "figures", nil
		},
		Mail: func(_ context.Context, to, subject, _, _ string) error {
			if bad == nil && strings.HasPrefix(subject, "2026-") { // not what his office has not read
				sent = append(sent, to+" "+subject)
			}
			return bad
		}})
	w.prefer(w.chair, notify.Prefs{Mail: "xa@example.vn", Summary: notify.SummaryWeekly})
	other := w.id()
	w.prefer(other, notify.Prefs{Mail: "tinh@example.vn", Summary: notify.SummaryMonthly})
	w.prefer(w.member, notify.Prefs{Mail: "to@example.vn", Summary: notify.SummaryWeekly})
	on := func(day int, want ...string) {
		t.Helper()
		sent, w.now = nil, time.Date(2026, 4, day, 7, 30, 0, 0, domain.Zone)
		for range 3 { // often a day
			w.tick()
			if _, err := w.svc.Letters(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.now = w.now.Add(time.Hour)
		}
		slices.Sort(sent)
		if !slices.Equal(sent, want) {
			t.Errorf("April %d: %q, want %q", day, sent, want)
		}
	}
	on(7, "tinh@example.vn 2026-04", "xa@example.vn 2026-W15")
	on(8)
	on(15, "xa@example.vn 2026-W16") // the server was off on Monday
	bad = errors.New("451 later")
	on(20)
	bad = nil
	on(22, "xa@example.vn 2026-W17")
	on(23)
	bad = errors.New("451 later")
	on(27)
	bad = nil
	w.prefer(w.chair, notify.Prefs{Mail: "xa@example.vn"})
	on(28) // he has taken it back
	if n := w.count("mail_due"); n != 0 {
		t.Errorf("%d wait", n)
	}
	if _, err := w.svc.SetPrefs(t.Context(), domain.Caller{Person: w.chair}, notify.Prefs{Summary: "daily"}); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("%v", err)
	}
}

// TestSMS: a number gets what is urgent and nothing else, is tried again, and
// is no device.
func TestSMS(t *testing.T) {
	w := newWorld(t)
	text := &fakeChannel{name: notify.ChannelSMS}
	w.svc = notify.New(notify.Config{Store: w.db, Now: func() time.Time { return w.now }, Sessions: w, Channels: []notify.Channel{w.ch, text}})
	w.prefer(w.member, notify.Prefs{SMS: "+84912345678"})
	w.tell(w.member, notify.Adopted, "not urgent")
	id := w.tell(w.member, notify.CodeIssued, "urgent")
	text.does = func(notify.Message) notify.Outcome { return notify.Outcome{Fate: notify.Later, Why: "http_429"} }
	w.deliver()
	text.does = nil
	w.after(3 * time.Minute)
	if got := text.ids(); len(got) != 1 || got[0] != id || text.got[0].Target.Token != "+84912345678" || w.waiting() != 0 {
		t.Errorf("%v, %d wait", got, w.waiting())
	}
	if f := w.figures(); f["sms/sent"] != 1 || f["none/unreachable"] != 1 {
		t.Errorf("figures %v", f)
	}
	err := w.svc.Register(t.Context(), domain.Caller{Person: w.member, Device: w.id()}, notify.Address{Channel: notify.ChannelSMS, Token: "+84912345678"})
	if domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("a number was taken for a device: %v", err)
	}
}
