package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
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
