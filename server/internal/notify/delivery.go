package notify

import (
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// State of a message on its way.
type State string

// States of a message.
const (
	StateQueued      State = "queued"
	StateSent        State = "sent"        // a channel took it for one device or more
	StateShown       State = "shown"       // the phone said so, through sync
	StateOpened      State = "opened"      // and that it was tapped
	StateDropped     State = "dropped"     // not sent on purpose: why says it
	StateFailed      State = "failed"      // no device could be reached
	StateParked      State = "parked"      // refused 8 times
	StateUnreachable State = "unreachable" // the person has no device that takes pushes
)

// delivery is what is known of one message.
type delivery struct {
	To       domain.ID `json:"to"`
	Kind     Kind      `json:"kind"`
	AtMs     int64     `json:"at_ms"`
	State    State     `json:"state"`
	Why      string    `json:"why,omitzero"`
	Channel  string    `json:"channel,omitzero"` // that took it first
	Tries    int       `json:"tries,omitzero"`
	SentMs   int64     `json:"sent_ms,omitzero"`
	ShownMs  int64     `json:"shown_ms,omitzero"`
	OpenedMs int64     `json:"opened_ms,omitzero"`
}

func dayOf(ms int64) string {
	return compact(domain.DateOf(time.UnixMilli(ms)))
}

func deliveryKey(atMs int64, id domain.ID) string { return dayOf(atMs) + "/" + string(id) }

// count moves the figures of the day on which a message was queued.
func count(tx store.Tx, atMs int64, channel string, s State) error {
	return tx.Count(figureKey(atMs, channel, s), 1)
}

func figureKey(atMs int64, channel string, s State) string {
	return "push/" + dayOf(atMs) + "/" + channel + "/" + string(s)
}

func putDelivery(tx store.Tx, e *entry, d delivery) error {
	d.To, d.Kind, d.AtMs = e.To, e.Kind, e.AtMs
	if d.State == StateQueued {
		if err := count(tx, e.AtMs, "all", StateQueued); err != nil {
			return err
		}
	}
	return store.SaveCredential(tx, kindDelivery, deliveryKey(e.AtMs, e.ID), d)
}

// finish writes down how a message ended that is not waiting any more.
func finish(tx store.Tx, e *entry, s State, why, channel string) error {
	d, ok, err := store.LoadCredential[delivery](tx, kindDelivery, deliveryKey(e.AtMs, e.ID))
	if err != nil || !ok {
		return err
	}
	if channel == "" {
		channel = "none"
	}
	if s == StateSent {
		if d.State == StateShown || d.State == StateOpened { // the receipt was faster
			return nil
		}
		if d.State == StateDropped { // replaced while it left
			if err := tx.Count(figureKey(e.AtMs, "none", StateDropped), -1); err != nil {
				return err
			}
		}
		d.SentMs, d.Channel = tx.Now().UnixMilli(), channel
	}
	d.State, d.Why, d.Tries = s, why, e.Tries
	if err := count(tx, e.AtMs, channel, s); err != nil {
		return err
	}
	return store.SaveCredential(tx, kindDelivery, deliveryKey(e.AtMs, e.ID), d)
}

// Receipt takes in, in the transaction of the mutation, what a phone says of
// an inbox record: that it was shown, opened, read.
func Receipt(tx store.Tx, id domain.ID, before, doc syncproto.Doc) error {
	if a := doc.Str("announcement"); a != "" && doc.Bool("read") != before.Bool("read") {
		n := int64(1)
		if before.Bool("read") {
			n = -1
		}
		if err := tx.Count(seenKey(domain.ID(a), doc.Str("team")), n); err != nil {
			return err
		}
	}
	at, _ := doc.Int("at")
	key := deliveryKey(at, id)
	d, ok, err := store.LoadCredential[delivery](tx, kindDelivery, key)
	if err != nil || !ok {
		return err
	}
	now, channel := tx.Now().UnixMilli(), d.Channel
	if channel == "" {
		channel = "none"
	}
	was := d
	if doc.Bool("shown") && d.ShownMs == 0 {
		d.ShownMs, d.State = now, StateShown
		if err := count(tx, d.AtMs, channel, StateShown); err != nil {
			return err
		}
	}
	if doc.Bool("opened") && d.OpenedMs == 0 {
		d.OpenedMs, d.State = now, StateOpened
		if err := count(tx, d.AtMs, channel, StateOpened); err != nil {
			return err
		}
	}
	if d == was {
		return nil
	}
	return store.SaveCredential(tx, kindDelivery, key, d)
}
