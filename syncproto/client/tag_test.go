package client_test

import (
	"errors"
	"testing"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// TestTag: the list is named by its tag once the server has told it, and only
// while it is the very list and the last answer was read; a server that knows
// nothing of it is sent the list at once.
func TestTag(t *testing.T) {
	s, p := world(t)
	s.lists = map[syncproto.ID][]syncproto.Pull{}
	short := func() bool {
		r := s.requests[len(s.requests)-1]
		if r.Tag == "" && len(p.link.bodies) > 0 && len(s.lists) > 0 && len(r.Pull) < 2 {
			t.Fatalf("neither tag nor list: %s", p.link.bodies[len(p.link.bodies)-1])
		}
		return r.Tag != ""
	}
	if p.mustSync(); short() {
		t.Fatal("a tag that nobody has told")
	}
	for i := range 3 {
		s.put("activity", testID("old0"), text("note="+string(rune('a'+i))))
		p.edit("old1", "note="+string(rune('k'+i)))
		if out := p.mustSync(); !short() || out.Trips != 1 {
			t.Fatalf("the whole list was sent, %d trips", out.Trips)
		}
		p.agrees()
	}

	s.lists = map[syncproto.ID][]syncproto.Pull{} // started anew
	p.create("new", "2026-11-05")
	if out := p.mustSync(); out.Trips != 2 || short() || out.Acked != 1 {
		t.Fatalf("a server that was started anew: %+v", out)
	}
	p.agrees()
	if p.mustSync(); !short() {
		t.Fatal("the tag of the new server is not used")
	}

	p.link.after = func(*client.Reply) (*client.Reply, error) { return nil, errors.New("lost") }
	if out := p.once(); out.Kind != client.Offline {
		t.Fatalf("%+v", out)
	}
	p.link.after = nil
	if p.mustSync(); short() {
		t.Fatal("a tag after an answer that was lost")
	}
	if p.mustSync(); !short() {
		t.Fatal("no tag after an answer that came")
	}
	p.start()
	if p.mustSync(); short() {
		t.Fatal("a tag was kept over a start of the app")
	}
	p.agrees()
}
