package demo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
	engine "github.com/banso/banso/syncproto/client"
)

// Pushes is the far side of notifications: it gives phones addresses and takes
// what is sent there.
type Pushes interface {
	// Address is where the n-th phone takes pushes; vapid is the server's key,
	// with which a browser subscribes.
	Address(n int, vapid string) (client.PushAddress, error)
	// Hints are the inbox records that the n-th phone was told of, each once.
	Hints(n int) []syncproto.ID
}

// PushReport is what came of notifications.
type PushReport struct {
	Devices  int            `json:"devices"`  // phones that take pushes
	Hints    int            `json:"hints"`    // of which phones were told
	Composed int            `json:"composed"` // of those: the phone had the record and its Vietnamese text
	Server   map[string]int `json:"server"`   // what the server says, by channel/state

	// Set by who plays the far side.
	FCM      int            `json:"fcm"` // messages taken
	Web      int            `json:"webpush"`
	Grants   int            `json:"grants"` // OAuth grants whose signature was good
	Signed   int            `json:"signed"` // VAPID tokens whose signature was good
	Opened   int            `json:"opened"` // messages decrypted by their browser
	Refused  int            `json:"refused"`
	MaxBytes int            `json:"max_bytes"` // of what a message says
	Kinds    map[string]int `json:"kinds"`
	Sample   string         `json:"sample"` // all that one message says
}

// listen tells the server where a phone takes pushes.
func (ph *phone) listen(ctx context.Context) error {
	if ph.w.cfg.Push == nil {
		return nil
	}
	defer ph.wire.hangUp()
	state, err := ph.api.PushState(ctx)
	var a client.PushAddress
	if err == nil {
		a, err = ph.w.cfg.Push.Address(ph.n, state.Vapid)
	}
	if err == nil {
		err = ph.api.RegisterPush(ctx, a)
	}
	if err != nil {
		return fmt.Errorf("register a phone for pushes: %w", err)
	}
	return nil
}

// drainWithin is how long the outbox may take at the end, by the wall clock.
const drainWithin = 2 * time.Minute

// hear waits until the outbox is empty and lets the phones compose what they
// were told of, each from its own copy of the record.
func (w *world) hear(ctx context.Context) (*PushReport, error) {
	if w.cfg.Push == nil {
		return nil, nil
	}
	w.say("Chờ thông báo đẩy đi hết; mỗi điện thoại tự soạn nội dung từ bản ghi của mình",
		"Waiting for the pushes to leave; each phone composes their text from its own record")
	if err := w.emptied(ctx); err != nil {
		return nil, err
	}
	r := &PushReport{Server: map[string]int{}}
	var mu sync.Mutex
	err := w.each(ctx, 2*len(w.phones), func(ctx context.Context, n int) error {
		ph := w.phones[n/2][n%2]
		hints, composed, err := ph.compose(ctx)
		mu.Lock()
		defer mu.Unlock()
		r.Devices, r.Hints, r.Composed = r.Devices+1, r.Hints+hints, r.Composed+composed
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, w.delivered(ctx, r)
}

func (w *world) emptied(ctx context.Context) error {
	const pause = 200 * time.Millisecond
	for range drainWithin / pause {
		today := w.cfg.Clock.Now().In(zone).Format(time.DateOnly)
		d, err := w.viewer.api.Deliveries(ctx, today, today)
		if err != nil {
			return fmt.Errorf("read the deliveries: %w", err)
		}
		if d.Waiting == 0 {
			return nil
		}
		if err := rest(ctx, pause); err != nil {
			return err
		}
	}
	return fmt.Errorf("pushes still wait after %s", drainWithin)
}

// compose shows what the phone was told of and tells the server so.
func (ph *phone) compose(ctx context.Context) (hints, composed int, err error) {
	list := ph.w.cfg.Push.Hints(ph.n)
	if len(list) == 0 {
		return 0, 0, nil
	}
	if err := ph.sync(ctx); err != nil {
		return 0, 0, err
	}
	for _, id := range list {
		key := engine.Key{Type: syncproto.TypeInbox, ID: id}
		shown, err := ph.eng.View(key)
		if err != nil || shown.Doc.Str("title_vi") == "" {
			continue
		}
		composed++
		if !shown.Doc.Bool("shown") {
			if _, err := ph.eng.Edit(key, syncproto.Doc{"shown": syncproto.Bool(true)}, nil, nil); err != nil {
				return 0, 0, err
			}
		}
	}
	return len(list), composed, ph.sync(ctx)
}

// delivered reads the server's own figures of all the months.
func (w *world) delivered(ctx context.Context, r *PushReport) error {
	for from, end := at(FirstMonth+"-01", 0), w.cfg.Clock.Now(); from.Before(end); from = from.AddDate(0, 3, 0) {
		d, err := w.viewer.api.Deliveries(ctx, from.Format(time.DateOnly), from.AddDate(0, 3, -1).Format(time.DateOnly))
		if err != nil {
			return fmt.Errorf("read the deliveries: %w", err)
		}
		for _, f := range d.Days {
			r.Server[f.Channel+"/"+f.State] += int(f.N)
		}
	}
	return nil
}
