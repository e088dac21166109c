package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/banso/banso/syncproto"
)

// records recomputes hashes, counts and sums, and looks up each entry.
func (c *checker) records() error {
	var n int64
	err := c.each(bRecords, &n, func(k, v []byte) error {
		r, err := decodeRec(fromBE64(k), v)
		if err != nil || len(k) != 8 {
			return c.problem("record at %x: %v", k, errCorrupt)
		}
		key, err := c.r.keyOf(r.key[:])
		if err != nil {
			return c.problem("record at %x: %v", k, err)
		}
		if fromBE64(c.r.b(bIDs).Get(r.key[:])) != r.rev {
			if err := c.problem("record %s %s: its id leads elsewhere", key.Type, key.ID); err != nil {
				return err
			}
		}
		if r.deleted {
			c.rep.Tombstones++
		} else {
			c.rep.Records++
		}
		for _, why := range []string{c.content(key.Type, &r), c.links(&r), c.entries(key.Type, key.ID, &r)} {
			if why != "" {
				if err := c.problem("record %s %s: %s", key.Type, key.ID, why); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var ids int64
	if err := c.each(bIDs, &ids, func([]byte, []byte) error { return nil }); err != nil {
		return err
	}
	if ids != n {
		return c.problem("ids: %d for %d records", ids, n)
	}
	return nil
}

// content recomputes h and c.
func (c *checker) content(typ string, r *rec) string {
	if r.rev <= 0 || r.rev > c.seq {
		return fmt.Sprintf("rev %d is not a commit", r.rev)
	}
	if _, err := c.r.version(r.rev, r.c, &r.cause); err != nil {
		return err.Error()
	}
	if r.deleted {
		return ""
	}
	doc, err := syncproto.DecodeDoc(r.doc)
	if err != nil {
		return err.Error()
	}
	switch {
	case !bytes.Equal(doc.AppendCanonical(nil), r.doc):
		return "the document is not canonical"
	case syncproto.HashDoc(doc) != r.h:
		return "h is not of this document"
	case syncproto.ContentHash(typ, doc) != r.c:
		return "c is not of this document"
	}
	return ""
}

// links follows the history back to the creation.
func (c *checker) links(r *rec) string {
	rev, hist := r.rev, r.hist
	c.revs = append(c.revs[:0], rev)
	if r.deleted && !hist {
		return "a tombstone without history"
	}
	for hist {
		v := c.r.b(bHistory).Get(be64(rev))
		if v == nil {
			return fmt.Sprintf("no history at %d", rev)
		}
		ch, err := decodeChange(v)
		if err == nil && ch.prevRev >= rev {
			err = errCorrupt
		}
		if err == nil {
			_, err = c.r.version(ch.prevRev, ch.prevC, &ch.prev)
		}
		if err == nil && len(ch.before) > 0 {
			_, err = syncproto.DecodeDoc(ch.before)
		}
		if err != nil {
			return fmt.Sprintf("history at %d: %v", rev, err)
		}
		c.changes++
		rev, hist = ch.prevRev, ch.prevHist
		c.revs = append(c.revs, rev)
	}
	return ""
}

// entries looks for the record's one entry in each of its scopes.
func (c *checker) entries(typ string, id syncproto.ID, r *rec) string {
	for i, f := range r.refs {
		c.refs++
		for _, other := range r.refs[:i] {
			if other.scope == f.scope {
				return fmt.Sprintf("twice in scope %d", f.scope)
			}
		}
		want := entry{op: opPut, typ: r.key[0], rev: r.rev}
		switch {
		case f.left:
			want.op, want.id = opLeave, syncproto.Bytes16(r.key[1:])
		case r.deleted:
			want.op = opDel
		}
		e, ok, err := c.r.entryAt(place{f.scope, f.seq})
		if err == nil && !ok {
			return fmt.Sprintf("no entry in scope %d at %d", f.scope, f.seq)
		}
		if f.left && slices.Contains(c.revs, e.rev) {
			want.rev = e.rev
		}
		if err != nil || e != want || f.seq > c.seq {
			return fmt.Sprintf("wrong entry in scope %d at %d", f.scope, f.seq)
		}
		if want.op != opPut {
			continue
		}
		name, err := c.r.text(c.r.s.scopes, f.scope)
		if err != nil {
			return err.Error()
		}
		st := c.state(f.scope)
		st.Count++
		st.Sum = syncproto.AddSum(st.Sum, syncproto.Addend(syncproto.Scope(name), typ, id, r.rev, r.h))
	}
	return ""
}

func (c *checker) state(no uint32) *scopeState {
	st := c.scopes[no]
	if st == nil {
		st = &scopeState{}
		c.scopes[no] = st
	}
	return st
}

// index counts the entries: each belongs to one ref, so the numbers agree.
func (c *checker) index() error {
	var blocks int64
	var scope uint32
	var last int64
	err := c.each(bIndex, &blocks, func(k, v []byte) error {
		if len(k) != indexKeyLen {
			return c.problem("block %x: %v", k, errCorrupt)
		}
		if no := binary.BigEndian.Uint32(k); no != scope {
			scope, last = no, 0
		}
		if fromBE64(k[4:]) <= last || len(v) == 0 {
			return c.problem("block %x: begins before the one before it ends, or is empty", k)
		}
		s := readSlots(fromBE64(k[4:]), v)
		for first := true; s.next(); first = false {
			if !first && s.seq <= last {
				return c.problem("block %x: two entries at %d", k, s.seq)
			}
			last = s.seq
			c.rep.Entries++
		}
		if s.d.bad {
			return c.problem("block %x: %v", k, errCorrupt)
		}
		c.state(scope).Last = last
		return nil
	})
	if err == nil && c.refs != c.rep.Entries {
		return c.problem("index: %d entries for %d (scope, record)", c.rep.Entries, c.refs)
	}
	return err
}

// scopeStates compares what the file says with what was recomputed.
func (c *checker) scopeStates() error {
	fold := sha256.New()
	defer func() { fold.Sum(c.rep.Fold[:0]) }()
	err := c.each(bScopes, &c.rep.Scopes, func(k, v []byte) error {
		st, err := decodeScope(v)
		if err != nil || len(k) != 4 {
			return c.problem("scope %x: %v", k, errCorrupt)
		}
		no := binary.BigEndian.Uint32(k)
		got := c.state(no)
		delete(c.scopes, no)
		name, err := c.r.text(c.r.s.scopes, no)
		// the entry at Last may have been purged, or its record moved on
		if err != nil || name != string(st.name) || got.Count != st.Count || got.Sum != st.Sum ||
			got.Last > st.Last || st.Last > c.seq || st.Floor > st.Last {
			return c.problem("scope %d: count %d, sum %v, last %d; recomputed %d, %v, %d", no,
				st.Count, st.Sum, st.Last, got.Count, got.Sum, got.Last)
		}
		fmt.Fprintf(fold, "%s %d %x %t\n", name, st.Count, st.Sum, st.Closed)
		return nil
	})
	if err == nil && len(c.scopes) > 0 {
		return c.problem("scopes: %d have entries but no state", len(c.scopes))
	}
	return err
}

func (c *checker) history() error {
	err := c.each(bHistory, &c.rep.Changes, func(_, v []byte) error {
		if _, err := decodeChange(v); err != nil {
			return c.problem("history: %v", err)
		}
		return nil
	})
	if err == nil && c.changes != c.rep.Changes {
		return c.problem("history: %d changes, %d of them belong to a record", c.rep.Changes, c.changes)
	}
	return err
}
