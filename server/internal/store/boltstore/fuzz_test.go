package boltstore

import (
	"bytes"
	"slices"
	"testing"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Each decoder either refuses its bytes or gives a value whose encoding gives
// the same value again.

func FuzzDecodeRec(f *testing.F) {
	r := rec{hist: true, rev: 9, cause: cause{by: 1, op: 2, fp: syncproto.FP{1}, lost: []byte("{}"), at: 5, nb: 3, na: 4},
		refs: []ref{{scope: 3, seq: 12}, {scope: 4, seq: 10, left: true}}, doc: []byte(`{"a":1}`)}
	f.Add(int64(9), r.append(nil))
	f.Add(int64(9), (&rec{deleted: true, rev: 9}).append(nil))
	f.Fuzz(func(t *testing.T, rev int64, v []byte) {
		r, err := decodeRec(rev, v)
		if err != nil {
			return
		}
		b := r.append(nil)
		again, err := decodeRec(rev, b)
		if err != nil || !bytes.Equal(again.append(nil), b) {
			t.Fatalf("%+v became %+v, %v", r, again, err)
		}
	})
}

func FuzzDecodeChange(f *testing.F) {
	c := change{prevRev: 4, prevHist: true, prev: cause{by: 1, at: 7}, before: []byte(`{"a":1}`), added: []string{"b"}}
	f.Add(c.append(nil))
	f.Fuzz(func(t *testing.T, v []byte) {
		c, err := decodeChange(v)
		if err != nil {
			return
		}
		b := c.append(nil)
		again, err := decodeChange(b)
		if err != nil || !bytes.Equal(again.append(nil), b) {
			t.Fatalf("%+v became %+v, %v", c, again, err)
		}
	})
}

// FuzzDecodeBlock also takes each entry out in turn: the others stay.
func FuzzDecodeBlock(f *testing.F) {
	b := block{base: 9, last: 9}
	b.add(9, &entry{op: opPut, typ: 1, rev: 9})
	b.add(12, &entry{op: opLeave, typ: 1, rev: 3, id: syncproto.Bytes16{1}})
	b.add(300, &entry{op: opDel, typ: 2, rev: 300})
	f.Add(int64(9), b.raw)
	f.Fuzz(func(t *testing.T, base int64, v []byte) {
		type slot struct {
			seq int64
			e   entry
		}
		list := func(v []byte) (l []slot, ok bool) {
			s := readSlots(base, v)
			for s.next() {
				if len(l) > 0 && s.seq <= l[len(l)-1].seq {
					return nil, false // the check refuses such a block
				}
				l = append(l, slot{s.seq, s.e})
			}
			return l, !s.d.bad
		}
		all, ok := list(v)
		if !ok || base < 0 {
			return
		}
		for i, gone := range all {
			b, err := loadBlock(base, v)
			if err != nil || !b.remove(gone.seq) || b.n != len(all)-1 {
				t.Fatalf("entry at %d of %x: %v", gone.seq, v, err)
			}
			last := b.last
			b.add(last+5, &entry{op: opPut, typ: 7, rev: last + 5})
			want := append(append([]slot{}, all[:i]...), all[i+1:]...)
			if got, _ := list(b.raw); !slices.Equal(got, append(want, slot{last + 5, entry{op: opPut, typ: 7, rev: last + 5}})) {
				t.Fatalf("without %d: %+v of %+v", gone.seq, got, all)
			}
		}
	})
}

func FuzzDecodeScope(f *testing.F) {
	f.Add((&scopeState{Scope: store.Scope{Count: 3, Floor: 1, Last: 9, Closed: true}, name: "team:a"}).append(nil))
	f.Fuzz(func(t *testing.T, v []byte) {
		s, err := decodeScope(v)
		if err != nil {
			return
		}
		if again, err := decodeScope(s.append(nil)); err != nil || again.Scope != s.Scope || again.name != s.name {
			t.Fatalf("%+v became %+v, %v", s, again, err)
		}
	})
}

func FuzzDecodeVerdict(f *testing.F) {
	id := syncproto.Bytes16{1}.ID()
	f.Add(appendVerdict(nil, syncproto.Verdict{N: 3, ID: id, Rev: 4, Code: "x", Lost: []string{"a"}, Case: id}, 1, 2))
	f.Add(appendVerdict(nil, syncproto.Verdict{ID: "odd"}, 4, 0))
	f.Fuzz(func(t *testing.T, p []byte) {
		v, code, err := decodeVerdict(p)
		if err != nil {
			return
		}
		if code != 0 {
			v.Code = "x"
		}
		b := appendVerdict(nil, v, p[0], code)
		again, code2, err := decodeVerdict(b)
		if err != nil || code2 != code || !bytes.Equal(appendVerdict(nil, withCode(again, v.Code), p[0], code), b) {
			t.Fatalf("%+v became %+v, %v", v, again, err)
		}
	})
}

func withCode(v syncproto.Verdict, c syncproto.Code) syncproto.Verdict {
	v.Code = c
	return v
}

func FuzzDecodeDecision(f *testing.F) {
	f.Add(appendDecision(nil, &store.Decision{Kind: "close", Key: "x", AtMs: 5, Body: []byte(`{}`)}))
	f.Fuzz(func(t *testing.T, v []byte) {
		d, err := decodeDecision(1, v)
		if err != nil {
			return
		}
		b := appendDecision(nil, &d)
		if again, err := decodeDecision(1, b); err != nil || !bytes.Equal(appendDecision(nil, &again), b) {
			t.Fatalf("%+v became %+v, %v", d, again, err)
		}
	})
}
