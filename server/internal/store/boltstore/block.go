package boltstore

import (
	"bytes"
	"encoding/binary"

	bolt "go.etcd.io/bbolt"
)

// The entries of a scope lie in blocks, since one of its own costs each entry
// ten times its bytes and a descent of the tree. A block is found under its
// scope and a seq that is at most that of its first entry and above those of
// the block before. New entries always are the newest: they join the last
// block until it is full; the others only ever lose entries, and go with the
// last one.
const maxSlots = 128 // entries in a block

// slots reads the entries of a block in order.
type slots struct {
	d   dec
	seq int64 // of the entry at hand
	e   entry
}

func readSlots(base int64, v []byte) slots { return slots{d: dec{b: v}, seq: base} }

// next reads an entry; false at the end, or if the block does not decode (bad).
func (s *slots) next() bool {
	if len(s.d.b) == 0 {
		return false
	}
	step := s.d.seq()
	s.seq += step
	s.e = s.d.entry(s.seq)
	if s.seq <= 0 {
		s.d.fail()
	}
	return !s.d.bad
}

// block is a block of a write transaction.
type block struct {
	base, last int64 // last: seq of its newest entry, base if it has none
	raw        []byte
	n          int
	dirty      bool
}

func loadBlock(base int64, v []byte) (*block, error) {
	b := &block{base: base, last: base, raw: append(make([]byte, 0, len(v)+64), v...)}
	s := readSlots(base, v)
	for s.next() {
		b.n++
		b.last = s.seq
	}
	if s.d.bad {
		return nil, errCorrupt
	}
	return b, nil
}

// add appends the newest entry.
func (b *block) add(seq int64, e *entry) {
	b.raw = e.append(binary.AppendUvarint(b.raw, uint64(seq-b.last)), seq)
	b.last, b.dirty = seq, true
	b.n++
}

// remove takes the entry at seq out; false if there is none.
func (b *block) remove(seq int64) bool {
	s := readSlots(b.base, b.raw)
	before := b.base
	for {
		at := len(b.raw) - len(s.d.b)
		if !s.next() || s.seq > seq {
			return false
		}
		if s.seq < seq {
			before = s.seq
			continue
		}
		raw := append(make([]byte, 0, len(b.raw)+binary.MaxVarintLen64), b.raw[:at]...)
		if len(s.d.b) == 0 {
			b.last = before
		} else { // the next one is told its distance anew
			raw = binary.AppendUvarint(raw, s.d.uint()+uint64(seq-before))
			raw = append(raw, s.d.b...)
		}
		b.raw, b.dirty = raw, true
		b.n--
		return true
	}
}

// blockAt is where a walk over the entries of a scope from a seq on begins:
// the block that may hold it, or the first one above.
func blockAt(c *bolt.Cursor, scope uint32, seq int64) (k, v []byte) {
	key := indexKey(scope, seq)
	k, v = c.Seek(key[:])
	if bytes.Equal(k, key[:]) {
		return k, v
	}
	before, held := c.Prev()
	if k == nil {
		before, held = c.Last()
	}
	if ofScope(before, scope) {
		return before, held
	}
	return c.Seek(key[:])
}

func ofScope(k []byte, scope uint32) bool {
	return len(k) == indexKeyLen && binary.BigEndian.Uint32(k) == scope
}

// blockOf returns the block of a scope that holds seq, or would.
func (t *txn) blockOf(no uint32, st *scopeState, seq int64) (*block, error) {
	if st.tail != nil && seq >= st.tail.base {
		return st.tail, nil
	}
	c := t.b(bIndex).Cursor()
	k, v := blockAt(c, no, seq)
	if !ofScope(k, no) || fromBE64(k[4:]) > seq {
		return nil, nil
	}
	base := fromBE64(k[4:])
	for _, b := range st.blocks {
		if b.base == base {
			return b, nil
		}
	}
	b, err := loadBlock(base, v)
	if err == nil {
		st.blocks = append(st.blocks, b)
	}
	return b, err
}

// link adds the newest entry of a scope.
func (t *txn) link(no uint32, st *scopeState, seq int64, e *entry) (err error) {
	t.touch()
	if st.tail == nil {
		if st.tail, err = t.blockOf(no, st, seq); err != nil {
			return t.fail(err)
		}
	}
	if b := st.tail; b == nil || b.n >= maxSlots {
		if b != nil { // only the last block may be unknown to the file
			if err := t.flushBlock(no, b); err != nil {
				return err
			}
			st.keep(b)
		}
		st.tail = &block{base: seq, last: seq}
	}
	st.tail.add(seq, e)
	return nil
}

// keep remembers a block that is the last one no more.
func (s *scopeState) keep(b *block) {
	for _, have := range s.blocks {
		if have == b {
			return
		}
	}
	s.blocks = append(s.blocks, b)
}

// unlink removes the entry of a scope at seq.
func (t *txn) unlink(no uint32, st *scopeState, seq int64) error {
	t.touch()
	b, err := t.blockOf(no, st, seq)
	if err == nil && (b == nil || !b.remove(seq)) {
		err = errCorrupt
	}
	return t.fail(err)
}

// flushIndex writes the blocks of a scope that changed.
func (t *txn) flushIndex(no uint32, st *scopeState) error {
	for _, b := range st.blocks {
		if err := t.flushBlock(no, b); err != nil {
			return err
		}
	}
	if st.tail != nil {
		return t.flushBlock(no, st.tail)
	}
	return nil
}

func (t *txn) flushBlock(no uint32, b *block) error {
	if !b.dirty {
		return nil
	}
	b.dirty = false
	t.gen++ // who walks over the index finds his place again
	k := indexKey(no, b.base)
	if b.n == 0 {
		return t.fail(t.b(bIndex).Delete(k[:]))
	}
	return t.fail(t.b(bIndex).Put(k[:], bytes.Clone(b.raw)))
}
