package boltstore

import (
	"encoding/binary"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// opByte and ops are the kinds of index entries.
type opByte byte

const (
	opPut opByte = iota + 1
	opDel
	opLeave
)

var ops = [...]syncproto.ChangeOp{opPut: syncproto.ChangePut, opDel: syncproto.ChangeDel, opLeave: syncproto.ChangeLeave}

// entry is what the change index says at some seq. The record of a put or del
// is found by its rev; a leave has the id, and the rev at which the record
// left, for the record goes on elsewhere.
type entry struct {
	op  opByte
	typ byte
	rev int64             // at most seq
	id  syncproto.Bytes16 // leave only
}

// entryOlder marks an entry whose rev is below its seq.
const entryOlder = 4

func (e *entry) append(b []byte, seq int64) []byte {
	b = append(b, byte(e.op)|bit(e.rev != seq, entryOlder), e.typ)
	if e.rev != seq {
		b = binary.AppendUvarint(b, uint64(seq-e.rev))
	}
	if e.op == opLeave {
		b = append(b, e.id[:]...)
	}
	return b
}

// entry reads the entry at seq.
func (d *dec) entry(seq int64) (e entry) {
	f := d.byte()
	e.op, e.typ, e.rev = opByte(f&^entryOlder), d.byte(), seq
	if f&entryOlder != 0 {
		e.rev = seq - d.seq()
		if e.rev == seq {
			d.fail()
		}
	}
	if e.op < opPut || e.op > opLeave || e.rev < 0 {
		d.fail()
	}
	if e.op == opLeave {
		e.id = d.b16()
	}
	return e
}

// scopeState is a scope as stored, with its name for the way back.
type scopeState struct {
	store.Scope
	name    syncproto.Scope
	dirty   bool // to be written at the end of the group
	touched bool // has a new entry in this group

	tail   *block   // that new entries go to, once it is known
	blocks []*block // others that were looked into
}

func (s *scopeState) append(b []byte) []byte {
	b = append(b, bit(s.Closed, 1))
	b = binary.AppendUvarint(b, uint64(s.Count))
	b = append(b, s.Sum[:]...)
	b = binary.AppendUvarint(b, uint64(s.Floor))
	b = binary.AppendUvarint(b, uint64(s.Last))
	return append(b, s.name...)
}

func decodeScope(v []byte) (s scopeState, err error) {
	d := dec{b: v}
	f := d.byte()
	s.Closed = f == 1
	s.Count = d.seq()
	s.Sum = d.b16()
	s.Floor = d.seq()
	s.Last = d.seq()
	if d.bad || f > 1 {
		return scopeState{}, errCorrupt
	}
	s.name = syncproto.Scope(d.b)
	return s, nil
}
