package boltstore

import (
	"bytes"
	"encoding/binary"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Verdicts lie in the order in which a person's mutations came, some dozens
// in a block, so that those of one push are one write: under their random fps
// each would rewrite a page of its own. What finds them is a list of the first
// bytes of the person's fps, in the same order, in blocks too.
const (
	fpLen        = 4
	fpsBlock     = 256 // fps in a block
	verdictBlock = 32  // verdicts in a block
	maxFPs       = 8 << 20
)

// fpList is a person's list in a write transaction, with the block of
// verdicts that grows.
type fpList struct {
	b     []byte
	saved int      // bytes of b that the file has
	table []uint32 // numbers + 1 by their fp's first bytes, once the list is long

	open  []byte // verdicts of the last block
	dirty bool
}

func (l *fpList) len() uint32 { return uint32(len(l.b) / fpLen) }

func (l *fpList) at(no uint32) uint32 { return binary.LittleEndian.Uint32(l.b[no*fpLen:]) }

// find calls fn with the numbers under which the list may have fp until it
// returns true.
func (l *fpList) find(fp *syncproto.FP, fn func(no uint32) bool) {
	const long = 64
	if l.len() < long {
		for i := nextFP(l.b, 0, fp); i >= 0 && !fn(uint32(i)); i = nextFP(l.b, i+1, fp) {
		}
		return
	}
	if n := l.len(); len(l.table) < int(n)*2 {
		size := 4 * long
		for size < int(n)*4 {
			size *= 2
		}
		l.table = make([]uint32, size)
		for no := range n {
			l.enter(no)
		}
	}
	want := binary.LittleEndian.Uint32(fp[:])
	mask := uint32(len(l.table) - 1)
	for i := want & mask; l.table[i] != 0; i = (i + 1) & mask {
		if no := l.table[i] - 1; l.at(no) == want && fn(no) {
			return
		}
	}
}

// enter puts a number into the table.
func (l *fpList) enter(no uint32) {
	mask := uint32(len(l.table) - 1)
	i := l.at(no) & mask
	for l.table[i] != 0 {
		i = (i + 1) & mask
	}
	l.table[i] = no + 1
}

// add gives the next fp its number.
func (l *fpList) add(fp *syncproto.FP) uint32 {
	no := l.len()
	l.b = append(l.b, fp[:fpLen]...)
	if len(l.table) >= int(no+1)*2 {
		l.enter(no)
	} else {
		l.table = nil
	}
	return no
}

// fpCache keeps lists from one commit to the next: who pushes once pushes
// again. A transaction takes what it uses and gives it back when it is
// committed; so the lists of one that is undone are read again.
type fpCache struct {
	lists map[uint32]*fpList
	bytes int
}

func (c *fpCache) take(person uint32) *fpList {
	l := c.lists[person]
	if l != nil {
		delete(c.lists, person)
		c.bytes -= l.size()
	}
	return l
}

func (c *fpCache) give(lists map[uint32]*fpList) {
	if c.lists == nil || c.bytes > maxFPs {
		c.lists, c.bytes = map[uint32]*fpList{}, 0
	}
	for person, l := range lists {
		c.lists[person] = l
		c.bytes += l.size()
	}
}

func (l *fpList) size() int { return 128 + len(l.b) + 4*len(l.table) + len(l.open) }

func numbersKey(a, b uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(make([]byte, 0, 8), a), b)
}

// nextFP returns where from i on the list may have fp, or -1.
func nextFP(list []byte, i int, fp *syncproto.FP) int {
	want := binary.LittleEndian.Uint32(fp[:])
	for ; (i+1)*fpLen <= len(list); i++ {
		if binary.LittleEndian.Uint32(list[i*fpLen:]) == want {
			return i
		}
	}
	return -1
}

// verdictIn returns the bytes of verdict i of a block if it is fp's.
func verdictIn(block []byte, i uint32, fp *syncproto.FP) []byte {
	d := dec{b: block}
	for range i {
		d.bytes(uint64(len(fp)))
		d.block()
	}
	if !bytes.HasPrefix(d.b, fp[:]) {
		return nil
	}
	d.bytes(uint64(len(fp)))
	if v := d.block(); !d.bad {
		return v
	}
	return nil
}

// findVerdict returns the number and the bytes of a verdict, or ErrNotFound.
func (r *reader) findVerdict(person uint32, fp *syncproto.FP) (no uint32, v []byte, err error) {
	if r.w != nil {
		return r.w.findVerdict(person, fp)
	}
	err = r.fpBlocks(person, func(block uint32, list []byte) bool {
		for i := nextFP(list, 0, fp); i >= 0 && v == nil; i = nextFP(list, i+1, fp) {
			no = block*fpsBlock + uint32(i)
			v = verdictIn(r.get(bVerdicts, numbersKey(person, no/verdictBlock)), no%verdictBlock, fp)
		}
		return v == nil
	})
	if err == nil && v == nil {
		err = store.ErrNotFound
	}
	return no, v, err
}

func (t *txn) findVerdict(person uint32, fp *syncproto.FP) (no uint32, v []byte, err error) {
	l := t.fpsOf(person)
	l.find(fp, func(n uint32) bool {
		no = n
		v = verdictIn(t.verdictsAt(person, l, n), n%verdictBlock, fp)
		return v != nil
	})
	if v == nil {
		return 0, nil, store.ErrNotFound
	}
	return no, v, nil
}

// verdictsAt is the block that holds a number.
func (t *txn) verdictsAt(person uint32, l *fpList, no uint32) []byte {
	if n := l.len(); n%verdictBlock != 0 && no/verdictBlock == n/verdictBlock {
		return l.open
	}
	return t.get(bVerdicts, numbersKey(person, no/verdictBlock))
}

// fpBlocks streams a person's list.
func (r *reader) fpBlocks(person uint32, yield func(block uint32, list []byte) bool) error {
	return r.prefix(bVerdictFPs, binary.BigEndian.AppendUint32(nil, person), func(k, v []byte) bool {
		return len(k) == 4 && yield(binary.BigEndian.Uint32(k), v)
	})
}

// Verdict implements store.Reader.
func (r *reader) Verdict(person syncproto.ID, fp syncproto.FP) (syncproto.Verdict, error) {
	no := r.lookup(r.s.people, string(person))
	if no == 0 {
		return syncproto.Verdict{}, store.ErrNotFound
	}
	_, p, err := r.findVerdict(no, &fp)
	if err != nil {
		return syncproto.Verdict{}, err
	}
	v, code, err := decodeVerdict(p)
	if err != nil {
		return v, err
	}
	s, err := r.text(r.s.words, code)
	v.Code = syncproto.Code(s)
	return v, err
}

// fpsOf is the list of a person for reading and writing.
func (t *txn) fpsOf(person uint32) *fpList {
	l := t.fps[person]
	if l != nil {
		return l
	}
	if l = t.s.fps.take(person); l == nil {
		l = &fpList{}
		_ = t.reader.fpBlocks(person, func(_ uint32, list []byte) bool { // it only fails by yield
			l.b = append(l.b, list...)
			return true
		})
		l.saved = len(l.b)
		if n := l.len(); n%verdictBlock != 0 {
			l.open = bytes.Clone(t.get(bVerdicts, numbersKey(person, n/verdictBlock)))
		}
	}
	t.fps[person] = l
	return l
}

// setVerdict keeps a verdict under its fp; v is its bytes.
func (t *txn) setVerdict(person uint32, fp *syncproto.FP, v []byte) error {
	t.touch()
	l := t.fpsOf(person)
	no, old, err := t.findVerdict(person, fp)
	if err == nil {
		return t.replaceVerdict(person, l, no, old, v)
	}
	l.open = appendBlock(append(l.open, fp[:]...), v)
	l.dirty = true
	if no = l.add(fp); (no+1)%verdictBlock != 0 {
		return nil
	}
	err = t.fail(t.b(bVerdicts).Put(numbersKey(person, no/verdictBlock), l.open))
	l.open, l.dirty = nil, false
	return err
}

// replaceVerdict lays v in the place of old, which is a part of its block.
func (t *txn) replaceVerdict(person uint32, l *fpList, no uint32, old, v []byte) error {
	block := t.verdictsAt(person, l, no)
	d := dec{b: block}
	for range no % verdictBlock {
		d.bytes(uint64(len(syncproto.FP{})))
		d.block()
	}
	at := len(block) - len(d.b) + len(syncproto.FP{})
	end := at + len(appendBlock(nil, old))
	out := append(make([]byte, 0, len(block)+len(v)), block[:at]...)
	out = append(appendBlock(out, v), block[end:]...)
	if n := l.len(); n%verdictBlock != 0 && no/verdictBlock == n/verdictBlock {
		l.open, l.dirty = out, true
		return nil
	}
	return t.fail(t.b(bVerdicts).Put(numbersKey(person, no/verdictBlock), out))
}

// flushFPs writes the blocks that have grown.
func (t *txn) flushFPs(person uint32, l *fpList) error {
	if l.dirty {
		if err := t.b(bVerdicts).Put(numbersKey(person, l.len()/verdictBlock), bytes.Clone(l.open)); err != nil {
			return err
		}
		l.dirty = false
	}
	const size = fpsBlock * fpLen
	for block := l.saved / size; block*size < len(l.b) && l.saved < len(l.b); block++ {
		part := l.b[block*size : min((block+1)*size, len(l.b))]
		if err := t.b(bVerdictFPs).Put(numbersKey(person, uint32(block)), bytes.Clone(part)); err != nil {
			return err
		}
	}
	l.saved = len(l.b)
	return nil
}
