package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
)

func (w *world) announcement() notify.Announce {
	return notify.Announce{Key: w.id(), Kind: notify.Task, Title: "Họp tổ", Text: "Họp tổ tối thứ năm.", Units: []domain.ID{w.commune}, To: notify.ToAll}
}

// TestAnnounce: preview, a set time, records and pushes for each member, how
// many have read it, and taking it back.
func TestAnnounce(t *testing.T) {
	w := newYear(t, &calendar{})
	w.phone(w.member)
	chair := domain.Caller{Person: w.chair}
	in := w.announcement()
	in.AtMs = w.now.Add(time.Hour).UnixMilli()
	in.DryRun, in.TitleEn = true, "Team meeting"
	if a, err := w.svc.Announce(t.Context(), chair, in); err != nil || a.State != "preview" || a.Teams != 1 || a.People != 2 {
		t.Fatalf("%+v %v", a, err)
	}
	in.DryRun = false
	a, err := w.svc.Announce(t.Context(), chair, in)
	if again, err2 := w.svc.Announce(t.Context(), chair, in); err != nil || err2 != nil || again.ID != a.ID || a.State != "scheduled" {
		t.Fatalf("%+v %+v %v %v", a, again, err, err2)
	}
	tasks := func(p domain.ID) int { return w.kinds(p)["task"] }
	w.tick()
	if n := tasks(w.member); n != 0 {
		t.Fatalf("%d before its time", n)
	}
	w.now = w.now.Add(2 * time.Hour)
	w.tick()
	w.deliver()
	if tasks(w.member) != 1 || tasks(w.leader) != 1 || len(w.ch.got) != 1 {
		t.Fatalf("%d, %d, %d pushed", tasks(w.member), tasks(w.leader), len(w.ch.got))
	}
	if d := w.inbox(w.member)[0]; d.Str("title_vi") != "Việc được giao: Họp tổ" || d.Str("title_en") != "Task: Team meeting" || d.Str("body_en") != "Họp tổ tối thứ năm." {
		t.Errorf("%s", d.AppendCanonical(nil))
	}
	if d := w.inbox(w.chair); len(d) != 1 || d[0].Str("kind") != "job_done" || d[0].Str("body_vi") != "Đã gửi “Họp tổ” tới 1 tổ." {
		t.Errorf("the author hears %v", d)
	}
	if u, err := w.svc.Unread(t.Context(), chair, a.ID); err != nil || len(u.Teams) != 1 || u.Teams[0].Team != w.team || u.Teams[0].Name == "" || u.More != 0 {
		t.Errorf("before anybody reads: %+v %v", u, err)
	}
	if u, err := w.svc.Unread(t.Context(), domain.Caller{Person: w.leader}, a.ID); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a leader asks who has read: %+v %v", u, err)
	}
	w.mark(w.ch.got[0].ID, "read")
	if u, err := w.svc.Unread(t.Context(), chair, a.ID); err != nil || len(u.Teams) != 0 {
		t.Errorf("after one has read: %+v %v", u, err)
	}
	list, err := w.svc.Announcements(t.Context(), chair)
	if err != nil || len(list) != 1 || list[0].State != "sent" || list[0].TeamsSeen != 1 || list[0].PeopleSeen != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	if c, err := w.svc.Cancel(t.Context(), chair, a.ID); err != nil || c.State != "cancelled" {
		t.Fatalf("%+v %v", c, err)
	}
	w.tick()
	if tasks(w.member) != 0 || tasks(w.leader) != 0 {
		t.Errorf("it is still in the inboxes")
	}
}

// TestAnnounce_Rights: a chair writes to his commune only, members to nobody.
func TestAnnounce_Rights(t *testing.T) {
	w := newYear(t, &calendar{})
	elsewhere := w.announcement()
	elsewhere.Units = []domain.ID{w.id()}
	all := w.announcement()
	all.Units = nil
	for name, c := range map[string]struct {
		who domain.ID
		in  notify.Announce
	}{"member": {w.member, w.announcement()}, "leader": {w.leader, w.announcement()}, "elsewhere": {w.chair, elsewhere}, "all": {w.chair, all}} {
		if _, err := w.svc.Announce(t.Context(), domain.Caller{Person: c.who}, c.in); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*notify.Announce){
		"kind": func(a *notify.Announce) { a.Kind = notify.Paid }, "title": func(a *notify.Announce) { a.Title = "" },
		"text": func(a *notify.Announce) { a.Text = string(make([]rune, 1001)) }, "to": func(a *notify.Announce) { a.To = "" },
		"month": func(a *notify.Announce) { a.To = notify.ToSilent }, "until": func(a *notify.Announce) { a.AtMs, a.UntilMs = 5, 4 },
		"title_en": func(a *notify.Announce) { a.TitleEn = string(make([]rune, 121)) }, "text_en": func(a *notify.Announce) { a.TextEn = "e\u0301" },
		"key": func(a *notify.Announce) { a.Key = "x" },
	} {
		in := w.announcement()
		change(&in)
		if _, err := w.svc.Announce(t.Context(), domain.Caller{Person: w.chair}, in); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s was taken: %v", name, err)
		}
	}
}

// TestAnnounce_Missing goes only to teams whose month lacks something.
func TestAnnounce_Missing(t *testing.T) {
	c := &calendar{}
	w := newYear(t, c)
	in := w.announcement()
	in.To, in.Month, in.DryRun = notify.ToMissing, "2026-03", true
	for _, lacks := range []bool{false, true} {
		c.lacks = lacks
		if a, err := w.svc.Announce(t.Context(), domain.Caller{Person: w.chair}, in); err != nil || (a.Teams == 1) != lacks {
			t.Errorf("lacks %v: %+v %v", lacks, a, err)
		}
	}
}

// TestCanary: whatever is told, nothing of it is in the outbox, the addresses'
// book of deliveries, or a message.
func TestCanary(t *testing.T) {
	w := newWorld(t)
	_, token := w.phone(w.member)
	canaries := []string{"Canary Tên Người", "0912345678", "ghi chú mật"}
	w.tell(w.member, notify.Aside, "canary Tên Người 0912345678", func(n *notify.Note) {
		n.Title, n.Body = notify.Text{Vi: canaries[0], En: canaries[0]}, notify.Text{Vi: canaries[1], En: canaries[1]}
		n.Fields, n.Tag = map[string]string{"reason": canaries[2]}, canaries[0]
	})
	canaries = append(canaries, token)
	look := func(where, text string) {
		for _, c := range canaries {
			if where != "push_target" && strings.Contains(text, c) {
				t.Errorf("%s holds %q", where, c)
			}
		}
	}
	rows := 0
	check := func() {
		w.view(func(r store.Reader) error {
			for _, kind := range []string{"outbox", "outbox_tag", "outbox_parked", "delivery", "push_owner", "push_day"} {
				if err := r.Credentials(kind, "", func(id string, doc jsonValue) bool { rows++; look(kind, id+" "+string(doc)); return true }); err != nil {
					return err
				}
			}
			return r.Counters("", func(key string, _ int64) bool { look("counters", key); return true })
		})
	}
	check()
	w.ch.does = func(notify.Message) notify.Outcome {
		return notify.Outcome{Fate: notify.Refused, Why: "invalid_argument"}
	}
	w.after(8 * time.Hour)
	check()
	w.ch.does = nil
	w.tell(w.member, notify.Adopted, "b")
	w.deliver()
	for _, m := range w.ch.got {
		look("message", string(m.Kind)+string(m.ID)+m.Tag)
	}
	if rows < 5 || len(w.ch.got) == 0 {
		t.Errorf("%d rows, %d messages were looked at", rows, len(w.ch.got))
	}
}
