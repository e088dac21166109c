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
		var found [][indexKeyLen]byte
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

// purgeable lists old del and leave entries from a key on, and where to go on.
func (r *reader) purgeable(from []byte, upto int64) (found [][indexKeyLen]byte, next []byte) {
	c := r.b(bIndex).Cursor()
	k, v := c.Seek(from)
	for scanned := 0; k != nil; scanned++ {
		if len(found) == purgeBatch || scanned == purgeScan {
			return found, slices.Clone(k)
		}
		if fromBE64(k[4:]) > upto { // the rest of this scope is newer
			k, v = c.Seek(binary.BigEndian.AppendUint32(nil, binary.BigEndian.Uint32(k)+1))
			continue
		}
		if len(v) > 0 && opByte(v[0]) != opPut {
			found = append(found, [indexKeyLen]byte(k))
		}
		k, v = c.Next()
	}
	return found, nil
}

// purge drops entries that are still there.
func (t *txn) purge(keys [][indexKeyLen]byte) (n int, err error) {
	for _, k := range keys {
		v := t.b(bIndex).Get(k[:])
		if v == nil {
			continue // its record moved on meanwhile
		}
		no, seq := binary.BigEndian.Uint32(k[:]), fromBE64(k[4:])
		r, err := t.ofEntry(seq, v)
		if err != nil {
			return n, t.fail(err)
		}
		r.refs = slices.DeleteFunc(r.refs, func(f ref) bool { return f.scope == no && f.seq == seq })
		st, err := t.scope(no)
		if err != nil {
			return n, err
		}
		st.Floor, st.dirty = max(st.Floor, seq), true
		if err := t.del(bIndex, k[:]); err != nil {
			return n, err
		}
		if err := t.put(bRecords, be64(r.rev), r.append(nil)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// ofEntry is the record of an entry of any kind.
func (r *reader) ofEntry(seq int64, v []byte) (rec, error) {
	e, err := decodeEntry(seq, v)
	if err != nil {
		return rec{}, err
	}
	if e.op == opLeave {
		return r.find(recordKey(uint32(e.typ), e.id))
	}
	return r.at(e.rev)
}
