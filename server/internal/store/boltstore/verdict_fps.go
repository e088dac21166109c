package boltstore

import (
	"bytes"
	"encoding/binary"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Verdicts lie in the order in which a person's mutations came, so that those
// of one push share a page: under their random fps each would rewrite a page
// of its own. What finds them is a list of the first bytes of the person's
// fps, in the same order, in blocks.
const (
	fpLen    = 4
	fpsBlock = 256 // fps in a block
)

// fpList is a person's list in a write transaction.
type fpList struct {
	b      []byte
	saved  int          // bytes of b that the file has
	missed syncproto.FP // looked for last and not found
	upto   int          // among so many bytes
}

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

// inBlock looks for fp in a list that begins at the person's number base.
func (r *reader) inBlock(person, base uint32, list []byte, fp *syncproto.FP) (no uint32, v []byte) {
	for i := nextFP(list, 0, fp); i >= 0; i = nextFP(list, i+1, fp) {
		no = base + uint32(i)
		v = r.get(bVerdicts, numbersKey(person, no))
		if bytes.HasPrefix(v, fp[:]) {
			return no, v[len(fp):]
		}
	}
	return 0, nil
}

// findVerdict returns the number and the bytes of a verdict, or ErrNotFound.
func (r *reader) findVerdict(person uint32, fp syncproto.FP) (no uint32, v []byte, err error) {
	if r.w != nil {
		l := r.w.fpsOf(person)
		if l.missed == fp && l.upto == len(l.b) { // who asks before he writes asks twice
			return 0, nil, store.ErrNotFound
		}
		if no, v = r.inBlock(person, 0, l.b, &fp); v != nil {
			return no, v, nil
		}
		l.missed, l.upto = fp, len(l.b)
		return 0, nil, store.ErrNotFound
	}
	err = r.fpBlocks(person, func(block uint32, list []byte) bool {
		no, v = r.inBlock(person, block*fpsBlock, list, &fp)
		return v == nil
	})
	if err == nil && v == nil {
		err = store.ErrNotFound
	}
	return no, v, err
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
	_, p, err := r.findVerdict(no, fp)
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
	if l == nil {
		l = &fpList{}
		_ = t.reader.fpBlocks(person, func(_ uint32, list []byte) bool { // it only fails by yield
			l.b = append(l.b, list...)
			return true
		})
		l.saved = len(l.b)
		t.fps[person] = l
	}
	return l
}

// flushFPs writes the blocks that have grown.
func (t *txn) flushFPs(person uint32, l *fpList) error {
	const size = fpsBlock * fpLen
	for block := l.saved / size; block*size < len(l.b) && l.saved < len(l.b); block++ {
		part := l.b[block*size : min((block+1)*size, len(l.b))]
		if err := t.b(bVerdictFPs).Put(numbersKey(person, uint32(block)), part); err != nil {
			return err
		}
	}
	l.saved = len(l.b)
	return nil
}
