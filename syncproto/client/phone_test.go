package client_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// link carries messages between an engine and the test's server, with faults.
type link struct {
	s      *server
	before func(body []byte) (*client.Reply, error, bool) // true: this is the answer
	after  func(*client.Reply) (*client.Reply, error)
	bodies [][]byte
}

func (l *link) Sync(_ context.Context, body []byte) (*client.Reply, error) {
	l.bodies = append(l.bodies, body)
	if l.before != nil {
		if r, err, ok := l.before(body); ok {
			return r, err
		}
	}
	r, err := l.deliver(body)
	if err == nil && l.after != nil {
		r, err = l.after(r)
	}
	return r, err
}

func (l *link) deliver(body []byte) (*client.Reply, error) {
	resp, err := l.s.sync(body)
	if err != nil {
		return &client.Reply{Status: http.StatusBadRequest}, nil
	}
	b, err := syncproto.Encode(resp)
	if err != nil {
		return nil, err
	}
	return &client.Reply{Status: http.StatusOK, Body: b}, nil
}

// phone is an engine with all that a test looks at.
type phone struct {
	t     *testing.T
	local client.Local
	link  *link
	now   time.Time
	rnd   *rand.ChaCha8
	*client.Engine
}

var (
	anna   = testID("anna")
	teamID = testID("team")
	month1 = syncproto.TeamMonthScope(teamID, "2026-10")
	month2 = syncproto.TeamMonthScope(teamID, "2026-11")
)

func testID(s string) syncproto.ID { return syncproto.Fingerprint([]byte(s)).ID() }

func act(name string) client.Key { return client.Key{Type: syncproto.TypeActivity, ID: testID(name)} }

func newPhone(t *testing.T, s *server, local client.Local) *phone {
	t.Helper()
	if local == nil {
		local = memlocal.New()
	}
	p := &phone{t: t, local: local, link: &link{s: s}, now: time.UnixMilli(1_700_000_000_000),
		rnd: rand.NewChaCha8([32]byte{byte(len(s.requests)), 7})}
	p.start()
	return p
}

// start is a new start of the app on the same database.
func (p *phone) start() {
	p.t.Helper()
	e, err := client.New(client.Config{Local: p.local, Transport: p.link, Rand: p.rnd, Person: anna, App: "1.0.0",
		Now: func() time.Time { return p.now }})
	if err != nil {
		p.t.Fatal(err)
	}
	p.Engine = e
}

// world is a server with a team of two months and a phone that has read it.
func world(t *testing.T) (*server, *phone) {
	t.Helper()
	s := newServer(t, anna)
	s.scopes = append(s.scopes, syncproto.TeamScope(teamID), month1, month2)
	s.put("category", testID("cat"), text("name=Hướng dẫn"), syncproto.ScopeRef)
	s.put("team", teamID, text("name=Bản Số"), syncproto.TeamScope(teamID))
	for i := range 5 {
		s.put("activity", testID(fmt.Sprint("old", i)), text("team="+string(teamID), "done_on=2026-10-0"+fmt.Sprint(i+1), "note=cũ"))
	}
	p := newPhone(t, s, nil)
	p.mustSync()
	p.agrees()
	return s, p
}

func (p *phone) mustSync() client.Outcome {
	p.t.Helper()
	out, err := p.Sync(context.Background())
	if err != nil || out.Kind != client.OK {
		p.t.Fatalf("sync: %+v, %v", out, err)
	}
	return out
}

func (p *phone) once() client.Outcome {
	p.t.Helper()
	out, err := p.SyncOnce(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func (p *phone) create(name, day string, pairs ...string) client.Saved {
	p.t.Helper()
	set := text(append(pairs, "team="+string(teamID), "done_on="+day)...)
	s, err := p.Create(syncproto.TypeActivity, testID(name), set, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *phone) edit(name string, pairs ...string) client.Saved {
	p.t.Helper()
	s, err := p.Edit(act(name), text(pairs...), nil, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *phone) shows(name, field, want string) {
	p.t.Helper()
	s, err := p.View(act(name))
	if err != nil || s.Doc.Str(field) != want {
		p.t.Fatalf("%s shows %s = %q (%v), want %q", name, field, s.Doc.Str(field), err, want)
	}
}

func (p *phone) base(k client.Key) *client.Record {
	p.t.Helper()
	var rec *client.Record
	err := p.local.View(func(r client.LocalReader) (err error) {
		rec, err = r.Record(k)
		if err == client.ErrNotFound {
			return nil
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return rec
}

func (p *phone) meta() (m client.Meta) {
	p.t.Helper()
	err := p.local.View(func(r client.LocalReader) (err error) { m, err = r.Meta(); return err })
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p *phone) outbox() []client.Item {
	return p.items(func(r client.LocalReader, take func(*client.Item) bool) error { return r.Outbox(0, take) })
}

func (p *phone) sent() []client.Item { return p.items(client.LocalReader.Sent) }

func (p *phone) items(read func(client.LocalReader, func(*client.Item) bool) error) (list []client.Item) {
	p.t.Helper()
	err := p.local.View(func(r client.LocalReader) error {
		list = nil
		return read(r, func(it *client.Item) bool { list = append(list, *it); return true })
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}

func (p *phone) scope(name syncproto.Scope) (s client.ScopeState, known bool) {
	p.t.Helper()
	err := p.local.View(func(r client.LocalReader) (err error) {
		s, err = r.Scope(name)
		return err
	})
	if err != nil && err != client.ErrNotFound {
		p.t.Fatal(err)
	}
	return s, err == nil
}

// agrees asserts that base is the server's set in every scope, document for
// document, that sums are kept right, and that nothing waits.
func (p *phone) agrees() {
	p.t.Helper()
	if bad, err := p.Verify(); err != nil || len(bad) > 0 {
		p.t.Fatalf("kept sums are wrong in %v (%v)", bad, err)
	}
	st, err := p.Status()
	if err != nil || !st.Agree || st.Unsent != 0 {
		p.t.Fatalf("status: agree %v, %d unsent, %v, %+v", st.Agree, st.Unsent, err, st.Scopes)
	}
	for _, name := range p.link.s.scopes {
		want, got := map[client.Key]string{}, map[client.Key]string{}
		for k, rec := range p.link.s.db.recs {
			if slices.Contains(rec.scopes, name) {
				want[k] = fmt.Sprint(rec.rev, string(rec.doc.AppendCanonical(nil)))
			}
		}
		err := p.local.View(func(r client.LocalReader) error {
			return r.Members(name, "", func(rec *client.Record) bool {
				got[rec.Key] = fmt.Sprint(rec.Rev, string(rec.Doc))
				return true
			})
		})
		if err != nil {
			p.t.Fatal(err)
		}
		if _, gone := p.link.s.revoked[name]; gone {
			clear(want)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			p.t.Fatalf("base of %s (-server +phone):\n%s", name, diff)
		}
	}
}

// onceEach asserts that no mutation took effect twice.
func (s *server) onceEach() {
	s.t.Helper()
	for fp, n := range s.db.effects {
		if n != 1 {
			s.t.Fatalf("mutation %v took effect %d times", fp, n)
		}
	}
}

func newRand() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }
