package syncsvc

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
)

// tagged is request with the tag in place of the list.
func (p *phone) tagged(first int, tag string) *syncproto.Request {
	r := p.request(first)
	r.Pull, r.Tag = nil, tag
	return r
}

func (p *phone) list() (list []syncproto.Pull) {
	for sc, cur := range p.cur {
		list = append(list, syncproto.Pull{Scope: sc, Cur: cur})
	}
	return list
}

// TestTag_StandsForTheList: the server tells the tag of the list that the
// phone then has; the tag gets the answer that the list gets, whether or not
// anything is new, and holds on while nothing is.
func TestTag_StandsForTheList(t *testing.T) {
	w := newWorld(t)
	p, other := w.phone(w.member), w.phone(w.leader)
	first := p.send()
	for round := range 4 {
		p.take(first)
		if want := syncproto.PullTag(p.list()); first.Tag != want || want == "" {
			t.Fatalf("tag %q of the list that has %q", first.Tag, want)
		}
		idle := p.call(p.tagged(len(p.sent), first.Tag))
		if len(idle.Scopes) != 0 || idle.Tag != "" || !idle.Brief {
			t.Fatalf("nothing is new: %+v", idle)
		}
		if round == 3 {
			break
		}
		other.want(w.create(w.id(), w.team, "2023-06-10"), syncproto.Applied, "")
		short := p.call(p.tagged(len(p.sent), first.Tag))
		full := p.call(p.request(len(p.sent))) // as if that answer had been lost
		if full.Tag != short.Tag || len(full.Scopes) == 0 {
			t.Fatalf("tags %q and %q, %d pages", full.Tag, short.Tag, len(full.Scopes))
		}
		full.Hint, short.Hint, short.Brief = syncproto.Hint{}, syncproto.Hint{}, false
		byScope := func(r *syncproto.Response) map[syncproto.Scope]syncproto.ScopePage {
			m := map[syncproto.Scope]syncproto.ScopePage{}
			for _, g := range r.Scopes {
				m[g.Scope] = g
			}
			return m
		}
		if d := cmp.Diff(byScope(full), byScope(short)); d != "" {
			t.Fatal(d)
		}
		first = short
	}
}

// TestTag_Unknown: a tag of another list, of another client or from before a
// restart pulls nothing and says so; what was pushed with it is decided.
func TestTag_Unknown(t *testing.T) {
	w := newWorld(t)
	p := w.phone(w.member)
	tag := p.send().Tag
	p.sent = append(p.sent, p.encode(w.create(w.id(), w.team, "2023-06-10")))
	resp := p.call(p.tagged(0, "AAAAAAAAAAA"))
	if resp.Tag != syncproto.NoTag || len(resp.Scopes) != 0 || len(resp.Verdicts) != 1 || resp.Ack != 1 {
		t.Errorf("another list's tag: %+v", resp)
	}
	q := w.phone(w.member)
	if resp := q.call(q.tagged(0, tag)); resp.Tag != syncproto.NoTag || len(resp.Scopes) != 0 {
		t.Errorf("another client's tag: %+v", resp)
	}
	p.take(p.call(p.request(1)))
	w.svc = New(w.svc.cfg)
	if resp := p.call(p.tagged(1, syncproto.PullTag(p.list()))); resp.Tag != syncproto.NoTag {
		t.Errorf("after a restart: %+v", resp)
	}
}

// TestTag_NotWhileMoreIsLeft: a list that a page is missing of has no tag.
func TestTag_NotWhileMoreIsLeft(t *testing.T) {
	w := newWorld(t)
	p := w.phone(w.member)
	p.send(w.create(w.id(), w.team, "2023-06-10"), w.create(w.id(), w.team, "2023-06-11"))
	q := w.phone(w.leader)
	r := q.request(0)
	r.Limit = 1
	if resp := q.call(r); resp.Tag != "" {
		t.Errorf("tag %q with pages left", resp.Tag)
	}
}

// TestTag_IdleSync: a sync that changes nothing is 400 bytes, both bodies.
func TestTag_IdleSync(t *testing.T) {
	w := newWorld(t)
	p := w.phone(w.member)
	p.send(w.create(w.id(), w.team, "2023-06-10"))
	p.take(p.call(p.request(1)))
	req := p.tagged(1, syncproto.PullTag(p.list()))
	req.App, req.Clock = "1.0.0", w.now.UnixMilli()
	resp := p.call(req)
	if up, down := len(req.AppendJSON(nil)), len(resp.AppendJSON(nil)); up+down > 400 {
		t.Errorf("%d up, %d down:\n%s\n%s", up, down, req.AppendJSON(nil), resp.AppendJSON(nil))
	}
}
