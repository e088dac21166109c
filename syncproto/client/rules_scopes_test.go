package client_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

func TestC6_ResetSweepsBaseAndKeepsTheOutbox(t *testing.T) {
	s, p := world(t)
	s.limit = 2 // several pages
	p.create("a", "2026-10-20")
	p.edit("old3", "note=của tôi")
	box := p.outbox()
	// What the phone should not have, and what it should have.
	delete(s.db.index[month1], act("old0"))
	delete(s.db.recs, act("old0"))
	s.put("activity", testID("new"), text("team="+string(teamID), "done_on=2026-10-30"))
	p.link.before = func(body []byte) (*client.Reply, error, bool) {
		r := &syncproto.Response{Epoch: s.epoch, Now: s.now, Commit: s.db.seq, State: syncproto.StateBusy, Ack: p.meta().Ack}
		left := 2
		cur, _ := p.scope(month1)
		page := s.page(month1, syncproto.Pull{Scope: month1, Cur: cur.Cur, Bad: !cur.Reading && cur.Gen == 1}, &left, nil)
		r.Scopes = []syncproto.ScopePage{page}
		b, err := syncproto.Encode(r)
		return &client.Reply{Status: http.StatusOK, Body: b}, err, true
	}
	gens := map[int64]bool{}
	for i := range 3 {
		p.once()
		c, _ := p.scope(month1)
		gens[c.Gen] = true
		if c.More != (i < 2) || c.More != (c.Since != 0) {
			t.Fatalf("page %d: %+v", i, c)
		}
		if c.More && p.base(act("old0")) == nil {
			t.Fatal("swept before the last page")
		}
		if diff := cmp.Diff(box, p.outbox()); diff != "" {
			t.Fatalf("reset touched the outbox:\n%s", diff)
		}
	}
	if len(gens) != 1 {
		t.Fatalf("one reading from 0 counted as %v", gens)
	}
	if p.base(act("old0")) != nil || p.base(act("new")) == nil {
		t.Fatal("base is not the server's set after the reset")
	}
	p.link.before, s.limit = nil, 500
	p.mustSync()
	p.agrees()
}

func TestC7_DifferenceIsReadAnewAtOnce(t *testing.T) {
	s, p := world(t)
	// A copy that went bad: the phone lost one record and keeps a ghost.
	ghost := &client.Record{Key: act("ghost"), Rev: 7, Doc: []byte("{}"), Marks: []client.Mark{{Scope: month1, Gen: 1}}}
	err := p.local.Update(func(tx client.LocalTx) error {
		c, err := tx.Scope(month1)
		if err != nil {
			return err
		}
		c.Sum = syncproto.AddSum(c.Sum, syncproto.Addend(month1, ghost.Type, ghost.ID, 7, ghost.H))
		rec, err := tx.Record(act("old2"))
		if err != nil {
			return err
		}
		c.Sum = syncproto.SubSum(c.Sum, syncproto.Addend(month1, rec.Type, rec.ID, rec.Rev, rec.H))
		return errors.Join(tx.PutRecord(ghost), tx.DeleteRecord(rec.Key), tx.PutScope(c))
	})
	if err != nil {
		t.Fatal(err)
	}
	out := p.mustSync()
	if out.Trips != 2 {
		t.Fatalf("%d round trips, want one that finds it and one that mends it", out.Trips)
	}
	last := s.requests[len(s.requests)-1]
	for _, q := range last.Pull {
		if q.Bad != (q.Scope == month1) {
			t.Fatalf("asked with %+v", q)
		}
	}
	p.agrees()
}

func TestC7_DifferenceThatStaysIsReportedForADay(t *testing.T) {
	s, p := world(t)
	s.badSums[month1] = true
	s.limit = 3 // the reading anew takes several pages
	out, err := p.Sync(context.Background())
	if err != nil || out.Trips > 8 {
		t.Fatalf("sync: %+v, %v", out, err)
	}
	st, err := p.Status()
	if err != nil || st.Agree || !slices.Contains(st.Problems, client.Problem{Kind: client.ProblemDiffers, Scope: month1}) {
		t.Fatalf("status: %+v, %v", st, err)
	}
	asked := func() (n int) {
		from := len(s.requests)
		p.mustSync()
		for _, r := range s.requests[from:] {
			for _, q := range r.Pull {
				if q.Bad {
					n++
				}
			}
		}
		return n
	}
	if n := asked(); n != 0 {
		t.Fatalf("asked again %d times on the same day", n)
	}
	// A day by the server's clock, not by the phone's.
	p.now = p.now.Add(72 * time.Hour)
	p.mustSync()
	p.now = p.now.Add(-72 * time.Hour)
	if n := asked(); n != 0 {
		t.Fatal("the phone's clock decided")
	}
	s.now += 25 * 3600 * 1000
	p.mustSync() // learns the time
	if n := asked(); n != 1 {
		t.Fatalf("asked %d times the day after, want once", n)
	}
	s.badSums[month1] = false
	p.mustSync()
	p.agrees()
}

func TestC7_WrongAckIsNoticed(t *testing.T) {
	s, p := world(t)
	p.edit("old0", "note=mới")
	p.link.after = func(r *client.Reply) (*client.Reply, error) {
		p.link.after = nil
		resp, err := syncproto.DecodeResponse(r.Body)
		if err != nil {
			return nil, err
		}
		for i := range resp.Scopes {
			for j := range resp.Scopes[i].Changes {
				if c := &resp.Scopes[i].Changes[j]; c.Op == syncproto.ChangeAck {
					c.H[0] ^= 1
					resp.Scopes[i].Sum, _ = syncproto.ParseBytes16(string(testID("wrong too")))
				}
			}
		}
		b, err := syncproto.Encode(resp)
		return &client.Reply{Status: 200, Body: b}, err
	}
	out := p.mustSync()
	if out.Trips != 2 || !s.requests[len(s.requests)-1].Pull[slices.IndexFunc(s.requests[len(s.requests)-1].Pull,
		func(q syncproto.Pull) bool { return q.Scope == month1 })].Bad {
		t.Fatalf("outcome: %+v", out)
	}
	p.agrees()
}

func TestC8_RevokedScopeGoesAfterItsVerdicts(t *testing.T) {
	s, p := world(t)
	p.create("a", "2026-11-02")
	p.create("b", "2026-11-03")
	s.revoked[month2], s.revoked[month1] = "purge", "purge"
	s.busyFrom = 1
	p.once()
	if c, known := p.scope(month1); !known || !c.Revoked || p.base(act("old0")) == nil || len(p.outbox()) != 1 {
		t.Fatalf("with a mutation waiting: %+v, known %v", c, known)
	}
	s.busyFrom = 0
	p.mustSync()
	for _, name := range []syncproto.Scope{month1, month2} {
		if _, known := p.scope(name); known {
			t.Fatalf("%s is still there", name)
		}
	}
	if p.base(act("old0")) != nil || p.base(client.Key{Type: "team", ID: teamID}) == nil {
		t.Fatal("purged too little or too much")
	}
	if st, _ := p.Status(); st.Unsent != 0 || st.Kept != 2 {
		t.Fatalf("status: %+v", st)
	}
	s.onceEach()
	// The right comes back: the scope comes from 0, by itself.
	delete(s.revoked, month1)
	delete(s.revoked, month2)
	p.mustSync()
	p.agrees()
}

func TestC8_ArchivedScopeStays(t *testing.T) {
	s, p := world(t)
	s.revoked[month1] = "archive"
	p.mustSync()
	if p.base(act("old0")) == nil {
		t.Fatal("archive took the records away")
	}
	p.mustSync()
	for _, q := range s.requests[len(s.requests)-1].Pull {
		if q.Scope == month1 {
			t.Fatal("an archived scope is asked for")
		}
	}
}
