package notify_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestDeliver_DeadTokens: a third of many tokens is dead. They are forgotten
// with the first push to them and not asked again, everybody else hears, and
// what it takes in memory does not grow with their number. 100,000 in the
// louder tiers.
func TestDeliver_DeadTokens(t *testing.T) {
	people := 3_000
	if c := os.Getenv("CHECK"); c == "full" || c == "soak" {
		people = 100_000
	}
	w := newWorld(t)
	person := func(i int) domain.ID { return syncproto.DerivedID("dead", "", fmt.Sprint(i)) }
	w.batched(people, func(tx store.Tx, i int) error {
		token := fmt.Sprint("token-alive-", i)
		if i%3 == 0 {
			token = fmt.Sprint("token-dead-", i)
		}
		return notify.RegisterIn(tx, domain.Caller{Person: person(i), Device: person(i)}, notify.Address{Channel: notify.ChannelFCM, Token: token})
	})
	asked, dead := 0, 0
	w.ch.does = func(m notify.Message) notify.Outcome {
		asked++
		if strings.HasPrefix(m.Target.Token, "token-dead-") {
			dead++
			return notify.Outcome{Fate: notify.Gone, Why: "unregistered"}
		}
		return notify.Outcome{}
	}
	w.ch.forget = true
	for round := range 2 {
		asked, dead = 0, 0
		w.batched(people, func(tx store.Tx, i int) error {
			return notify.Tell(tx, notify.Note{To: person(i), Kind: notify.CodeIssued, Key: fmt.Sprint("round/", round)})
		})
		w.deliver()
		gone := (people + 2) / 3
		if want := people - round*gone; asked != want || dead != gone*(1-round) {
			t.Errorf("round %d: %d were asked, %d of them dead; want %d asked", round, asked, dead, want)
		}
		w.now = w.now.Add(time.Hour)
	}
	alive := people - (people+2)/3
	if n, m := w.count("push_target"), w.count("push_owner"); n != alive || m != alive || w.waiting() != 0 {
		t.Errorf("%d targets, %d owners, %d wait; want %d", n, m, w.waiting(), alive)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapInuse > 64<<20 {
		t.Errorf("%d MB are held", m.HeapInuse>>20)
	}
	t.Logf("%d tokens, %d MB held", people, m.HeapInuse>>20)
}

// batched does something n times, many in a transaction.
func (w *world) batched(n int, fn func(tx store.Tx, i int) error) {
	w.t.Helper()
	const batch = 1000
	for from := 0; from < n; from += batch {
		w.update(func(tx store.Tx) error {
			for i := from; i < min(n, from+batch); i++ {
				if err := fn(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
