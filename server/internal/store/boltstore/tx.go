package boltstore

import (
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	bolt "go.etcd.io/bbolt"
)

// tick is how far apart the kept times of commits are at most.
const tick = time.Minute

// txn is the write transaction of one group. Its closures run one after the
// other and see each other's writes.
type txn struct {
	reader
	now time.Time
	seq int64
	gen int // grows with each write into a bucket that can be streamed

	wrote  bool  // the closure that runs now wrote something
	broken error // a write of it failed half-way: it must not be committed

	fresh    map[*dict]map[string]uint32 // names first seen in this group
	first    map[*dict]uint32            // lowest number of those: numbers grow
	scopes   map[uint32]*scopeState
	counters map[string]*counter
	due      map[string]*mark
	clients  map[string]*clientState
	fps      map[uint32]*fpList // taken from the store until the commit
	absent   [recordKeyLen]byte // key of a record that was looked for last and is none
	canon    *canon
}

type counter struct {
	n     int64
	dirty bool
}

type mark struct{ was, is bool }

type clientState struct {
	store.Client
	dirty bool
}

func (s *Store) newTxn(tx *bolt.Tx, now time.Time) *txn {
	t := &txn{reader: reader{s: s, tx: tx}, now: now, seq: s.seq,
		fresh: map[*dict]map[string]uint32{}, first: map[*dict]uint32{}, scopes: map[uint32]*scopeState{},
		counters: map[string]*counter{}, due: map[string]*mark{}, clients: map[string]*clientState{}, fps: map[uint32]*fpList{},
		canon: &s.canon}
	t.reader.w = t
	return t
}

// Now implements store.Tx.
func (t *txn) Now() time.Time { return t.now }

// touch notes a write.
func (t *txn) touch() { t.wrote = true; t.gen++ }

// fail notes a write that failed half-way, so that the closure cannot go on
// as if nothing had been.
func (t *txn) fail(err error) error {
	if err != nil && t.broken == nil {
		t.broken = err
	}
	return err
}

func (t *txn) put(bucket int, k, v []byte) error {
	t.touch()
	return t.fail(t.b(bucket).Put(k, v))
}

func (t *txn) del(bucket int, k []byte) error {
	t.touch()
	return t.fail(t.b(bucket).Delete(k))
}

func (t *txn) lookup(d *dict, name string) uint32 {
	if no, ok := t.fresh[d][name]; ok {
		return no
	}
	return d.lookup(t.b(bDict), name, true) // not fresh, so it is committed
}

func (t *txn) text(d *dict, no uint32) (string, error) {
	first, any := t.first[d]
	committed := !any || no < first // only such a name may be remembered
	if s, ok := d.text(t.b(bDict), no, committed); ok {
		return s, nil
	}
	return "", errCorrupt
}

// number returns the number of a name and gives it one if it is new.
func (t *txn) number(d *dict, name string) (uint32, error) {
	if name == "" {
		return 0, nil
	}
	if no := t.lookup(d, name); no != 0 {
		return no, nil
	}
	t.touch()
	no, err := d.add(t.b(bDict), name)
	if err != nil {
		return 0, t.fail(err)
	}
	if t.fresh[d] == nil {
		t.fresh[d] = map[string]uint32{}
		t.first[d] = no
	}
	t.fresh[d][name] = no
	return no, nil
}

// scope returns the state of a scope for reading and writing.
func (t *txn) scope(no uint32) (*scopeState, error) {
	if st := t.scopes[no]; st != nil {
		return st, nil
	}
	st, err := t.reader.scopeState(no)
	if err != nil {
		return nil, t.fail(err)
	}
	if st.name == "" {
		name, err := t.text(t.s.scopes, no)
		if err != nil {
			return nil, t.fail(err)
		}
		st.name = syncproto.Scope(name)
	}
	t.scopes[no] = &st
	return &st, nil
}

// Scope implements store.Reader.
func (t *txn) Scope(name syncproto.Scope) (store.Scope, error) {
	no := t.lookup(t.s.scopes, string(name))
	if no == 0 {
		return store.Scope{}, nil
	}
	st, err := t.scope(no)
	if err != nil {
		return store.Scope{}, err
	}
	return st.Scope, nil
}

// flush writes what the group kept in memory, in order of keys.
func (t *txn) flush() error {
	for _, no := range slices.Sorted(maps.Keys(t.scopes)) {
		st := t.scopes[no]
		if err := t.flushIndex(no, st); err != nil {
			return err
		}
		if st.dirty {
			k := binary.BigEndian.AppendUint32(nil, no)
			if err := t.b(bScopes).Put(k, st.append(make([]byte, 0, 96))); err != nil {
				return err
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(t.clients)) {
		if c := t.clients[k]; c.dirty {
			if err := t.b(bClients).Put([]byte(k), appendClient(nil, c.Client)); err != nil {
				return err
			}
		}
	}
	for _, person := range slices.Sorted(maps.Keys(t.fps)) {
		if err := t.flushFPs(person, t.fps[person]); err != nil {
			return err
		}
	}
	if err := t.flushCounters(); err != nil {
		return err
	}
	if err := t.flushDue(); err != nil {
		return err
	}
	if ms, due := t.tick(); due {
		if err := t.b(bTimes).Put(be64(t.s.seq+1), be64(ms)); err != nil {
			return err
		}
	}
	return t.b(bMeta).Put(keySeq, be64(t.seq))
}

func (t *txn) flushCounters() error {
	for _, k := range slices.Sorted(maps.Keys(t.counters)) {
		c := t.counters[k]
		if !c.dirty {
			continue
		}
		c.dirty = false
		var err error
		if c.n == 0 {
			err = t.b(bCounters).Delete([]byte(k))
		} else {
			err = t.b(bCounters).Put([]byte(k), be64(c.n))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) flushDue() error {
	for _, k := range slices.Sorted(maps.Keys(t.due)) {
		m := t.due[k]
		if m.was == m.is {
			continue
		}
		m.was = m.is
		var err error
		if m.is {
			err = t.b(bDue).Put([]byte(k), []byte{})
		} else {
			err = t.b(bDue).Delete([]byte(k))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// published are the scopes with new entries.
func (t *txn) published() []syncproto.Scope {
	var list []syncproto.Scope
	for _, st := range t.scopes {
		if st.touched {
			list = append(list, st.name)
		}
	}
	slices.Sort(list)
	return list
}

// committed hands what became durable to the store.
func (t *txn) committed() {
	for d, names := range t.fresh {
		for name, no := range names {
			d.keep(name, no)
		}
	}
	t.s.seq = t.seq
	t.s.fps.give(t.fps)
	if ms, due := t.tick(); due {
		t.s.tickMs = ms
	}
}

// tick says whether this commit gets an entry of its time, and which.
func (t *txn) tick() (ms int64, due bool) {
	ms = t.now.UnixMilli()
	return ms, ms-t.s.tickMs >= tick.Milliseconds() || ms < t.s.tickMs
}
