package httpapi_test

import (
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// TestDesk_Waits: over a month with 1,000 activities a chair who opens the desk
// each working day, decides what waits, looks at what was decided and keeps the
// table waits less than 10 s for the server in all.
func TestDesk_Waits(t *testing.T) {
	const all, days = 1000, 20
	w := newWorld(t)
	ph := w.phone(member)
	var waited time.Duration
	requests := 0
	clock := func(fn func() error) {
		t.Helper()
		from := time.Now()
		if err := fn(); err != nil {
			t.Fatal(err)
		}
		waited += time.Since(from)
		requests++
	}
	for range days {
		var batch []*syncproto.Mutation
		for range all / days {
			a := w.activity("T1")
			batch = append(batch, a, &syncproto.Mutation{Op: syncproto.OpSubmit, Type: a.Type, ID: a.ID})
		}
		ph.push(batch...)
		var items []client.QueueItem
		for cursor := ""; ; {
			var q client.Queue
			clock(func() (err error) {
				q, err = w.as[chair].ReviewQueue(t.Context(), w.unit["A"], month, cursor, 200)
				return err
			})
			items = append(items, q.Items...)
			if cursor = q.Next; cursor == "" {
				break
			}
		}
		if len(items) != all/days {
			t.Fatalf("%d wait", len(items))
		}
		var list []client.Decision
		for _, it := range items {
			list = append(list, client.Decision{Key: newID(), Type: it.Type, ID: it.ID, Seen: it.C, Decision: "approve"})
		}
		clock(func() error {
			_, err := w.as[chair].Review(t.Context(), list)
			return err
		})
	}
	clock(func() error {
		q, err := w.as[chair].Reviewed(t.Context(), w.unit["A"], month, "approved", "", 200)
		if err == nil && q.Total != all {
			t.Errorf("%d of %d are approved", q.Total, all)
		}
		return err
	})
	clock(func() error {
		_, err := w.as[chair].CommunePaper(t.Context(), w.unit["A"], month, "activities", "xlsx")
		return err
	})
	t.Logf("%d requests, %v", requests, waited)
	if waited > 10*time.Second {
		t.Errorf("a chair waits %v in a month, more than 10 s", waited)
	}
}
