package client

import (
	"time"

	"github.com/banso/banso/syncproto"
)

// rotate is rule C4: a new client id under which everything that is not known
// to be durable is offered again, from n = 1 and with the same bytes. lost:
// the server has forgotten history, so its verdicts count for nothing and
// every scope is read anew.
func (a *answer) rotate(lost bool) error {
	var items []*Item
	collect := func(it *Item) bool { items = append(items, it); return true }
	if err := a.tx.Sent(collect); err != nil {
		return err
	}
	sent := len(items)
	if err := a.tx.Outbox(0, collect); err != nil {
		return err
	}
	for i, it := range items {
		drop := a.tx.DeleteOutbox
		if i < sent {
			drop = a.tx.DeleteSent
		}
		if err := drop(it.N); err != nil {
			return err
		}
	}
	for i, it := range items {
		next := *it
		next.N, next.Stamp = int64(i)+1, 0
		if lost {
			next.V, next.Lag = "", false
		}
		if err := a.tx.PutOutbox(&next); err != nil {
			return err
		}
	}
	a.meta.Client = a.e.newID()
	a.meta.Top, a.meta.Ack, a.meta.Chain = int64(len(items)), 0, syncproto.Chain{}
	if lost {
		a.meta.Seen, a.meta.Lagging = nil, false
	}
	return a.rewind(lost)
}

// rewind sets the scopes after a rotation.
func (a *answer) rewind(lost bool) error {
	var scopes []ScopeState
	if err := a.tx.Scopes(func(s ScopeState) bool { scopes = append(scopes, s); return true }); err != nil {
		return err
	}
	for _, s := range scopes {
		if lost {
			s.Cur, s.Since, s.Bad, s.Repair, s.Differs, s.RetryMs = 0, 0, false, false, false, 0
			s.Gen, s.Reading = s.Gen+1, true // no copy is confirmed any more
		}
		if s.Revoked {
			s.UpTo = a.meta.Top
		}
		if err := a.tx.PutScope(s); err != nil {
			return err
		}
	}
	return nil
}

func seconds(s int) time.Duration {
	if s <= 0 {
		return idleNext
	}
	return time.Duration(s) * time.Second
}
