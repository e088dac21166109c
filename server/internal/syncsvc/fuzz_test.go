package syncsvc

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// FuzzDecide decides any bytes as a mutation of the leader: it never fails,
// decides the same twice, and what it would write is of the record profile.
func FuzzDecide(f *testing.F) {
	m := newMade(f)
	p := m.phone(m.world.leader)
	for _, mut := range []syncproto.Mutation{
		m.create(m.world.id(), m.team, "2023-08-09", "start", 480, "lat_e6", 21_000_000),
		edit(m.id, doc("note", "x"), nil),
		edit(m.id, measures("9"), measures("3")),
		on(syncproto.OpSubmit, m.id),
		decision(m.id, syncproto.Hash{1}, "approve", ""),
		closeCase(syncproto.OpAdopt, m.world.id(), doc("h", "")),
		{Op: syncproto.OpCreate, Type: syncproto.TypeReport, ID: m.id, Set: doc("team", string(m.team), "month", "2023-08")},
	} {
		f.Add([]byte(p.encode(mut)))
	}
	f.Add([]byte(`null`))
	f.Add([]byte(`{"op":"create","type":"activity"`))
	f.Add([]byte{0xff, 0xfe})
	catalogue := kinds{"DVC_NOP_HO_SO": ""}
	f.Fuzz(func(t *testing.T, b []byte) {
		in := &input{item: readItem(b), caller: domain.Caller{Person: m.world.leader}, now: m.now}
		if err := m.db.View(t.Context(), func(r store.Reader) error {
			st := newState(r, m.now, catalogue)
			one := decide(st, in)
			two := decide(newState(r, m.now, catalogue), in)
			if diff := cmp.Diff(one, two, decided); diff != "" {
				t.Errorf("decided twice: %s", diff)
			}
			if one.v == "" || (one.v == syncproto.Aside || one.v == syncproto.Waiting) && one.code == "" {
				t.Errorf("no verdict: %+v", one)
			}
			for _, w := range one.writes {
				if _, err := syncproto.DecodeDoc(w.put.Doc.AppendCanonical(nil)); !w.del && err != nil {
					t.Errorf("would write %s: %v", w.put.Doc.AppendCanonical(nil), err)
				}
			}
			return st.err
		}); err != nil {
			t.Error(err)
		}
	})
}
