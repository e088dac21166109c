package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// The server has decided more than this request carries: the verdicts of the
// rest are fetched, not assumed.
func TestSync_AckBeyondTheRequest(t *testing.T) {
	s, p := world(t)
	for i := range 4 {
		p.create(fmt.Sprint("n", i), "2026-11-02")
	}
	p.edit("nowhere", "note=x") // will wait, which the person must see
	p.link.after = func(*client.Reply) (*client.Reply, error) { return nil, errNet }
	p.once()
	p.link.after = nil
	p.link.before = func([]byte) (*client.Reply, error, bool) {
		p.link.before = nil
		return &client.Reply{Status: http.StatusRequestEntityTooLarge}, nil, true
	}
	if out := p.mustSync(); out.Acked != 5 || len(out.Verdicts) != 5 {
		t.Fatalf("outcome: %+v", out)
	}
	log, err := p.Log()
	if err != nil || len(log) != 1 || log[0].Verdict.V != syncproto.Waiting || log[0].Op != syncproto.OpEdit {
		t.Fatalf("log: %+v, %v", log, err)
	}
	s.onceEach()
	p.agrees()
}

// What was acked stays visible while its page is still to come.
func TestView_AckedButNotYetInBase(t *testing.T) {
	s, p := world(t)
	for i := range 6 {
		s.put("activity", testID(fmt.Sprint("n", i)), text("team="+string(teamID), "done_on=2026-11-01"))
	}
	s.limit = 2
	p.create("z", "2026-11-30", "note=của tôi")
	for range 2 {
		p.once()
		if p.base(act("z")) != nil || len(p.outbox()) != 0 {
			t.Fatal("the page with the record came too early for this test")
		}
		p.shows("z", "note", "của tôi")
		p.start()
		p.shows("z", "note", "của tôi")
	}
	p.mustSync()
	p.agrees()
	for _, it := range p.sent() {
		if it.Lag {
			t.Fatalf("still laid over base: %+v", it)
		}
	}
}

// After a rotation old mutations wait in the outbox again; they don't hide
// what came after them.
func TestView_AfterRotation(t *testing.T) {
	s, p := world(t)
	p.edit("old0", "note=của tôi")
	p.mustSync()
	s.put("activity", testID("old0"), text("note=của người khác"))
	p.mustSync()
	s.db.clients = map[syncproto.ID]srvClient{}
	if out := p.once(); out.Kind != client.Rotated {
		t.Fatalf("outcome: %+v", out)
	}
	p.shows("old0", "note", "của người khác")
	p.edit("old0", "place=ở đây")
	out := p.mustSync()
	if out.Trips != 1 || len(p.outbox()) != 0 {
		t.Fatalf("outcome: %+v", out)
	}
	p.agrees()
	p.shows("old0", "note", "của người khác")
	if log, err := p.Log(); err != nil || len(log) != 0 {
		t.Fatalf("log: %+v, %v", log, err)
	}
}

func TestDo_FillsIn(t *testing.T) {
	_, p := world(t)
	p.create("a", "2026-11-02", "note=1")
	p.now = p.now.Add(-10 * 365 * 24 * time.Hour)
	p.edit("a", "note=2", "place=mới")
	if _, err := p.Review(act("old0"), "approve", "", false); err != nil {
		t.Fatal(err)
	}
	var ms []*syncproto.Mutation
	for _, it := range p.outbox() {
		m, err := syncproto.DecodeMutation(it.Raw)
		if err != nil || m.By != anna || it.FP != syncproto.Fingerprint(it.Raw) {
			t.Fatalf("%+v, %v", m, err)
		}
		ms = append(ms, m)
	}
	seen := p.meta().Seen
	if at := fmt.Sprintf("%s/%d", seen.Epoch, seen.Commit); ms[0].At != at || ms[1].At != at {
		t.Fatalf("at %q, %q, want %q", ms[0].At, ms[1].At, at)
	}
	if ms[1].T <= ms[0].T || ms[2].T <= ms[1].T {
		t.Fatal("t does not rise")
	}
	if diff := cmp.Diff(text("note=1"), ms[1].Was); diff != "" {
		t.Fatalf("was:\n%s", diff)
	}
	shown, err := p.View(act("old0"))
	if err != nil || ms[2].Seen != syncproto.ContentHash(syncproto.TypeActivity, shown.Doc) {
		t.Fatalf("seen %v, %v", ms[2].Seen, err)
	}
}

func TestNew_OtherPerson(t *testing.T) {
	_, p := world(t)
	_, err := client.New(client.Config{Local: p.local, Now: time.Now, Rand: newRand(), Person: testID("bình")})
	if !errors.Is(err, client.ErrOtherPerson) {
		t.Fatal(err)
	}
}

func TestExport_ToAnotherPhone(t *testing.T) {
	s, p := world(t)
	p.create("a", "2026-11-02")
	p.mustSync()
	p.edit("a", "note=x")
	file, err := p.Export()
	if err != nil {
		t.Fatal(err)
	}
	q := newPhone(t, s, nil)
	for i, want := range []int{2, 0} {
		if n, err := q.Import(file); err != nil || n != want {
			t.Fatalf("import %d: %d, %v", i, n, err)
		}
	}
	q.mustSync()
	q.agrees()
	q.shows("a", "note", "x")
	p.mustSync()
	p.agrees()
	s.onceEach()
	for name, bad := range map[string][]byte{
		"empty": nil, "other": []byte(`{"format":"x/1","person":"","mutations":[]}`), "cut": file[:len(file)-3],
		"damaged": []byte(`{"format":"banso-outbox/1","person":"` + string(anna) + `","mutations":[{}]}`),
	} {
		if _, err := q.Import(bad); !errors.Is(err, client.ErrExport) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e, err := client.New(client.Config{Local: memlocal.New(), Now: time.Now, Rand: newRand(), Person: testID("bình")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Import(file); !errors.Is(err, client.ErrOtherPerson) {
		t.Fatalf("another person's file: %v", err)
	}
}

// More scopes than a request may name: the newest always, the others in turn.
func TestSync_ManyScopes(t *testing.T) {
	s, p := world(t)
	for i := range 12 {
		if err := p.AddScope(syncproto.TeamMonthScope(teamID, fmt.Sprintf("2025-%02d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.AddScope("team:x"); !errors.Is(err, client.ErrBadScope) {
		t.Fatalf("a bad name: %v", err)
	}
	e, err := client.New(client.Config{Local: p.local, Transport: p.link, Rand: p.rnd, Person: anna,
		Now: func() time.Time { return p.now }, Limits: client.Limits{Scopes: 8}})
	if err != nil {
		t.Fatal(err)
	}
	asked := map[syncproto.Scope]int{}
	for range 6 {
		if out, err := e.SyncOnce(context.Background()); err != nil || out.Kind != client.OK {
			t.Fatalf("%+v, %v", out, err)
		}
		pull := s.requests[len(s.requests)-1].Pull
		if len(pull) != 8 {
			t.Fatalf("asked for %d scopes", len(pull))
		}
		for _, q := range pull {
			asked[q.Scope]++
		}
	}
	if len(asked) != 17 || asked[syncproto.ScopeRef] != 6 || asked[syncproto.UserScope(anna)] != 6 {
		t.Fatalf("asked: %v", asked)
	}
}

func TestSync_BackOff(t *testing.T) {
	_, p := world(t)
	p.link.before = func([]byte) (*client.Reply, error, bool) { return nil, errNet, true }
	var waits []time.Duration
	for range 14 {
		out := p.once()
		if out.Kind != client.Offline || out.More {
			t.Fatalf("%+v", out)
		}
		waits = append(waits, out.Next)
	}
	for i, w := range waits {
		full := min(2*time.Second<<i, 15*time.Minute)
		if w < full/2 || w > full {
			t.Fatalf("wait %d is %v, want %v to %v", i, w, full/2, full)
		}
	}
	if waits[10] == waits[11] && waits[11] == waits[12] {
		t.Fatal("no jitter")
	}
	p.link.before = func([]byte) (*client.Reply, error, bool) {
		return &client.Reply{Status: 503, RetryAfter: 42 * time.Second}, nil, true
	}
	if out := p.once(); out.Kind != client.Busy || out.Next != 42*time.Second {
		t.Fatalf("the server's choice is not kept: %+v", out)
	}
	p.link.before = nil
	p.mustSync()
	p.link.before = func([]byte) (*client.Reply, error, bool) { return nil, errNet, true }
	if out := p.once(); out.Next > 2*time.Second {
		t.Fatalf("after a success the wait begins at %v", out.Next)
	}
}

// An answer that can't be read, or is of no known state, changes nothing.
func TestSync_GarbledAnswers(t *testing.T) {
	s, p := world(t)
	p.create("a", "2026-11-02")
	box, cur := p.outbox(), func() client.ScopeState { c, _ := p.scope(month1); return c }
	before := cur()
	for _, body := range []string{"", "null", "<html>", "[]", `{"state":"ok"`, `{"state":"new"}`, `{"ack":"x"}`} {
		p.link.before = func([]byte) (*client.Reply, error, bool) {
			return &client.Reply{Status: 200, Body: []byte(body)}, nil, true
		}
		if out := p.once(); out.Kind != client.Garbled || out.More || out.Next == 0 {
			t.Errorf("%s: %+v", body, out)
		}
	}
	if diff := cmp.Diff(box, p.outbox()) + cmp.Diff(before, cur()); diff != "" {
		t.Fatalf("changed:\n%s", diff)
	}
	p.link.before = nil
	p.mustSync()
	p.agrees()
	s.onceEach()
}

// FuzzSync_Answer: no answer whatever loses a mutation or breaks the database.
func FuzzSync_Answer(f *testing.F) {
	f.Add([]byte(`{"epoch":"e","now":1,"commit":200,"durable":500,"state":"ok","ack":1,"verdicts":[{"n":1,"v":"applied"}],` +
		`"scopes":[{"scope":"ref","from":0,"to":9,"reset":true,"changes":[{"op":"put","type":"x","id":"y","rev":1,"doc":{}},` +
		`{"op":"ack","type":"x","id":"y","rev":2,"srv":[]}]}],"revoked":[{"scope":"ref"}]}`))
	f.Add([]byte(`{"state":"lost"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := newServer(t, anna)
		p := newPhone(t, s, nil)
		a := p.create("a", "2026-11-02")
		p.link.before = func([]byte) (*client.Reply, error, bool) { return &client.Reply{Status: 200, Body: body}, nil, true }
		out := p.once()
		if bad, err := p.Verify(); err != nil || len(bad) > 0 {
			t.Fatalf("sums are wrong in %v, %v", bad, err)
		}
		if !p.holds()[a.FP] && out.Acked == 0 {
			t.Fatal("a mutation without a verdict is gone")
		}
		p.link.before = nil
		for range 3 {
			p.once()
		}
	})
}

// A person goes on saving and looking while a sync runs.
func TestEngine_Concurrent(t *testing.T) {
	s, p := world(t)
	var all sync.WaitGroup
	for g := range 3 {
		all.Go(func() {
			for i := range 20 {
				name := fmt.Sprint("g", g, "-", i)
				if _, err := p.Create(syncproto.TypeActivity, testID(name), text("team="+string(teamID), "done_on=2026-11-02"), nil); err != nil {
					t.Error(err)
				}
				if _, err := p.List(syncproto.TypeActivity, month2); err != nil {
					t.Error(err)
				}
				if _, err := p.Status(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Go(func() {
		for range 10 {
			if out, err := p.SyncOnce(context.Background()); err != nil || out.Kind != client.OK {
				t.Errorf("%+v, %v", out, err)
			}
		}
	})
	all.Wait()
	p.mustSync()
	p.agrees()
	s.onceEach()
	if len(s.db.effects) != 60 {
		t.Fatalf("%d mutations arrived, want 60", len(s.db.effects))
	}
}
