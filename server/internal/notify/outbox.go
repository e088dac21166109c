package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// maxTries is after how many refusals a message is parked.
const maxTries = 8

// entry is a message that waits to be sent. Its key orders the outbox.
type entry struct {
	To      domain.ID   `json:"to"`
	ID      domain.ID   `json:"id"` // of the inbox record
	Kind    Kind        `json:"kind"`
	Tag     string      `json:"tag"`
	AtMs    int64       `json:"at_ms"`
	UntilMs int64       `json:"until_ms"`
	Tries   int         `json:"tries,omitzero"`
	Done    []domain.ID `json:"done,omitzero"` // devices that have it
	Why     string      `json:"why,omitzero"`  // of the last failure
}

func entryKey(u Urgency, due time.Time, id domain.ID) string {
	return fmt.Sprintf("%d/%013d/%s", u, due.UnixMilli(), id)
}

// dueMs is the time in an entry's key.
func dueMs(key string) int64 {
	parts := strings.SplitN(key, "/", 3)
	if len(parts) != 3 {
		return 0
	}
	n, _ := strconv.ParseInt(parts[1], 10, 64)
	return n
}

func tagKey(to domain.ID, tag string) string { return string(to) + "/" + tag }

// enqueue writes the outbox entry of a note if its person has a device that
// takes pushes. What waits under the same tag is replaced.
func enqueue(tx store.Tx, n *Note, ev *Event) error {
	yes, err := reachable(tx, n.To, ev)
	if err != nil {
		return err
	}
	now := tx.Now()
	if !yes {
		return count(tx, now.UnixMilli(), "none", StateUnreachable)
	}
	until := now.Add(ev.Life).UnixMilli()
	if n.UntilMs != 0 {
		until = min(until, n.UntilMs)
	}
	e := entry{To: n.To, ID: n.ID(), Kind: n.Kind, Tag: n.tag(), AtMs: now.UnixMilli(), UntilMs: until}
	if err := supersede(tx, &e); err != nil {
		return err
	}
	if err := putDelivery(tx, &e, delivery{State: StateQueued}); err != nil {
		return err
	}
	return put(tx, &e, ev.Urgency, now)
}

// put writes an entry under its time and its tag.
func put(tx store.Tx, e *entry, u Urgency, due time.Time) error {
	key := entryKey(u, due, e.ID)
	if err := store.SaveCredential(tx, kindEntry, key, e); err != nil {
		return err
	}
	return store.SaveCredential(tx, kindTag, tagKey(e.To, e.Tag), key)
}

// drop takes an entry out of the outbox.
func drop(tx store.Tx, key string, e *entry) error {
	at, ok, err := store.LoadCredential[string](tx, kindTag, tagKey(e.To, e.Tag))
	if err != nil {
		return err
	}
	if ok && at == key {
		if err := tx.DeleteCredential(kindTag, tagKey(e.To, e.Tag)); err != nil {
			return err
		}
	}
	return tx.DeleteCredential(kindEntry, key)
}

// supersede drops what waits under the tag of a newer entry.
func supersede(tx store.Tx, e *entry) error {
	key, ok, err := store.LoadCredential[string](tx, kindTag, tagKey(e.To, e.Tag))
	if err != nil || !ok {
		return err
	}
	old, ok, err := store.LoadCredential[entry](tx, kindEntry, key)
	if err != nil || !ok || old.ID == e.ID {
		return err
	}
	if err := drop(tx, key, &old); err != nil {
		return err
	}
	return finish(tx, &old, StateDropped, "replaced", "")
}

// due is an entry whose time has come.
type due struct {
	key string
	entry
}

// takeDue returns up to n entries that are due, the most urgent first, and
// when the next one will be (0 if none waits).
func takeDue(r store.Reader, now time.Time, n int) (list []due, next int64, err error) {
	for _, u := range []Urgency{Now, Soon, Whenever} {
		err := each(r, kindEntry, fmt.Sprintf("%d/", u), func(key string, e entry) bool {
			if at := dueMs(key); at > now.UnixMilli() || len(list) == n {
				if next == 0 || at < next {
					next = at
				}
				return false
			}
			list = append(list, due{key, e})
			return true
		})
		if err != nil {
			return nil, 0, err
		}
	}
	return list, next, nil
}
