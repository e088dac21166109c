package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestDeliver_OnceAndByUrgency: a note is in the inbox once, is pushed to each
// device of its person once, and what is urgent leaves first.
func TestDeliver_OnceAndByUrgency(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	adopted := w.tell(w.member, notify.Adopted, "a")
	returned := w.tell(w.member, notify.Returned, "b", func(n *notify.Note) { n.About = w.activity("returned") })
	code := w.tell(w.member, notify.CodeIssued, "c")
	w.tell(w.member, notify.CodeIssued, "c")
	w.deliver()
	w.deliver()
	w.wantSent(code, returned, adopted)
	if n := len(w.inbox(w.member)); n != 3 || w.waiting() != 0 {
		t.Errorf("%d notes, %d wait", n, w.waiting())
	}
	if f := w.figures(); f["all/queued"] != 3 || f["fcm/sent"] != 3 {
		t.Errorf("figures %v", f)
	}
}

// activity writes one in a state and returns its key.
func (w *world) activity(state string) store.Key {
	key := store.Key{Type: syncproto.TypeActivity, ID: w.id()}
	w.setState(key, state)
	return key
}

func (w *world) setState(key store.Key, state string) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		_, err := tx.Put(store.Put{Key: key, Doc: syncproto.Doc{"state": syncproto.Str(state)}, Scopes: []syncproto.Scope{syncproto.TeamScope(w.team)}})
		return err
	})
}

// TestDeliver_LooksAgain: what was right when it was written is looked at again
// when it leaves.
func TestDeliver_LooksAgain(t *testing.T) {
	for name, c := range map[string]struct {
		do  func(w *world, id domain.ID)
		why string
	}{
		"the right is lost":     {func(w *world, _ domain.ID) { w.grant(w.member, domain.RoleMember, w.team, "", "2026-03-01") }, "no_right"},
		"it was read":           {func(w *world, id domain.ID) { w.mark(id, "read") }, "read"},
		"it was settled":        {func(w *world, id domain.ID) { w.setState(w.aboutOf(id), "pending_review") }, "settled"},
		"it has expired":        {func(w *world, _ domain.ID) { w.now = w.now.Add(8 * 24 * time.Hour) }, "expired"},
		"its person is silent":  {func(w *world, _ domain.ID) { w.prefer(w.member, notify.Prefs{NoPush: true}) }, "silenced"},
		"its group is silent":   {func(w *world, _ domain.ID) { w.prefer(w.member, notify.Prefs{Silent: []notify.Group{notify.Work}}) }, "silenced"},
		"a newer one took over": {func(w *world, id domain.ID) { w.tell(w.member, notify.Adopted, "newer", tagged("t")) }, "replaced"},
		"its cause was deleted": {func(w *world, id domain.ID) { w.remove(w.aboutOf(id)) }, "withdrawn"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.phone(w.member)
			about := w.activity("returned")
			id := w.tell(w.member, notify.Returned, "x", tagged("t"), func(n *notify.Note) { n.About = about })
			c.do(w, id)
			w.deliver()
			for _, got := range w.ch.ids() {
				if got == id {
					t.Error("it left")
				}
			}
			tr, err := w.svc.Trace(t.Context(), domain.Caller{Person: w.operator}, id)
			if err != nil || tr.State != notify.StateDropped || tr.Why != c.why {
				t.Errorf("%+v %v, want %s", tr, err, c.why)
			}
		})
	}
}

func (w *world) aboutOf(id domain.ID) (key store.Key) {
	for _, d := range w.inbox(w.member) {
		key = store.Key{Type: d.Str("type"), ID: domain.ID(d.Str("id"))}
	}
	return key
}

func (w *world) mark(id domain.ID, field string) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		rec, err := tx.Record(store.Key{Type: syncproto.TypeInbox, ID: id})
		if err != nil {
			return err
		}
		d, err := syncproto.SplitCanonical(rec.Doc)
		if err != nil {
			return err
		}
		d[field] = syncproto.Bool(true)
		if _, err := tx.Put(store.Put{Key: rec.Key, Doc: d, Scopes: rec.Scopes}); err != nil {
			return err
		}
		return notify.Receipt(tx, id, syncproto.Doc{}, d)
	})
}

func (w *world) remove(key store.Key) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		_, err := tx.Delete(key, store.Cause{})
		return err
	})
}

func (w *world) prefer(person domain.ID, p notify.Prefs) {
	w.t.Helper()
	if _, err := w.svc.SetPrefs(w.t.Context(), domain.Caller{Person: person}, p); err != nil {
		w.t.Fatal(err)
	}
}

// TestDeliver_Receipts: what the phone says through sync is known of the
// message, each step once.
func TestDeliver_Receipts(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	id := w.tell(w.member, notify.Adopted, "x")
	w.deliver()
	w.mark(id, "shown")
	w.mark(id, "shown")
	w.mark(id, "opened")
	if f := w.figures(); f["fcm/sent"] != 1 || f["fcm/shown"] != 1 || f["fcm/opened"] != 1 {
		t.Errorf("figures %v", f)
	}
	tr, err := w.svc.Trace(t.Context(), domain.Caller{Person: w.operator}, id)
	if err != nil || tr.State != notify.StateOpened || tr.SentMs == 0 || tr.ShownMs == 0 || tr.OpenedMs == 0 || tr.Channel != "fcm" {
		t.Errorf("%+v %v", tr, err)
	}
	if _, err := w.svc.Trace(t.Context(), domain.Caller{Person: w.member}, id); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a member may trace: %v", err)
	}
}

// TestDeliver_PoisonIsParked: a message that is refused again and again is
// tried 8 times with a growing pause, then parked, and holds nobody up.
func TestDeliver_PoisonIsParked(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	w.phone(w.leader)
	poison := w.tell(w.member, notify.Rejected, "p", func(n *notify.Note) { n.About = w.activity("rejected") })
	tries := 0
	w.ch.does = func(m notify.Message) notify.Outcome {
		if m.ID == poison {
			tries++
			return notify.Outcome{Fate: notify.Refused, Why: "invalid_argument"}
		}
		return notify.Outcome{}
	}
	other := w.tell(w.leader, notify.Adopted, "o")
	w.after(8 * time.Hour)
	w.wantSent(other)
	if tries != 8 || w.count("outbox_parked") != 1 || w.waiting() != 0 {
		t.Errorf("%d tries, %d parked, %d wait", tries, w.count("outbox_parked"), w.waiting())
	}
	if f := w.figures(); f["none/parked"] != 1 {
		t.Errorf("figures %v", f)
	}
}

// TestDeliver_RetryAfter: a target that asks to wait is not asked before that,
// by no message.
func TestDeliver_RetryAfter(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	w.phone(w.leader)
	other := w.tell(w.leader, notify.Adopted, "o")
	first := w.tell(w.member, notify.Adopted, "a")
	at := w.now
	var asked []time.Duration
	w.ch.does = func(m notify.Message) notify.Outcome {
		if m.ID == other {
			return notify.Outcome{}
		}
		asked = append(asked, w.now.Sub(at))
		if w.now.Sub(at) < 2*time.Hour {
			return notify.Outcome{Fate: notify.Later, Why: "quota", After: 2 * time.Hour}
		}
		return notify.Outcome{}
	}
	w.deliver()
	second := w.tell(w.member, notify.Adopted, "b")
	w.after(3 * time.Hour)
	w.wantSent(other, first, second)
	if len(asked) != 3 || asked[1] < 2*time.Hour {
		t.Errorf("asked after %v", asked)
	}
}

// TestDeliver_OutageOfTwoDays: a channel that is down for two days is paused as
// a whole; nothing is parked, and all that has not expired leaves afterwards.
func TestDeliver_OutageOfTwoDays(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	tries := 0
	w.ch.does = func(notify.Message) notify.Outcome {
		tries++
		return notify.Outcome{Fate: notify.Down, Why: "unreachable"}
	}
	about := w.activity("returned")
	var want []domain.ID
	for i := range 3 {
		want = append(want, w.tell(w.member, notify.Returned, fmt.Sprint(i), func(n *notify.Note) { n.About = about }))
	}
	w.tell(w.member, notify.Waiting, "w") // lives for 12 hours
	w.after(48 * time.Hour)
	w.wantSent()
	if tries > 48*60/10*5 {
		t.Errorf("%d tries in two days", tries)
	}
	w.reopen()
	w.ch.does = nil
	w.after(15 * time.Minute)
	slices.SortFunc(w.ch.got, func(a, b notify.Message) int { return slices.Index(want, a.ID) - slices.Index(want, b.ID) })
	w.wantSent(want...)
	if w.count("outbox_parked") != 0 || w.waiting() != 0 {
		t.Errorf("%d parked, %d wait", w.count("outbox_parked"), w.waiting())
	}
}

// TestDeliver_TwoDevices: the device that has it is not asked again while the
// other fails; a token that is gone is forgotten.
func TestDeliver_TwoDevices(t *testing.T) {
	w := newWorld(t)
	_, good := w.phone(w.member)
	_, slow := w.phone(w.member)
	_, dead := w.phone(w.member)
	w.ch.does = func(m notify.Message) notify.Outcome {
		switch {
		case m.Target.Token == dead:
			return notify.Outcome{Fate: notify.Gone, Why: "unregistered"}
		case m.Target.Token == slow && w.now.Minute() < 10:
			return notify.Outcome{Fate: notify.Later, Why: "timeout"}
		}
		return notify.Outcome{}
	}
	w.tell(w.member, notify.Adopted, "a")
	w.after(30 * time.Minute)
	var tokens []string
	for _, m := range w.ch.got {
		tokens = append(tokens, m.Target.Token)
	}
	if strings.Join(tokens, ",") != good+","+slow || w.waiting() != 0 || w.count("push_target") != 2 {
		t.Errorf("sent to %v, %d wait, %d targets", tokens, w.waiting(), w.count("push_target"))
	}
	if f := w.figures(); f["fcm/sent"] != 1 || f["fcm/gone"] != 1 {
		t.Errorf("one message is counted once: %v", f)
	}
}

// TestDeliver_Tag: what is sent twice, or replaces another, carries the same
// tag; another person's tag for the same thing is another.
func TestDeliver_Tag(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	w.phone(w.leader)
	w.tell(w.member, notify.Adopted, "a", tagged("case/1"))
	w.deliver()
	w.tell(w.member, notify.Dismissed, "b", tagged("case/1"))
	w.tell(w.leader, notify.Dismissed, "c", tagged("case/1"))
	w.deliver()
	g := w.ch.got
	if len(g) != 3 || g[0].Tag != g[1].Tag && g[0].Tag != g[2].Tag || g[1].Tag == g[2].Tag || len(g[0].Tag) != 12 {
		t.Errorf("%+v", g)
	}
}

// TestDeliver_ReplacedOnItsWay: what is replaced while it leaves has left, and
// the figures say so once.
func TestDeliver_ReplacedOnItsWay(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	old := w.tell(w.member, notify.Adopted, "old", tagged("t"))
	w.ch.stop = func() {
		w.ch.stop = nil
		w.tell(w.member, notify.Adopted, "new", tagged("t"))
	}
	w.deliver()
	w.deliver()
	tr, err := w.svc.Trace(t.Context(), domain.Caller{Person: w.operator}, old)
	if err != nil || tr.State != notify.StateSent || tr.SentMs == 0 {
		t.Errorf("%+v %v", tr, err)
	}
	if f := w.figures(); f["fcm/sent"] != 2 || f["none/dropped"] != 0 || f["all/queued"] != 2 {
		t.Errorf("figures %v", f)
	}
}

// TestDeliver_Credentials: a channel that refuses the server's keys is told to
// the operators, once a day, and everything else goes on.
func TestDeliver_Credentials(t *testing.T) {
	w := newWorld(t)
	w.phone(w.member)
	w.ch.does = func(notify.Message) notify.Outcome {
		return notify.Outcome{Fate: notify.Down, Why: notify.WhyCredentials}
	}
	id := w.tell(w.member, notify.DisputeUpheld, "a")
	w.after(30 * time.Hour)
	if got := w.inbox(w.operator); len(got) != 2 || got[0].Str("kind") != "push_trouble" {
		t.Errorf("%d notes of the operator: %v", len(got), got)
	}
	w.ch.does = nil
	w.after(15 * time.Minute)
	w.wantSent(id)
}
