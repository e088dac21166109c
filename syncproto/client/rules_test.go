package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

func TestC1_BaseAndOutboxAreApart(t *testing.T) {
	s, p := world(t)
	before := p.base(act("old0"))
	p.edit("old0", "note=mới")
	p.create("a", "2026-11-02", "note=x")
	if diff := cmp.Diff(before, p.base(act("old0"))); diff != "" {
		t.Fatalf("an edit changed base:\n%s", diff)
	}
	if p.base(act("a")) != nil {
		t.Fatal("a record that only this phone knows is in base")
	}
	p.shows("old0", "note", "mới")
	p.start()
	p.shows("old0", "note", "mới")
	list, err := p.List(syncproto.TypeActivity, month2)
	if err != nil || len(list) != 1 || list[0].ID != testID("a") || list[0].Pending != 1 {
		t.Fatalf("list of the month: %+v, %v", list, err)
	}
	// Somebody else's change shows below the outbox.
	s.put("activity", testID("old0"), text("note=khác", "place=Bản Lùng"))
	p.link.before = func([]byte) (*client.Reply, error, bool) { return nil, errNet, true }
	p.once()
	p.link.before = nil
	s.busyFrom = 1 // the server decides the edit, not the creation
	p.once()
	p.shows("old0", "note", "mới")
	p.shows("old0", "place", "Bản Lùng")
	p.shows("a", "note", "x")
	s.busyFrom = 0
	p.mustSync()
	p.agrees()
}

// A record moved by an edit here is listed where it will be.
func TestList_MovedRecord(t *testing.T) {
	_, p := world(t)
	p.edit("old0", "done_on=2026-11-09")
	if _, err := p.Delete(act("old1")); err != nil {
		t.Fatal(err)
	}
	count := func(scope syncproto.Scope, want int) {
		t.Helper()
		if list, err := p.List(syncproto.TypeActivity, scope); err != nil || len(list) != want {
			t.Fatalf("%s lists %d (%v), want %d", scope, len(list), err, want)
		}
	}
	count(month1, 3)
	count(month2, 1)
	p.mustSync()
	p.agrees()
	count(month1, 3)
	count(month2, 1)
}

func TestC2_OneTransactionPerResponse(t *testing.T) {
	s, p := world(t)
	k := &killer{Local: p.local}
	p.local = k
	p.start()
	p.edit("old0", "note=mới")
	for i := range 40 {
		s.put("activity", testID(fmt.Sprint("n", i)), text("team="+string(teamID), "done_on=2026-11-01"))
	}
	k.updates = 0
	p.once()
	if k.updates != 2 {
		t.Fatalf("%d transactions for one round trip, want one before it and one after", k.updates)
	}
	p.agrees()
}

func TestC3_SentIsKeptUntilDurable(t *testing.T) {
	s, p := world(t)
	p.create("a", "2026-11-02")
	p.mustSync()
	p.edit("a", "note=x")
	p.mustSync()
	sent := p.sent()
	if len(sent) != 2 || sent[0].Stamp == 0 || sent[0].Stamp >= sent[1].Stamp {
		t.Fatalf("sent: %+v", sent)
	}
	s.durable = sent[1].Stamp - 1
	p.mustSync()
	if left := p.sent(); len(left) != 1 || left[0].N != 2 {
		t.Fatalf("with the first one durable there is left: %+v", left)
	}
	s.durable = sent[1].Stamp
	p.mustSync()
	if left := p.sent(); len(left) != 0 {
		t.Fatalf("with both durable there is left: %+v", left)
	}
}

func TestC4_RotateOffersTheSameBytes(t *testing.T) {
	s := newServer(t, anna)
	s.scopes = append(s.scopes, month2)
	local := memlocal.New()
	p := newPhone(t, s, local)
	p.create("a", "2026-11-02")
	p.mustSync()
	old := local.Snapshot()
	p.edit("a", "note=1")
	p.mustSync()
	p.edit("a", "note=2")
	local.Restore(old) // the phone comes back from a backup
	p.start()
	p.edit("a", "place=ở đây")
	raws := raws(append(p.sent(), p.outbox()...))
	client1 := p.meta().Client
	out := p.once()
	if out.Kind != client.Rotated || !out.More {
		t.Fatalf("outcome: %+v", out)
	}
	m := p.meta()
	if m.Client == client1 || m.Top != 2 || m.Ack != 0 || !m.Chain.IsZero() || m.Seen == nil {
		t.Fatalf("after rotation: %+v", m)
	}
	box := p.outbox()
	if diff := cmp.Diff(raws, rawsOf(box)); diff != "" || box[0].N != 1 || box[1].N != 2 {
		t.Fatalf("outbox after rotation, from n = %d:\n%s", box[0].N, diff)
	}
	if cur, _ := p.scope(month2); cur.Cur == 0 {
		t.Fatal("a rotation without loss sets no cursor to 0")
	}
	p.mustSync()
	p.agrees()
	s.onceEach()
	p.shows("a", "note", "1")
	p.shows("a", "place", "ở đây")
}

func TestC4_LostReadsAnew(t *testing.T) {
	s, p := world(t)
	backup := s.backup()
	p.create("a", "2026-11-02", "note=sau")
	p.mustSync()
	s.put("activity", testID("old1"), text("note=lost with the disk"))
	p.mustSync()
	s.restore(backup)
	p.edit("old0", "note=mới")
	if out := p.once(); out.Kind != client.Lost {
		t.Fatalf("outcome: %+v", out)
	}
	if c, _ := p.scope(month1); c.Cur != 0 || p.meta().Seen != nil {
		t.Fatalf("cursor %d, seen %v", c.Cur, p.meta().Seen)
	}
	p.shows("a", "note", "sau")
	p.mustSync()
	p.agrees()
	p.shows("a", "note", "sau")
	p.shows("old0", "note", "mới")
	p.shows("old1", "note", "cũ")
	// Seen history again: the next start of the server disturbs nobody.
	s.restore(s.backup())
	if out := p.mustSync(); out.Trips != 1 {
		t.Fatalf("after a plain restart: %+v", out)
	}
}

func raws(items []client.Item) []string { return rawsOf(items) }

func rawsOf(items []client.Item) (list []string) {
	for _, it := range items {
		list = append(list, string(it.Raw))
	}
	return list
}

func TestC5_OnlyTheNewestRequestsAnswerIsApplied(t *testing.T) {
	s, p := world(t)
	second, err := client.New(client.Config{Local: p.local, Transport: &link{s: s}, Rand: p.rnd, Person: anna,
		Now: func() time.Time { return p.now }})
	if err != nil {
		t.Fatal(err)
	}
	p.create("a", "2026-11-02")
	p.link.after = func(r *client.Reply) (*client.Reply, error) { // a second tab syncs before this answer arrives
		p.link.after = nil
		p.edit("a", "note=x")
		if out, err := second.SyncOnce(context.Background()); err != nil || out.Kind != client.OK || out.Acked != 2 {
			t.Fatalf("second tab: %+v, %v", out, err)
		}
		return r, nil
	}
	want := func() client.Meta { m := p.meta(); m.Request = ""; return m }
	out := p.once()
	if out.Kind != client.Stale || out.Acked != 0 {
		t.Fatalf("the older answer: %+v", out)
	}
	if m := want(); m.Ack != 2 {
		t.Fatalf("ack is %d", m.Ack)
	}
	p.mustSync()
	p.agrees()
	s.onceEach()
}

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

// tokens counts what the transport does with a session.
type tokens struct{ current, refreshed int }

func (k *tokens) Token(context.Context) (string, error) { return fmt.Sprint("token", k.current), nil }
func (k *tokens) Refresh(_ context.Context, refused string) (string, error) {
	if refused != fmt.Sprint("token", k.current) {
		return "", errors.New("refreshed a token that was not refused")
	}
	k.current++
	k.refreshed++
	return fmt.Sprint("token", k.current), nil
}

func TestC9_OnlyTheServerEndsASession(t *testing.T) {
	s := newServer(t, anna)
	valid, tries := "Bearer token0", 0
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tries++
		if r.Header.Get("Authorization") != valid {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(s, w, r)
	}))
	defer h.Close()
	keys := &tokens{}
	p := newPhone(t, s, nil)
	e, err := client.New(client.Config{Local: p.local, Transport: &client.HTTP{Base: h.URL, Tokens: keys}, Rand: p.rnd,
		Person: anna, Now: func() time.Time { return p.now }})
	if err != nil {
		t.Fatal(err)
	}
	p.Engine = e
	for _, year := range []int{1970, 2026, 2099} {
		p.now = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		p.mustSync()
	}
	if keys.refreshed != 0 || tries != 3 {
		t.Fatalf("%d refreshes, %d requests: the clock ended a session", keys.refreshed, tries)
	}
	valid = "Bearer token1"
	p.mustSync()
	if keys.refreshed != 1 || tries != 5 {
		t.Fatalf("%d refreshes, %d requests after the server refused", keys.refreshed, tries)
	}
	valid = "nobody's"
	if out := p.once(); out.Kind != client.SignIn || out.Next == 0 {
		t.Fatalf("outcome: %+v", out)
	}
}

func TestC10_EditInFlightIsItsOwnMutation(t *testing.T) {
	s, p := world(t)
	p.create("a", "2026-11-02", "note=1")
	p.link.after = func(r *client.Reply) (*client.Reply, error) {
		p.link.after = nil
		p.edit("a", "note=2")
		return r, nil
	}
	out := p.once()
	if out.Acked != 1 || !out.More {
		t.Fatalf("outcome: %+v", out)
	}
	box := p.outbox()
	if len(box) != 1 || box[0].N != 2 || box[0].Op != syncproto.OpEdit {
		t.Fatalf("outbox: %+v", box)
	}
	m, err := syncproto.DecodeMutation(box[0].Raw)
	if err != nil || m.Was.Str("note") != "1" {
		t.Fatalf("was %v, %v", m.Was, err)
	}
	if doc, _ := syncproto.DecodeDoc(p.base(act("a")).Doc); doc.Str("note") != "1" {
		t.Fatalf("the ack put the newer edit into base: %v", doc)
	}
	p.shows("a", "note", "2")
	p.mustSync()
	p.agrees()
	p.shows("a", "note", "2")
	s.onceEach()
}

func TestC11_RefusedWhenSaved(t *testing.T) {
	_, p := world(t)
	deep := strings.Repeat(`{"a":`, 7) + "1" + strings.Repeat("}", 7)
	for name, tc := range map[string]struct {
		set  syncproto.Doc
		add  syncproto.Sets
		code syncproto.Code
	}{
		"too large":     {set: text("note=" + strings.Repeat("x", syncproto.MaxMutationBytes)), code: syncproto.CodeTooLarge},
		"decomposed":    {set: text("note=Ba\u0309n"), code: syncproto.CodeInvalid},
		"a float":       {set: syncproto.Doc{"minutes": []byte("1.5")}, code: syncproto.CodeInvalid},
		"2^53":          {set: syncproto.Doc{"minutes": []byte("9007199254740992")}, code: syncproto.CodeInvalid},
		"too deep":      {set: syncproto.Doc{"x": []byte(deep)}, code: syncproto.CodeInvalid},
		"key":           {set: syncproto.Doc{"ghi chú": []byte("1")}, code: syncproto.CodeInvalid},
		"twice":         {set: syncproto.Doc{"x": []byte(`{"a":1,"a":2}`)}, code: syncproto.CodeInvalid},
		"no JSON":       {set: syncproto.Doc{"x": []byte(`{`)}, code: syncproto.CodeInvalid},
		"empty element": {add: syncproto.Sets{"evidence": {""}}, code: syncproto.CodeInvalid},
	} {
		_, err := p.Create(syncproto.TypeActivity, "", tc.set, tc.add)
		var refused *client.RefusedError
		if !errors.As(err, &refused) || refused.Code != tc.code {
			t.Errorf("%s: %v, want %s", name, err, tc.code)
		}
	}
	if m := p.meta(); m.Top != 0 || len(p.outbox()) != 0 {
		t.Fatalf("something was saved: %+v", m)
	}
	// What just fits is saved, and the server takes it.
	s, err := p.Create(syncproto.TypeActivity, "", text("team="+string(teamID), "done_on=2026-11-05", "note="+strings.Repeat("x", 16000)), nil)
	if err != nil || s.N != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	p.mustSync()
	p.agrees()
}

func TestC11_TooLargeHalvesTheList(t *testing.T) {
	s, p := world(t)
	for i := range 40 {
		p.create(fmt.Sprint("n", i), "2026-11-02")
	}
	var sizes []int
	p.link.before = func(body []byte) (*client.Reply, error, bool) {
		req, err := syncproto.DecodeRequest(body)
		if err != nil {
			return nil, err, true
		}
		sizes = append(sizes, len(req.Push.List))
		return &client.Reply{Status: http.StatusRequestEntityTooLarge}, nil, len(req.Push.List) > 12
	}
	p.mustSync()
	p.agrees()
	s.onceEach()
	if diff := cmp.Diff([]int{40, 20, 10, 20, 10}, sizes[:5]); diff != "" {
		t.Fatalf("lists: %v", sizes)
	}
}
