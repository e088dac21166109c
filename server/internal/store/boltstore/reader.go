package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// reader is one snapshot. A write transaction embeds it and overrides what it
// keeps in memory.
type reader struct {
	s       *Store
	tx      *bolt.Tx
	buckets [nBuckets]*bolt.Bucket
	cursors [nBuckets]*bolt.Cursor // of get
	walks   []*bolt.Cursor         // of the index, that no walk holds
	seq     int64                  // newest of the snapshot, 0 until it is asked for
	w       *txn                   // nil in a View
}

// View implements store.Store.
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.stopped.Load() {
		return store.ErrStopped
	}
	tx, err := s.db.Begin(false)
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return store.ErrStopped
	}
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // a read transaction
	return fn(&reader{s: s, tx: tx})
}

func (r *reader) b(i int) *bolt.Bucket {
	b := r.buckets[i]
	if b == nil {
		b = r.tx.Bucket(bucketNames[i])
		if f := fillPercent[i]; f != 0 {
			b.FillPercent = f
		}
		r.buckets[i] = b
	}
	return b
}

// get is Bucket.Get with a cursor that is kept, for its stack is what a get
// allocates.
func (r *reader) get(bucket int, key []byte) []byte {
	c := r.cursors[bucket]
	if c == nil {
		c = r.b(bucket).Cursor()
		r.cursors[bucket] = c
	}
	k, v := c.Seek(key)
	if !bytes.Equal(k, key) {
		return nil
	}
	return v
}

// commit is the newest seq that this snapshot sees.
func (r *reader) commit() int64 {
	if r.w != nil {
		return r.w.seq
	}
	if r.seq == 0 {
		r.seq = fromBE64(r.b(bMeta).Get(keySeq))
	}
	return r.seq
}

// Head implements store.Reader.
func (r *reader) Head() store.Head {
	h := store.Head{Commit: r.commit(), Durable: fromBE64(r.b(bMeta).Get(keyDurable))}
	if n := len(r.s.runs); n > 0 { // a file that was made but never started has none
		h.Epoch = r.s.runs[n-1].Epoch
	}
	return h
}

// Holds implements store.Reader.
func (r *reader) Holds(epoch string, commit int64) bool {
	runs := r.s.runs
	for i := len(runs) - 1; i >= 0; i-- {
		if runs[i].Epoch == epoch {
			if i == len(runs)-1 {
				return commit <= r.commit()
			}
			return commit <= runs[i].Last
		}
	}
	return false
}

// CommitMs implements store.Reader.
func (r *reader) CommitMs(commit int64) int64 {
	c := r.b(bTimes).Cursor()
	k, v := c.Seek(be64(commit))
	if k == nil {
		k, v = c.Last()
	} else if fromBE64(k) > commit {
		k, v = c.Prev()
	}
	if k == nil {
		return 0
	}
	return fromBE64(v)
}

func (r *reader) lookup(d *dict, name string) uint32 {
	if r.w != nil {
		return r.w.lookup(d, name)
	}
	return d.lookup(r.b(bDict), name, true)
}

// text returns a name that the file must have.
func (r *reader) text(d *dict, no uint32) (string, error) {
	if r.w != nil {
		return r.w.text(d, no)
	}
	s, ok := d.text(r.b(bDict), no, true)
	if !ok {
		return "", fmt.Errorf("%w: no name %c%d", errCorrupt, d.prefix, no)
	}
	return s, nil
}

// rawKey is the stored key of a record; false if no such record can exist.
func (r *reader) rawKey(k store.Key) (rk [recordKeyLen]byte, ok bool) {
	id, ok := k.ID.Bytes()
	if !ok {
		return rk, false
	}
	typ := r.lookup(r.s.types, k.Type)
	return recordKey(typ, id), typ != 0
}

func (r *reader) keyOf(rk []byte) (store.Key, error) {
	if len(rk) != recordKeyLen {
		return store.Key{}, errCorrupt
	}
	typ, err := r.text(r.s.types, uint32(rk[0]))
	return store.Key{Type: typ, ID: syncproto.Bytes16(rk[1:]).ID()}, err
}

// Record implements store.Reader.
func (r *reader) Record(k store.Key) (store.Record, error) {
	rk, ok := r.rawKey(k)
	if !ok {
		return store.Record{}, store.ErrNotFound
	}
	d, err := r.find(rk)
	if err != nil {
		return store.Record{}, err
	}
	rec, err := r.export(k, &d)
	rec.Doc = append([]byte(nil), rec.Doc...)
	return rec, err
}

// find returns a stored record, or ErrNotFound.
func (r *reader) find(rk [recordKeyLen]byte) (rec, error) {
	if r.w != nil && r.w.absent == rk { // who asks before he writes asks twice
		return rec{}, store.ErrNotFound
	}
	rev := r.get(bIDs, rk[:])
	if rev == nil {
		if r.w != nil {
			r.w.absent = rk
		}
		return rec{}, store.ErrNotFound
	}
	d, err := r.at(fromBE64(rev))
	if err == nil && d.key != rk {
		err = errCorrupt
	}
	return d, err
}

// at returns the record whose newest change is rev.
func (r *reader) at(rev int64) (rec, error) {
	return decodeRec(rev, r.get(bRecords, be64(rev)))
}

// export turns a stored record into that of the interface; Doc is lent.
func (r *reader) export(k store.Key, d *rec) (store.Record, error) {
	rec := store.Record{Key: k, H: d.h, C: d.c, Rev: d.rev, Deleted: d.deleted,
		Bounds: store.Bounds{NotBeforeMs: d.cause.nb, NotAfterMs: d.cause.na}}
	if !d.deleted {
		rec.Doc = d.doc
	}
	for _, f := range d.refs {
		if f.left {
			continue
		}
		name, err := r.text(r.s.scopes, f.scope)
		if err != nil {
			return rec, err
		}
		rec.Scopes = insertScope(rec.Scopes, syncproto.Scope(name), len(d.refs))
	}
	return rec, nil
}

// insertScope keeps the few scopes of a record sorted.
func insertScope(list []syncproto.Scope, s syncproto.Scope, room int) []syncproto.Scope {
	if list == nil {
		list = make([]syncproto.Scope, 0, room)
	}
	list = append(list, s)
	for i := len(list) - 1; i > 0 && list[i] < list[i-1]; i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	return list
}

// each walks the index entries of a scope with after < seq <= upto. fn may
// write: the walk then finds its place again and does not see what moved.
func (r *reader) each(scope uint32, after, upto int64, fn func(seq int64, e *entry) (bool, error)) error {
	upto = min(upto, r.commit())
	for {
		if r.w != nil {
			if st := r.w.scopes[scope]; st != nil {
				if err := r.w.flushIndex(scope, st); err != nil {
					return err
				}
			}
		}
		moved, err := r.walk(scope, &after, upto, fn)
		if err != nil || !moved {
			return err
		}
	}
}

// walk is each until fn has written; after moves along.
func (r *reader) walk(scope uint32, after *int64, upto int64, fn func(seq int64, e *entry) (bool, error)) (moved bool, err error) {
	c := r.walker()
	defer func() { r.walks = append(r.walks, c) }()
	for k, v := blockAt(c, scope, max(*after, 0)+1); ofScope(k, scope); k, v = c.Next() {
		s := readSlots(fromBE64(k[4:]), v)
		for s.next() {
			if s.seq <= *after {
				continue
			}
			if s.seq > upto {
				return false, nil
			}
			*after = s.seq
			gen := r.gen()
			if more, err := fn(s.seq, &s.e); err != nil || !more {
				return false, err
			}
			if r.gen() != gen {
				return true, nil
			}
		}
		if s.d.bad {
			return false, errCorrupt
		}
	}
	return false, nil
}

// walker is a cursor for one walk; walks lie in one another.
func (r *reader) walker() *bolt.Cursor {
	n := len(r.walks)
	if n == 0 {
		return r.b(bIndex).Cursor()
	}
	c := r.walks[n-1]
	r.walks = r.walks[:n-1]
	return c
}

// gen changes with every write of this transaction.
func (r *reader) gen() int {
	if r.w == nil {
		return 0
	}
	return r.w.gen
}

// Members implements store.Reader.
func (r *reader) Members(scope syncproto.Scope, typ string, yield func(*store.Record) bool) error {
	no := r.lookup(r.s.scopes, string(scope))
	want := r.lookup(r.s.types, typ)
	if no == 0 || typ != "" && want == 0 {
		return nil
	}
	return r.each(no, 0, r.commit(), func(_ int64, e *entry) (bool, error) {
		if e.op != opPut || typ != "" && uint32(e.typ) != want {
			return true, nil
		}
		d, err := r.at(e.rev)
		if err != nil {
			return false, fmt.Errorf("%w: entry without its record", err)
		}
		k, err := r.keyOf(d.key[:])
		if err != nil {
			return false, err
		}
		rec, err := r.export(k, &d)
		return err == nil && yield(&rec), err
	})
}

// Changes implements store.Reader.
func (r *reader) Changes(scope syncproto.Scope, after, upto int64, yield func(*store.Entry) bool) error {
	no := r.lookup(r.s.scopes, string(scope))
	if no == 0 {
		return nil
	}
	return r.each(no, after, upto, func(seq int64, e *entry) (bool, error) {
		out := store.Entry{Seq: seq, Op: ops[e.op], Rev: e.rev}
		rk := recordKey(uint32(e.typ), e.id)
		if e.op != opLeave {
			d, err := r.at(e.rev)
			if err != nil {
				return false, fmt.Errorf("%w: entry without its record", err)
			}
			rk = d.key
			if e.op == opPut {
				out.H, out.Doc = d.h, d.doc
			}
		}
		k, err := r.keyOf(rk[:])
		out.Key = k
		return err == nil && yield(&out), err
	})
}

// Scope implements store.Reader.
func (r *reader) Scope(name syncproto.Scope) (store.Scope, error) {
	no := r.lookup(r.s.scopes, string(name))
	if no == 0 {
		return store.Scope{}, nil
	}
	st, err := r.scopeState(no)
	return st.Scope, err
}

func (r *reader) scopeState(no uint32) (scopeState, error) {
	v := r.get(bScopes, binary.BigEndian.AppendUint32(nil, no))
	if v == nil {
		return scopeState{}, nil
	}
	return decodeScope(v)
}
