package boltstore

import (
	"bytes"
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

func FuzzDecodeEntry(f *testing.F) {
	f.Add(int64(9), (&entry{op: opPut, typ: 1, rev: 9}).append(9, nil))
	f.Add(int64(9), (&entry{op: opLeave, typ: 1, rev: 3, id: syncproto.Bytes16{1}}).append(9, nil))
	f.Fuzz(func(t *testing.T, seq int64, v []byte) {
		e, err := decodeEntry(seq, v)
		if err != nil {
			return
		}
		if again, err := decodeEntry(seq, e.append(seq, nil)); err != nil || again != e {
			t.Fatalf("%+v became %+v, %v", e, again, err)
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
		if again, err := decodeScope(s.append(nil)); err != nil || again != s {
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
