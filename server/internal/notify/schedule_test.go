package notify_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
)

// calendar is a policy whose months are submitted by the 5th, reviewed by the
// 10th and locked on the 15th of the next.
type calendar struct {
	lacks   bool
	waiting int64 // undecided submissions of the month before, until the 17th
	now     func() time.Time
}

func (c *calendar) Days(_ store.Reader, _ domain.ID, m domain.Month) (submit, review, lock domain.Date, err error) {
	n := m.Add(1)
	return n.Day(5), n.Day(10), n.Day(15), nil
}

func (c *calendar) Verdict(_ store.Reader, team domain.ID, m domain.Month, _ time.Time) (domain.Progress, error) {
	p := domain.Progress{Stage: domain.StageOpen, TeamMonth: domain.TeamMonth{Team: team, Month: m, Rules: []domain.RuleResult{
		{Rule: "R5", Funding: true, TodoVi: "không nhắc"}, {Rule: "R12", Advisory: true, TodoVi: "không nhắc"}, {Rule: "R1", Pass: true, TodoVi: "không nhắc"},
	}}}
	if c.lacks {
		p.Rules = append(p.Rules, domain.RuleResult{Rule: "R9", TodoVi: "Gửi báo cáo tháng.", TodoEn: "Send the report."},
			domain.RuleResult{Rule: "R10", TodoVi: "Ghi nhận một hoạt động.", TodoEn: "Log an activity."})
	}
	return p, nil
}

func (c *calendar) Undecided(_ store.Reader, _ domain.ID, m domain.Month) (n, oldestMs int64, err error) {
	now := c.now()
	if c.waiting > 0 && m == domain.MonthOf(now).Add(-1) && now.In(domain.Zone).Day() < 17 {
		return c.waiting, m.Start().UnixMilli(), nil
	}
	return 0, 0, nil
}

func (c *calendar) Closed(_ store.Reader, _ domain.ID, m domain.Month) (bool, error) {
	return m < domain.MonthOf(c.now()).Add(-1), nil
}

func newYear(t *testing.T, c *calendar) *world {
	w := newWorld(t)
	c.now = func() time.Time { return w.now }
	w.months = c
	w.reopen()
	return w
}

func (w *world) tick() {
	w.t.Helper()
	for {
		more, err := w.svc.Tick(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func (w *world) kinds(person domain.ID) map[string]int {
	n := map[string]int{}
	for _, d := range w.inbox(person) {
		n[d.Str("kind")]++
	}
	return n
}

// TestTick_AYear lets a year pass with restarts at any point, nights that the
// server slept through, a clock that steps both ways and a restored backup:
// each due thing is told once and pushed once.
func TestTick_AYear(t *testing.T) {
	w := newYear(t, &calendar{lacks: true, waiting: 2})
	standIn, province := w.id(), w.id()
	w.grant(standIn, domain.RoleStandby, "", w.commune, "")
	w.grant(province, domain.RoleProvince, "", "", "")
	for _, p := range []domain.ID{w.leader, w.chair, standIn, province} {
		w.phone(p)
	}
	rnd := rand.New(rand.NewPCG(11, 5))
	w.now = time.Date(2026, 1, 1, 6, 0, 0, 0, domain.Zone)
	backup := filepath.Join(t.TempDir(), "backup.db")
	restoreOn := domain.Date("2026-08-04")
	for w.now.Year() < 2027 {
		today := domain.DateOf(w.now)
		if today == "2026-07-30" && w.now.In(domain.Zone).Hour() < 7 {
			w.copyTo(backup)
		}
		if today == restoreOn {
			restoreOn = ""
			w.restore(backup)
		}
		switch rnd.IntN(12) {
		case 0: // a part of a round, then a kill
			if _, err := w.svc.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.reopen()
		case 1: // a clock that is a year ahead for a moment, at night
			at := w.now
			w.now = time.Date(2027, 6, 1, 2, 0, 0, 0, domain.Zone)
			w.tick()
			w.now = at
		case 2: // and one that goes back some hours
			at := w.now
			w.now = w.now.Add(-5 * time.Hour)
			w.tick()
			w.deliver()
			w.now = at
		}
		w.tick()
		w.deliver()
		w.now = w.now.Add(time.Duration(2+rnd.IntN(7)) * time.Hour)
	}
	seen := map[domain.ID]bool{}
	for _, m := range w.ch.got {
		if seen[m.ID] {
			t.Errorf("a %s left twice", m.Kind)
		}
		seen[m.ID] = true
	}
	// 12 days to submit with 3 reminders each, and the first for 5 January. One
	// was told by the history that the restore lost.
	if got, sent := w.kinds(w.leader), w.sent(notify.Missing); got["missing"] != 36 || sent != 37 {
		t.Errorf("leader: %v, %d were pushed", got, sent)
	}
	if got := w.kinds(w.chair); got["review_overdue"] != 12 || got["close_due"] != 12 || got["reviews_waiting"] < 12*15 || got["reviews_waiting"] > 12*16 {
		t.Errorf("chair: %v", got)
	}
	for _, p := range []domain.ID{standIn, province} {
		if got := w.kinds(p); got["review_overdue"] != 12 || len(got) != 1 {
			t.Errorf("escalated: %v", got)
		}
	}
	if w.count("notify_slot") > 45 {
		t.Errorf("%d rounds are remembered", w.count("notify_slot"))
	}
}

func (w *world) sent(k notify.Kind) (n int) {
	for _, m := range w.ch.got {
		if m.Kind == k {
			n++
		}
	}
	return n
}

func (w *world) copyTo(path string) {
	w.t.Helper()
	if err := w.db.Close(); err != nil {
		w.t.Fatal(err)
	}
	b, err := os.ReadFile(w.path)
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

func (w *world) restore(path string) {
	w.t.Helper()
	if err := w.db.Close(); err != nil {
		w.t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(w.path, b, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.open()
	w.update(notify.MarkRestored)
}

// TestTick_Missing: the reminder says exactly what is missing and how many
// days are left; once nothing is missing it is silent.
func TestTick_Missing(t *testing.T) {
	c := &calendar{lacks: true}
	w := newYear(t, c)
	w.phone(w.leader)
	w.now = time.Date(2026, 4, 2, 7, 30, 0, 0, domain.Zone) // D-3 for March
	w.tick()
	w.deliver()
	d := w.inbox(w.leader)[0]
	if d.Str("kind") != "missing" || d.Str("title_vi") != "tháng 3/2026: còn 3 ngày, còn thiếu 2 việc" || d.Str("month") != "2026-03" ||
		d.Str("body_vi") != "Gửi báo cáo tháng. Ghi nhận một hoạt động." || d.Str("body_en") != "Send the report. Log an activity." {
		t.Errorf("%s", d.AppendCanonical(nil))
	}
	if n := len(w.inbox(w.member)); n != 0 {
		t.Errorf("%d notes of a member who does not lead", n)
	}
	c.lacks = false
	w.now = w.now.Add(2 * 24 * time.Hour) // D-1
	w.tick()
	if n := len(w.inbox(w.leader)); n != 1 {
		t.Errorf("%d notes", n)
	}
	c.lacks = true
	w.now = w.now.Add(-time.Hour) // 6:30: still night
	w.tick()
	if n := len(w.inbox(w.leader)); n != 1 {
		t.Errorf("%d notes at night", n)
	}
}

// TestTick_Digest: approvals are counted and told once, the next morning.
func TestTick_Digest(t *testing.T) {
	w := newYear(t, &calendar{})
	w.phone(w.member)
	for range 7 {
		w.update(func(tx store.Tx) error { return notify.Tally(tx, w.member, notify.Approved) })
	}
	w.now = w.now.Add(22 * time.Hour)
	for range 3 {
		w.tick()
	}
	w.now = w.now.Add(24 * time.Hour)
	w.tick()
	got := w.inbox(w.member)
	if len(got) != 1 || got[0].Str("kind") != "digest" || got[0].Str("body_vi") != "7 mục đã được duyệt." || got[0].Str("body_en") != "7 approved." {
		t.Errorf("%d notes: %v", len(got), got)
	}
}

// TestDeliver_Restored: a restored store sends nothing of its outbox, whichever
// of Deliver and Tick comes first; what is told afterwards leaves.
func TestDeliver_Restored(t *testing.T) {
	w := newYear(t, &calendar{})
	w.phone(w.member)
	w.tell(w.member, notify.Adopted, "of last week")
	w.update(notify.MarkRestored)
	w.deliver()
	w.tick()
	w.deliver()
	w.wantSent()
	if n := len(w.inbox(w.member)); n != 1 {
		t.Errorf("%d notes", n)
	}
	id := w.tell(w.member, notify.Adopted, "after")
	w.deliver()
	w.wantSent(id)
}

// TestTick_Prunes: single messages are forgotten after a season, a day's count
// and what was parked too; inboxes and figures stay.
func TestTick_Prunes(t *testing.T) {
	w := newYear(t, &calendar{})
	w.phone(w.member)
	w.tell(w.member, notify.Adopted, "sent")
	w.deliver()
	w.ch.does = func(notify.Message) notify.Outcome {
		return notify.Outcome{Fate: notify.Refused, Why: "invalid_argument"}
	}
	w.tell(w.member, notify.Adopted, "parked")
	w.after(8 * time.Hour)
	w.ch.does = nil
	w.now = w.now.Add(60 * 24 * time.Hour)
	recent := w.tell(w.member, notify.Adopted, "recent")
	w.deliver()
	if w.count("delivery") != 3 || w.count("outbox_parked") != 1 {
		t.Fatalf("%d deliveries, %d parked", w.count("delivery"), w.count("outbox_parked"))
	}
	w.now = w.now.Add(40 * 24 * time.Hour)
	for range 3 {
		w.now = w.now.Add(24 * time.Hour)
		w.tick()
	}
	if n, p, d, s := w.count("delivery"), w.count("outbox_parked"), w.count("push_day"), w.count("notify_slot"); n != 1 || p != 0 || d != 0 || s > 3 {
		t.Errorf("%d deliveries, %d parked, %d days, %d rounds are left", n, p, d, s)
	}
	if _, err := w.svc.Trace(t.Context(), domain.Caller{Person: w.operator}, recent); err != nil {
		t.Error(err)
	}
	if f := w.figures(); f["all/queued"] != 3 || len(w.inbox(w.member)) != 3 {
		t.Errorf("%v, %d notes", f, len(w.inbox(w.member)))
	}
}

// TestCatalogue: every text is there in both languages, names no unknown
// field, and each event has a life if it is pushed.
func TestCatalogue(t *testing.T) {
	seen := map[notify.Kind]bool{}
	for i := range notify.Events {
		e := &notify.Events[i]
		if seen[e.Kind] {
			t.Errorf("%s stands twice", e.Kind)
		}
		seen[e.Kind] = true
		for what, x := range map[string]notify.Text{"who": e.Who, "when": e.When, "title": e.Title} {
			if x.Vi == "" || x.En == "" {
				t.Errorf("%s has no %s", e.Kind, what)
			}
		}
		if (e.Body.Vi == "") != (e.Body.En == "") || strings.Count(e.Title.Vi, "{") != strings.Count(e.Title.En, "{") ||
			strings.Count(e.Body.Vi, "{") != strings.Count(e.Body.En, "{") {
			t.Errorf("%s: the languages differ", e.Kind)
		}
		if (e.Way == notify.Push) != (e.Life > 0) {
			t.Errorf("%s is pushed for %v", e.Kind, e.Life)
		}
	}
}
