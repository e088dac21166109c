package syncsvc

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestProperty_RandomHistories lets phones do anything in any order, loses
// answers, and checks after each history: same fp, same verdict (but waiting to
// final, once); every n has one; sums and counts are those of the records;
// nothing closed or decided has changed.
func TestProperty_RandomHistories(t *testing.T) {
	n := 12
	if testing.Short() {
		n = 3
	}
	for seed := range n {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		m := newMade(t)
		runHistory(t, m, r)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

type history struct {
	*made
	r        *rand.Rand
	phones   []*phone
	ids      []syncproto.ID
	verdicts map[syncproto.FP]syncproto.Verdict
	cases    []syncproto.ID
}

func runHistory(t *testing.T, m *made, r *rand.Rand) {
	h := &history{made: m, r: r, verdicts: map[syncproto.FP]syncproto.Verdict{},
		phones: []*phone{m.member, m.leader, m.chair, m.other, m.outsider, m.phone(m.world.member)}, ids: []syncproto.ID{m.id, m.world.id()}}
	for step := range 60 {
		p := h.phones[r.IntN(len(h.phones))]
		first := len(p.sent)
		for range 1 + r.IntN(4) {
			p.sent = append(p.sent, p.encode(h.any()))
		}
		if r.IntN(4) == 0 {
			p.call(p.request(first)) // the answer is lost
			first -= r.IntN(first + 1)
		}
		resp := p.call(p.request(first))
		if resp.State != syncproto.StateOK || resp.Ack != int64(len(p.sent)) || len(resp.Verdicts) != len(p.sent)-first {
			t.Fatalf("step %d: state %s ack %d of %d", step, resp.State, resp.Ack, len(p.sent))
		}
		h.note(p, first, resp)
		p.take(resp)
		switch {
		case step == 30:
			m.close(m.team, "2023-07")
		case r.IntN(15) == 0:
			m.grant(m.stranger, domain.RoleMember, m.team, "2023-08-01", "")
			m.clearDue()
		}
	}
	h.checkSums()
}

func (h *history) note(p *phone, first int, resp *syncproto.Response) {
	h.t.Helper()
	for i, v := range resp.Verdicts {
		fp := syncproto.Fingerprint(p.sent[first+i])
		old, known := h.verdicts[fp]
		if known && !cmp.Equal(old, v) && (old.V != syncproto.Waiting || old.Case != v.Case) {
			h.t.Errorf("verdict of the same bytes: %v, then %v", old, v)
		}
		if v.Case != "" && h.caseState(v.Case) == "" {
			h.t.Errorf("no case of %v", v)
		}
		h.verdicts[fp] = v
		if v.Case != "" && !known {
			h.cases = append(h.cases, v.Case)
		}
	}
}

// any is some mutation, sensible or not.
func (h *history) any() syncproto.Mutation {
	r := h.r
	id := h.ids[r.IntN(len(h.ids))]
	rec, d := h.record(syncproto.TypeActivity, id)
	var c syncproto.Hash
	if rec != nil {
		c = rec.C
	}
	if r.IntN(5) == 0 {
		c = syncproto.Hash{byte(r.IntN(3))}
	}
	day := []string{"2023-08-09", "2023-08-01", "2023-07-20", "2023-08-11"}[r.IntN(4)]
	num := []string{"1", "2", "3"}
	switch r.IntN(9) {
	case 0:
		id = h.world.id()
		h.ids = append(h.ids, id)
		return h.create(id, h.team, day, "start", 480+r.IntN(30))
	case 1:
		return h.create(id, h.team, day)
	case 2:
		return edit(id, doc("note", num[r.IntN(3)]), doc("note", num[r.IntN(3)]))
	case 3:
		return edit(id, measures(num[r.IntN(3)]), syncproto.Doc{"measures": d["measures"]})
	case 4:
		return edit(id, doc("done_on", day), doc("done_on", "2023-08-09"))
	case 5:
		return on([]syncproto.Op{syncproto.OpSubmit, syncproto.OpWithdraw}[r.IntN(2)], id)
	case 6:
		del := on(syncproto.OpDelete, id)
		del.Seen = c
		return del
	case 7:
		return decision(id, c, []string{"approve", "return", "reject", "revoke"}[r.IntN(4)], "vì")
	}
	if len(h.cases) == 0 {
		return on(syncproto.OpSubmit, id)
	}
	k := h.cases[r.IntN(len(h.cases))]
	_, kd := h.record(syncproto.TypeCase, k)
	about, _ := h.record(syncproto.TypeActivity, syncproto.ID(kd.Str("record")))
	have := ""
	if about != nil && !about.Deleted {
		have = about.H.String()
	}
	return closeCase([]syncproto.Op{syncproto.OpAdopt, syncproto.OpAdopt, syncproto.OpDismiss}[r.IntN(3)], k, doc("h", have, "reason", "vì"))
}

func (h *history) checkSums() {
	h.t.Helper()
	h.view(func(r store.Reader) error {
		for _, sc := range []syncproto.Scope{syncproto.TeamMonthScope(h.team, "2023-08"), syncproto.TeamMonthScope(h.team, "2023-07"),
			syncproto.CommuneMonthScope(h.commune, "2023-08"), syncproto.TeamScope(h.team), syncproto.UserScope(h.world.member)} {
			st, err := r.Scope(sc)
			if err != nil {
				return err
			}
			var n int64
			var sum syncproto.Sum
			if err := r.Members(sc, "", func(rec *store.Record) bool {
				n++
				sum = syncproto.AddSum(sum, syncproto.Addend(sc, rec.Type, rec.ID, rec.Rev, rec.H))
				return true
			}); err != nil {
				return err
			}
			if n != st.Count || sum != st.Sum {
				h.t.Errorf("%s: %d records, count %d, sums equal: %v", sc, n, st.Count, sum == st.Sum)
			}
		}
		return nil
	})
}
