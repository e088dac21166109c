package notify

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// The daily round (assumed, A): it begins when the night is over and is not
// made up for in the evening; what it missed the next one tells.
const (
	roundFrom   = 7 * hour
	roundUntil  = 20 * hour
	roundBatch  = 8   // communes of one transaction
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
	Closed(r store.Reader, team domain.ID, month domain.Month) (bool, error)
}

// slot is how far a daily round has come. What it has told is marked by the
// inbox records themselves: the slot only saves looking again.
type slot struct {
	After domain.ID `json:"after,omitzero"` // commune that was done last
	Units bool      `json:"units,omitzero"` // all communes are done
	Done  bool      `json:"done,omitzero"`
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
// whether more is to do. It is one read when there is nothing.
func (s *Service) Tick(ctx context.Context) (more bool, err error) {
	if s.cfg.Months == nil {
		return false, nil
	}
	todo := false
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		restored, err := wasRestored(r)
		if err != nil || restored {
			todo = restored
			return err
		}
		key, err := announceDue(r, s.cfg.Now().UnixMilli())
		if err != nil || key != "" {
			todo = key != ""
			return err
		}
		_, todo, err = openSlot(r, s.cfg.Now())
		return err
	})
	if err != nil || !todo {
		return false, err
	}
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
		if err != nil || !todo {
			return err
		}
		back, _, err := store.LoadCredential[restoredMark](tx, kindSlot, restoredKey)
		if err != nil {
			return err
		}
		rd := round{s: s, tx: tx, slot: sl, today: domain.DateOf(tx.Now()), back: back.AtMs}
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

// round is a part of a daily round in one transaction.
type round struct {
	s     *Service
	tx    store.Tx
	slot  slot
	today domain.Date
	back  int64 // when the store was restored, 0 if never
}

// quiet reports whether what fell due on a day may have been pushed already,
// by a store that was lost.
func (rd *round) quiet(on domain.Date) bool {
	return on.Start().Add(roundFrom).UnixMilli() <= rd.back
}

func (rd *round) run() (more bool, err error) {
	if !rd.slot.Units {
		err = rd.units()
		more = true
	} else if more, err = rd.digests(); err == nil && !more {
		if more, err = rd.prune(); err == nil && !more {
			rd.slot.Done, err = true, rd.letters()
		}
	}
	if err != nil {
		return false, err
	}
	return more, store.SaveCredential(rd.tx, kindSlot, slotKey(rd.today), rd.slot)
}

// commune is one with the teams that it reviews today.
type commune struct {
	unit  domain.ID
	teams []domain.ID
}

// units tells what is due in the next communes.
func (rd *round) units() error {
	list, err := rd.communes()
	if err != nil {
		return err
	}
	for _, c := range list[:min(len(list), roundBatch)] {
		for _, step := range []func(*commune) error{rd.missing, rd.office} {
			if err := step(&c); err != nil {
				return err
			}
		}
		rd.slot.After = c.unit
	}
	rd.slot.Units = len(list) <= roundBatch
	return nil
}

// communes are those after the one that was done last, by id.
func (rd *round) communes() ([]commune, error) {
	by := map[domain.ID]*commune{}
	err := roster.Teams(rd.tx, func(id domain.ID, t domain.Team) bool {
		if t.Active(rd.today) && t.Level == domain.LevelVillage && t.Commune > rd.slot.After {
			if by[t.Commune] == nil {
				by[t.Commune] = &commune{unit: t.Commune}
			}
			by[t.Commune].teams = append(by[t.Commune].teams, id)
		}
		return true
	})
	var list []commune
	for _, c := range by {
		slices.Sort(c.teams)
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b commune) int { return cmpID(a.unit, b.unit) })
	return list, err
}

func cmpID(a, b domain.ID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// skippable: a team without a policy has no days and no verdict.
func skippable(err error) bool {
	c := domain.CodeOf(err)
	return c == domain.NotFound || c == domain.Unprocessable
}

// told reports whether a person has the note of a key.
func told(r store.Reader, n Note) (bool, error) {
	_, err := r.Record(store.Key{Type: syncproto.TypeInbox, ID: n.ID()})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
