package boltstore

import (
	"encoding/binary"

	"github.com/banso/banso/syncproto"
)

// rec is a stored record: header and document. People, words and scopes are
// numbers of the dictionary.
type rec struct {
	deleted bool
	hist    bool // the change at rev has an entry in the history
	key     [recordKeyLen]byte
	rev     int64 // the key under which it is stored
	h, c    syncproto.Hash
	cause   cause
	refs    []ref
	doc     []byte // canonical; empty for a tombstone
}

// ref is the record's entry in one scope.
type ref struct {
	scope uint32
	seq   int64
	left  bool // a leave entry: the record is not there any more
}

// cause is store.Cause with the time of its commit.
type cause struct {
	by, op     uint32
	fp         syncproto.FP
	lost       []byte // canonical document, nil if nothing was lost
	at, nb, na int64  // ms: commit, bounds
}

const (
	recDeleted = 1 << iota
	recHist
	recFP
	recLost
	recNotBefore
)

func bit(on bool, f byte) byte {
	if on {
		return f
	}
	return 0
}

func (r *rec) append(b []byte) []byte {
	b = append(b, bit(r.deleted, recDeleted)|bit(r.hist, recHist)|r.cause.flags())
	b = append(b, r.key[:]...)
	if !r.deleted {
		b = append(b, r.h[:]...)
		b = append(b, r.c[:]...)
	}
	b = r.cause.append(b)
	b = binary.AppendUvarint(b, uint64(len(r.refs)))
	for _, f := range r.refs {
		b = binary.AppendUvarint(b, uint64(f.scope)<<1|uint64(bit(f.left, 1)))
		b = binary.AppendVarint(b, f.seq-r.rev)
	}
	return append(b, r.doc...)
}

// decodeRec reads the record stored at rev; doc and lost are parts of v.
func decodeRec(rev int64, v []byte) (r rec, err error) {
	d := dec{b: v}
	f := d.byte()
	r.deleted, r.hist, r.rev = f&recDeleted != 0, f&recHist != 0, rev
	copy(r.key[:], d.bytes(recordKeyLen))
	if !r.deleted {
		r.h, r.c = d.b16(), d.b16()
	}
	r.cause = d.cause(f)
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.fail()
		n = 0
	}
	if n > 0 {
		r.refs = make([]ref, 0, n+1)
	}
	for range n {
		s := d.uint()
		if s>>1 > 1<<32-1 {
			d.fail()
		}
		r.refs = append(r.refs, ref{scope: uint32(s >> 1), left: s&1 != 0, seq: r.rev + d.int()})
	}
	if d.bad || f >= recNotBefore<<1 || r.deleted != (len(d.b) == 0) {
		return rec{}, errCorrupt
	}
	r.doc = d.b
	return r, nil
}

func (c *cause) flags() byte {
	return bit(!c.fp.IsZero(), recFP) | bit(len(c.lost) > 0, recLost) | bit(c.nb != 0, recNotBefore)
}

func (c *cause) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(c.by))
	b = binary.AppendUvarint(b, uint64(c.op))
	if !c.fp.IsZero() {
		b = append(b, c.fp[:]...)
	}
	b = binary.AppendVarint(b, c.at)
	if c.nb != 0 {
		b = binary.AppendVarint(b, c.at-c.nb)
	}
	b = binary.AppendVarint(b, c.na-c.at)
	if len(c.lost) > 0 {
		b = appendBlock(b, c.lost)
	}
	return b
}

func (d *dec) cause(f byte) (c cause) {
	c.by, c.op = d.num(), d.num()
	if f&recFP != 0 {
		c.fp = d.b16()
	}
	c.at = d.int()
	if f&recNotBefore != 0 {
		c.nb = c.at - d.int()
	}
	c.na = c.at + d.int()
	if f&recLost != 0 {
		c.lost = d.block()
	}
	return c
}

// change is an entry of the history: what the change undid, and the header
// that it replaced.
type change struct {
	prevRev  int64
	prevHist bool
	prevC    syncproto.Hash
	prev     cause
	before   []byte // canonical document: fields removed or replaced
	added    []string
}

func (c *change) append(b []byte) []byte {
	b = append(b, bit(c.prevHist, recHist)|c.prev.flags())
	b = binary.AppendUvarint(b, uint64(c.prevRev))
	b = append(b, c.prevC[:]...)
	b = c.prev.append(b)
	b = appendBlock(b, c.before)
	return appendStrings(b, c.added)
}

func decodeChange(v []byte) (c change, err error) {
	d := dec{b: v}
	f := d.byte()
	c.prevHist = f&recHist != 0
	c.prevRev = d.seq()
	c.prevC = d.b16()
	c.prev = d.cause(f)
	c.before = d.block()
	c.added = d.strings()
	if f&recDeleted != 0 || f >= recNotBefore<<1 {
		d.fail()
	}
	return c, d.end()
}
