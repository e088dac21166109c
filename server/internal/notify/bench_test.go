package notify_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// BenchmarkFanOut tells one thing to 10,000 people with a phone each and sends
// it: inbox, outbox, sending by a channel that answers at once, and marks.
func BenchmarkFanOut(b *testing.B) {
	const people, batch = 10_000, 500
	w := newWorld(b)
	list := make([]domain.ID, people)
	for i := 0; i < people; i += batch {
		w.update(func(tx store.Tx) error {
			for k := i; k < i+batch; k++ {
				list[k] = w.id()
				if err := roster.PutGrant(tx, syncproto.DerivedID("grant", list[k], ""), domain.Grant{Person: list[k], Role: domain.RoleMember,
					Team: w.team, Name: "Người thử", Interval: domain.Interval{From: "2023-01-01"}}, store.Cause{}); err != nil {
					return err
				}
			}
			return nil
		})
		for k := i; k < i+batch; k++ {
			w.phone(list[k])
		}
	}
	n := 0
	for b.Loop() {
		n++
		for i := 0; i < people; i += batch {
			w.update(func(tx store.Tx) error {
				for _, p := range list[i : i+batch] {
					if err := notify.Tell(tx, notify.Note{To: p, Kind: notify.CodeIssued, Key: fmt.Sprint("bench/", n)}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		w.deliver()
		w.now = w.now.Add(1e9 * 3600)
	}
	if got := len(w.ch.got); got != n*people {
		b.Fatalf("%d sent in %d rounds", got, n)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(people*n)/b.Elapsed().Seconds(), "devices/s")
	b.ReportMetric(float64(m.HeapInuse)/(1<<20), "heap-MB")
}
