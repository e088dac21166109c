package boltstore

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/store"
)

// purgeBatch bounds one transaction of Purge; purgeScan how many entries one
// snapshot looks at.
const (
	purgeBatch = 500
	purgeScan  = 100_000
)

// Purge drops the del and leave entries that were committed before a moment
// and raises the floors of their scopes, in bounded transactions. Tombstones
// themselves stay: an id is never used again. It returns how many went.
func (s *Store) Purge(ctx context.Context, before time.Time) (n int, err error) {
	var upto int64
	if err := s.View(ctx, func(r store.Reader) error {
		upto = r.(*reader).commitBefore(before)
		return nil
	}); err != nil || upto == 0 {
		return 0, err
	}
	var at []byte
	for {
		var found []place
		if err := s.View(ctx, func(r store.Reader) error {
			found, at = r.(*reader).purgeable(at, upto)
			return nil
		}); err != nil {
			return n, err
		}
		if len(found) > 0 {
			gone := 0
			if err := s.Update(ctx, func(tx store.Tx) (err error) {
				gone, err = tx.(*txn).purge(found)
				return err
			}); err != nil {
				return n, err
			}
			n += gone
		}
		if at == nil {
			return n, nil
		}
	}
}

// commitBefore is the newest seq that is known to be older than a moment: the
// commits of an entry of bTimes were made within a tick of it.
func (r *reader) commitBefore(t time.Time) int64 {
	c := r.b(bTimes).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if fromBE64(v)+tick.Milliseconds() > t.UnixMilli() {
			return fromBE64(k) - 1
		}
	}
	return r.commit()
}

// place is an entry: its scope and its seq.
type place struct {
	scope uint32
	seq   int64
}

// purgeable lists old del and leave entries from a block on, and the block to
// go on from.
func (r *reader) purgeable(from []byte, upto int64) (found []place, next []byte) {
	c := r.b(bIndex).Cursor()
	scanned := 0
	for k, v := c.Seek(from); k != nil; k, v = c.Next() {
		if len(found) >= purgeBatch || scanned >= purgeScan {
			return found, slices.Clone(k)
		}
		no := binary.BigEndian.Uint32(k)
		for s := readSlots(fromBE64(k[4:]), v); s.next() && s.seq <= upto; scanned++ {
			if s.e.op != opPut {
				found = append(found, place{no, s.seq})
			}
		}
	}
	return found, nil
}

// purge drops entries that are still there.
func (t *txn) purge(list []place) (n int, err error) {
	for _, p := range list {
		st, err := t.scope(p.scope)
		if err != nil {
			return n, err
		}
		e, ok, err := t.entryAt(p)
		if err != nil {
			return n, t.fail(err)
		}
		if !ok {
			continue // its record moved on meanwhile
		}
		r, err := t.ofEntry(&e)
		if err != nil {
			return n, t.fail(err)
		}
		r.refs = slices.DeleteFunc(r.refs, func(f ref) bool { return f.scope == p.scope && f.seq == p.seq })
		st.Floor, st.dirty = max(st.Floor, p.seq), true
		if err := t.unlink(p.scope, st, p.seq); err != nil {
			return n, err
		}
		if err := t.put(bRecords, be64(r.rev), r.append(nil)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// entryAt looks an entry up.
func (r *reader) entryAt(p place) (e entry, ok bool, err error) {
	err = r.each(p.scope, p.seq-1, p.seq, func(_ int64, at *entry) (bool, error) {
		e, ok = *at, true
		return false, nil
	})
	return e, ok, err
}

// ofEntry is the record of an entry of any kind.
func (r *reader) ofEntry(e *entry) (rec, error) {
	if e.op == opLeave {
		return r.find(recordKey(uint32(e.typ), e.id))
	}
	return r.at(e.rev)
}
