package notify_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
)

// kills is how often the server dies in TestDeliver_Kills.
func kills() int {
	switch os.Getenv("CHECK") {
	case "full":
		return 500
	case "soak":
		return 2000
	}
	return 100
}

// TestDeliver_Kills ends the sender at every point between commit, send and
// mark, with a store that is opened again each time: no message is lost, and
// whatever left twice carries the same tag and id, which a screen shows once.
func TestDeliver_Kills(t *testing.T) {
	w := newWorld(t)
	devices := map[string]bool{}
	for _, p := range []domain.ID{w.member, w.leader, w.chair} {
		_, token := w.phone(p)
		devices[token] = true
	}
	rnd := rand.New(rand.NewPCG(3, 3))
	people := []domain.ID{w.member, w.leader, w.chair}
	want := map[domain.ID]bool{}
	n := kills()
	for i := range n {
		for k := range 1 + rnd.IntN(3) {
			// The caps of the day would hold some back: this is about kills.
			id := w.tell(people[rnd.IntN(3)], notify.CodeIssued, fmt.Sprint(i, "/", k), func(n *notify.Note) { n.Team = "" })
			want[id] = true
		}
		ctx, cancel := context.WithCancel(t.Context())
		switch rnd.IntN(3) {
		case 0: // after the commit of the cause, before anything is sent
			cancel()
		case 1: // after the send, before the mark
			w.ch.stop = cancel
		case 2: // after the mark
		}
		if _, err := w.svc.Deliver(ctx); err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		cancel()
		w.ch.stop = nil
		w.now = w.now.Add(time.Hour)
		w.reopen()
	}
	w.after(2 * time.Minute)
	screen := map[string]domain.ID{} // what each device shows, by tag
	for _, m := range w.ch.got {
		key := m.Target.Token + "/" + m.Tag
		if old, ok := screen[key]; ok && old != m.ID {
			t.Fatalf("two messages share a tag")
		}
		screen[key] = m.ID
		delete(want, m.ID)
	}
	if len(want) > 0 {
		t.Errorf("%d messages are lost after %d kills", len(want), n)
	}
	if w.waiting() != 0 {
		t.Errorf("%d wait", w.waiting())
	}
	t.Logf("%d kills, %d sends of %d messages", n, len(w.ch.got), len(screen))
}
