package notify

import (
	"context"
	"errors"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// The daily round (assumed, A): it begins when the night is over and is not
// made up for in the evening; what it missed the next one tells.
const (
	roundFrom   = 7 * hour
	roundUntil  = 20 * hour
	tellBatch   = 64  // notes of one transaction
	digestBatch = 128 // people of one transaction
)

// Months is what the daily round looks at.
type Months interface {
	Verdict(r store.Reader, team domain.ID, month domain.Month, now time.Time) (domain.Progress, error)
	// Days are the last day to submit, the last to review, and the lock day.
	Days(r store.Reader, team domain.ID, month domain.Month) (submit, review, lock domain.Date, err error)
	// Undecided counts the submissions that nobody has decided, and when the
	// oldest of them was made.
	Undecided(r store.Reader, team domain.ID, month domain.Month) (n, oldestMs int64, err error)
	// Closed reports whether the month is closed: nothing waits in it then.
	Closed(r store.Reader, team domain.ID, month domain.Month) (bool, error)
}

// slot is how far a daily round has come. What it has told is marked by the
// inbox records themselves: the slot only saves looking again.
type slot struct {
	Units bool `json:"units,omitzero"` // all communes are done
	Done  bool `json:"done,omitzero"`
}

// dueRestored marks a store that was restored from a backup.
const dueRestored = "notify_restored"

// restoredMark is when this store was last restored. What had its moment before
// that may have been told by the store that was lost: it comes to the inbox
// and is not pushed.
type restoredMark struct {
	AtMs int64 `json:"at_ms"`
}

const restoredKey = "restored"

// MarkRestored notes in a restored store that it was.
func MarkRestored(tx store.Tx) error { return tx.MarkDue(dueRestored, "1") }

// Tick does a part of the daily round by the server's clock and reports
// whether more is to do. It is one read when there is nothing. What is to be
// told of the communes is looked for in that read, beside the writer that the
// phones' pushes wait for.
func (s *Service) Tick(ctx context.Context) (more bool, err error) {
	if s.cfg.Months == nil {
		return false, nil
	}
	var todo, looked bool
	var lk look
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		todo, looked, lk = false, false, look{s: s, r: r, now: s.cfg.Now()}
		restored, err := wasRestored(r)
		if err != nil || restored {
			todo = restored
			return err
		}
		key, err := announceDue(r, lk.now.UnixMilli())
		if err != nil || key != "" {
			todo = key != ""
			return err
		}
		var sl slot
		if sl, todo, err = openSlot(r, lk.now); err != nil || !todo || sl.Units {
			return err
		}
		looked = true
		return lk.units()
	})
	switch {
	case err != nil || !todo:
		return false, err
	case looked:
		return true, s.tellUnits(ctx, lk.today, lk.notes)
	}
	return s.tickRest(ctx)
}

// tellUnits writes what a look at the communes found, in transactions that
// nobody waits long for. A kill between two of them loses nothing: the next
// look finds what was not told.
func (s *Service) tellUnits(ctx context.Context, day domain.Date, notes []Note) error {
	for {
		part := notes[:min(len(notes), tellBatch)]
		notes = notes[len(part):]
		if err := s.cfg.Store.Update(ctx, func(tx store.Tx) error {
			sl, todo, err := openSlot(tx, tx.Now())
			if err != nil || !todo || sl.Units || domain.DateOf(tx.Now()) != day { // the day is over, or somebody else has told
				return err
			}
			for _, n := range part {
				if err := Tell(tx, n); err != nil {
					return err
				}
			}
			if len(notes) > 0 {
				return nil
			}
			sl.Units = true
			return store.SaveCredential(tx, kindSlot, slotKey(day), sl)
		}); err != nil || len(notes) == 0 {
			return err
		}
	}
}

// tickRest does what is bounded by itself: a part of what a restore or an
// announcement asks for, or of the round after its communes.
func (s *Service) tickRest(ctx context.Context) (more bool, err error) {
	err = s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		more = false
		restored, err := wasRestored(tx)
		if err != nil {
			return err
		}
		if restored {
			more = true
			return settleRestored(tx)
		}
		key, err := announceDue(tx, tx.Now().UnixMilli())
		if err != nil {
			return err
		}
		if key != "" {
			more = true
			return announceSome(tx, key)
		}
		sl, todo, err := openSlot(tx, tx.Now())
		if err != nil || !todo || !sl.Units {
			more = todo // of a day that has just begun
			return err
		}
		back, err := backAt(tx)
		if err != nil {
			return err
		}
		rd := round{s: s, tx: tx, slot: sl, today: domain.DateOf(tx.Now()), back: back}
		more, err = rd.run()
		return err
	})
	return more, err
}

func slotKey(d domain.Date) string { return "day/" + string(d) }

// openSlot is the round of today, if it is its time and it is not done.
func openSlot(r store.Reader, now time.Time) (sl slot, todo bool, err error) {
	at := now.Sub(domain.DateOf(now).Start())
	if at < roundFrom || at >= roundUntil {
		return sl, false, nil
	}
	sl, _, err = store.LoadCredential[slot](r, kindSlot, slotKey(domain.DateOf(now)))
	return sl, !sl.Done, err
}

func wasRestored(r store.Reader) (yes bool, err error) {
	err = r.Due(dueRestored, func(string) bool { yes = true; return false })
	return yes, err
}

// settleRestored empties the outbox of a restored store (the inbox has it all)
// and notes the time.
func settleRestored(tx store.Tx) error {
	var keys []due
	if err := each(tx, kindEntry, "", func(key string, e entry) bool { keys = append(keys, due{key, e}); return len(keys) < MaxBatch }); err != nil {
		return err
	}
	for i := range keys {
		if err := errors.Join(drop(tx, keys[i].key, &keys[i].entry), finish(tx, &keys[i].entry, StateDropped, "restored", "")); err != nil {
			return err
		}
	}
	if len(keys) == MaxBatch {
		return nil
	}
	return errors.Join(store.SaveCredential(tx, kindSlot, restoredKey, restoredMark{AtMs: tx.Now().UnixMilli()}), tx.ClearDue(dueRestored, "1"))
}

// backAt is when the store was restored, 0 if it never was.
func backAt(r store.Reader) (restored, error) {
	m, _, err := store.LoadCredential[restoredMark](r, kindSlot, restoredKey)
	return restored(m.AtMs), err
}

// restored is the time in milliseconds at which a store was restored.
type restored int64

// quiet reports whether what fell due on a day may have been pushed already,
// by a store that was lost.
func (at restored) quiet(on domain.Date) bool {
	return on.Start().Add(roundFrom).UnixMilli() <= int64(at)
}

// round is a part of a daily round after its communes, in one transaction.
type round struct {
	s     *Service
	tx    store.Tx
	slot  slot
	today domain.Date
	back  restored
}

func (rd *round) run() (more bool, err error) {
	if more, err = rd.digests(); err == nil && !more {
		if more, err = rd.prune(); err == nil && !more {
			rd.slot.Done, err = true, rd.letters()
		}
	}
	if err != nil {
		return false, err
	}
	return more, store.SaveCredential(rd.tx, kindSlot, slotKey(rd.today), rd.slot)
}
