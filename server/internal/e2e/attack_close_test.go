package e2e

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// csum is what a closer sees of a team's last month.
func (s *siege) csum(team string) string {
	s.t.Helper()
	m, _, err := s.as[pSys].TeamMonth(context.Background(), s.team[team], lastMonth(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	return m.Csum
}

func (s *siege) approved(phone, team string) syncproto.ID {
	s.t.Helper()
	id := s.phone[phone].submitted(s.team[team], lastMonthDay())
	wantVerdict(s.t, "approve", s.review(pChair, id, "approve"), syncproto.Applied, "")
	return id
}

// TestAttack_CloseRaces: closes, pushes, reviews and moves of one month at
// once end in one close, whose csum no later write changes.
func TestAttack_CloseRaces(t *testing.T) {
	s := besieged(t)
	ctx := t.Context()
	a1, a2 := s.approved(pMember, "T1"), s.approved(pMate, "T1")
	inT2 := s.approved(pOther, "T2")
	stay := s.phone[pMember].submitted(s.team["T1"], string(today()))
	pending := s.phone[pMember].submitted(s.team["T1"], lastMonthDay())
	res, err := s.as[pChair].CloseCommuneMonth(ctx, s.unit["A"], lastMonth(), []client.CloseItem{{Team: s.team["T1"], Csum: s.csum("T1")}})
	if err != nil || res[0].Closed {
		t.Fatalf("closed with an undecided submission: %v %+v", err, res)
	}
	wantVerdict(t, "reject", s.review(pChair, pending, "reject"), syncproto.Applied, "")
	stale := s.csum("T1")
	wantVerdict(t, "revoke before", s.review(pChair, a2, "revoke"), syncproto.Applied, "")
	res, err = s.as[pChair].CloseCommuneMonth(ctx, s.unit["A"], lastMonth(), []client.CloseItem{{Team: s.team["T1"], Csum: stale},
		{Team: s.team["T3"], Csum: stale}, {Team: newID(), Csum: stale}, {Team: s.team["T1"], Csum: ""}, {Team: s.team["T1"], Csum: strings.Repeat("A", 22)}})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range res {
		if r.Closed {
			t.Errorf("item %d closed: %+v", i, r)
		}
	}
	csum := s.csum("T1")
	var wg sync.WaitGroup
	var mu sync.Mutex
	hashes := map[string]int{}
	for i := range 8 {
		wg.Go(func() {
			who := []string{pChair, pBoth}[i%2]
			c := csum
			if i > 5 {
				c = strings.Repeat("B", 21) + "A"
			}
			r, err := s.as[who].CloseCommuneMonth(ctx, s.unit["A"], lastMonth(), []client.CloseItem{{Team: s.team["T1"], Csum: c}})
			mu.Lock()
			defer mu.Unlock()
			if err == nil && r[0].Closed {
				hashes[r[0].Hash]++
			}
		})
	}
	for _, who := range []string{pMember, pMate, pLeader} {
		p := s.phone[who]
		wg.Go(func() {
			for range 5 { // into the month that closes, and out of it
				if _, err := p.try(p.activity(recordID(), s.team["T1"], lastMonthDay()),
					p.do(syncproto.OpEdit, "activity", a1, func(m *syncproto.Mutation) { m.Set = syncproto.Doc{"done_on": syncproto.Str(string(today()))} }),
					p.do(syncproto.OpEdit, "activity", stay, func(m *syncproto.Mutation) {
						m.Set = syncproto.Doc{"done_on": syncproto.Str(lastMonthDay())}
						m.Was = syncproto.Doc{"done_on": syncproto.Str(string(today()))}
					})); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for range 50 { // who was late asks again
		if len(hashes) > 0 {
			break
		}
		r, err := s.as[pChair].CloseCommuneMonth(ctx, s.unit["A"], lastMonth(), []client.CloseItem{{Team: s.team["T1"], Csum: s.csum("T1")}})
		if err != nil {
			t.Fatal(err)
		}
		if r[0].Closed {
			hashes[r[0].Hash]++
		}
		if r[0].Code == "unprocessable" { // stay moved in before the close
			wantVerdict(t, "reject", s.review(pChair, stay, "reject"), syncproto.Applied, "")
		}
	}
	if len(hashes) != 1 {
		t.Fatalf("%d different closes: %v", len(hashes), hashes)
	}
	s.afterClose(a1, a2, inT2, hashes)
}

// afterClose tries every way into a closed month.
func (s *siege) afterClose(a1, a2, inT2 syncproto.ID, hashes map[string]int) {
	t := s.t
	ctx := context.Background()
	before := s.csum("T1")
	open := s.phone[pMember].submitted(s.team["T1"], string(today()))
	foreign := recordID() // of T2, which the leader of T2 tries to move
	s.phone[pLeader2].push(s.phone[pLeader2].activity(foreign, s.team["T2"], lastMonthDay()))
	p := s.phone[pMember]
	seen := func(id syncproto.ID) syncproto.Hash { h, _ := syncproto.ParseBytes16(s.get(id).C); return h }
	set := func(id syncproto.ID, d syncproto.Doc) syncproto.RawMutation {
		return p.do(syncproto.OpEdit, "activity", id, func(m *syncproto.Mutation) { m.Set = d })
	}
	for i, v := range p.push(
		p.activity(recordID(), s.team["T1"], lastMonthDay()), set(a1, syncproto.Doc{"note": syncproto.Str("sau chốt")}),
		p.do(syncproto.OpEdit, "activity", open, func(m *syncproto.Mutation) {
			m.Set, m.Was = syncproto.Doc{"done_on": syncproto.Str(lastMonthDay())}, syncproto.Doc{"done_on": syncproto.Str(string(today()))}
		}),
		p.do(syncproto.OpDelete, "activity", a1, func(m *syncproto.Mutation) { m.Seen = seen(a1) }),
		p.do(syncproto.OpDelete, "activity", a2, func(m *syncproto.Mutation) { m.Seen = seen(a2) }),
		p.do(syncproto.OpAttach, "activity", a1, func(m *syncproto.Mutation) { m.Add = syncproto.Sets{"evidence": {"paper:muộn"}} }),
		p.do(syncproto.OpWithdraw, "activity", a1, nil), p.do(syncproto.OpSubmit, "activity", a2, nil)) {
		if v.V != syncproto.Aside && v.V != syncproto.Waiting && v.V != syncproto.Noop {
			t.Errorf("mutation %d after the close: %s %s", i, v.V, v.Code)
		}
		if v.Case == "" {
			continue
		}
		for _, who := range []string{pChair, pBoth, pLeader} {
			if got, err := s.as[who].AdoptCase(ctx, v.Case, client.CaseDecision{Key: newID()}); err == nil && got.V == syncproto.Applied {
				t.Errorf("mutation %d: %s adopted it into a closed month", i, who)
			}
		}
	}
	for _, d := range []string{"revoke", "return", "reject", "approve"} {
		for _, id := range []syncproto.ID{a1, a2} {
			if v := s.review(pChair, id, d); v.V == syncproto.Applied {
				t.Errorf("%s after the close: %+v", d, v)
			}
		}
	}
	if after := s.csum("T1"); after != before {
		t.Errorf("the csum of a closed month moved from %s to %s", before, after)
	}
	r, err := s.as[pBoth].CloseCommuneMonth(ctx, s.unit["A"], lastMonth(), []client.CloseItem{{Team: s.team["T1"], Csum: "x", Accept: true, Reason: "thử"}})
	if err == nil && r[0].Closed && hashes[r[0].Hash] == 0 {
		t.Error("a second close made another record")
	}
	// A team that still is open can give nothing to, nor take from, the closed month.
	x := s.phone[pBoth]
	v := x.push(x.do(syncproto.OpEdit, "activity", inT2, func(m *syncproto.Mutation) {
		m.Set, m.Was = syncproto.Doc{"team": syncproto.Str(string(s.team["T1"]))}, syncproto.Doc{"team": syncproto.Str(string(s.team["T2"]))}
	}))[0]
	if v.V == syncproto.Applied {
		t.Error("an activity of T2 was moved into T1's closed month")
	}
}
