package client_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/boltlocal"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// story is the scripted life that the kill tests cut at every step: it makes
// every kind of local write. A step that saves is repeated after a kill unless
// its mutation is in the database; the others are repeated as they are.
type storyStep struct {
	save   func(p *phone) error
	do     func(p *phone)
	server func(s *server) // of the world, not of the phone
}

func saves(f func(p *phone) (client.Saved, error)) storyStep {
	return storyStep{save: func(p *phone) error { _, err := f(p); return err }}
}

func creates(name, day string) storyStep {
	return saves(func(p *phone) (client.Saved, error) {
		return p.Create(syncproto.TypeActivity, testID(name), text("team="+string(teamID), "done_on="+day, "note="+name), nil)
	})
}

func edits(name string, pairs ...string) storyStep {
	return saves(func(p *phone) (client.Saved, error) { return p.Edit(act(name), text(pairs...), nil, nil) })
}

func syncs() storyStep {
	return storyStep{do: func(p *phone) {
		for range 12 {
			if out := p.once(); out.Kind == client.OK && !out.More {
				return
			}
		}
		p.t.Fatal("does not come to rest")
	}}
}

func world1(f func(s *server)) storyStep { return storyStep{server: f} }

func story() []storyStep {
	var backup serverDB
	lostAnswer := storyStep{do: func(p *phone) {
		p.link.after = func(*client.Reply) (*client.Reply, error) { return nil, errNet }
		p.once()
		p.link.after = nil
	}}
	return []storyStep{
		creates("a", "2026-11-01"), syncs(),
		edits("a", "note=2"), creates("b", "2026-11-02"), lostAnswer,
		edits("b", "place=Bản"), syncs(),
		world1(func(s *server) { s.put("activity", testID("a"), text("place=khác")); backup = s.backup() }),
		saves(func(p *phone) (client.Saved, error) { return p.Attach(act("a"), "paper:1") }),
		saves(func(p *phone) (client.Saved, error) { return p.Submit(act("a")) }), syncs(),
		edits("old1", "done_on=2026-11-20"), syncs(), // moves to another scope
		world1(func(s *server) { s.durable = backup.seq }), syncs(), // drops from sent
		saves(func(p *phone) (client.Saved, error) { return p.Delete(act("b")) }), syncs(),
		world1(func(s *server) { s.restore(backup) }), edits("a", "note=4"), syncs(), // lost
		world1(func(s *server) { s.db.clients = map[syncproto.ID]srvClient{} }), edits("old0", "note=5"), syncs(), // rotate
		world1(func(s *server) { s.revoked[month2] = "purge" }), edits("a", "note=6"), syncs(),
		world1(func(s *server) { delete(s.revoked, month2) }), syncs(),
	}
}

// run plays the story; it returns false if the phone died, to be called again.
func (p *phone) run(steps []storyStep, next *int, top *int64) (done bool) {
	defer func() {
		if r := recover(); r != nil && r != any(errKilled) {
			panic(r)
		}
	}()
	for *next < len(steps) {
		st := steps[*next]
		switch {
		case st.server != nil:
			st.server(p.link.s)
		case st.do != nil:
			st.do(p)
		default:
			if m := p.meta(); m.LastT == *top {
				if err := st.save(p); err != nil {
					p.t.Fatal(err)
				}
			}
			*top = p.meta().LastT
		}
		*next++
	}
	return true
}

func TestKill_EveryStep(t *testing.T) {
	memory := func(t *testing.T) (client.Local, func() client.Local) {
		l := memlocal.New()
		return l, func() client.Local { return l }
	}
	file := func(t *testing.T) (client.Local, func() client.Local) {
		path := filepath.Join(t.TempDir(), "phone.db")
		l, err := boltlocal.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l, func() client.Local {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if l, err = boltlocal.Open(path); err != nil {
				t.Fatal(err)
			}
			return l
		}
	}
	t.Run("memory", func(t *testing.T) { killEverywhere(t, memory, 1) })
	t.Run("file", func(t *testing.T) {
		stride := 13 // the file syncs some 150 times a story
		switch {
		case os.Getenv("CHECK") == "full" || os.Getenv("CHECK") == "soak":
			stride = 1
		case testing.Short():
			stride = 97
		}
		killEverywhere(t, file, stride)
	})
}

// killEverywhere plays the story once for each step at which the phone can
// die, and asks for the same end each time.
func killEverywhere(t *testing.T, open func(*testing.T) (client.Local, func() client.Local), stride int) {
	var want map[syncproto.FP]bool
	for at := 0; ; at += stride {
		local, reopen := open(t)
		end, steps := playKilled(t, local, reopen, at)
		if at == 0 {
			want = end
		} else if diff := cmp.Diff(want, end); diff != "" {
			t.Fatalf("killed at step %d, the server knows other mutations (-want +got):\n%s", at, diff)
		}
		if at > steps {
			if at < 200 {
				t.Fatalf("the story has only %d steps", steps)
			}
			return
		}
	}
}

func playKilled(t *testing.T, local client.Local, reopen func() client.Local, at int) (fps map[syncproto.FP]bool, total int) {
	t.Helper()
	s := newServer(t, anna)
	s.scopes = append(s.scopes, syncproto.TeamScope(teamID), month1, month2)
	for i := range 3 {
		s.put("activity", testID(fmt.Sprint("old", i)), text("team="+string(teamID), "done_on=2026-10-01"))
	}
	k := &killer{Local: local}
	p := newPhone(t, s, k)
	k.step, k.at = 0, at
	steps, next, top := story(), 0, int64(0)
	for !p.run(steps, &next, &top) {
		total += k.step
		k = &killer{Local: reopen()}
		p.local = k
		p.link.after = nil
		p.start()
	}
	total += k.step
	p.agrees()
	s.onceEach()
	for name, note := range map[string]string{"a": "6", "old0": "5"} {
		p.shows(name, "note", note)
	}
	if _, err := p.View(act("b")); !errors.Is(err, client.ErrNotFound) {
		t.Fatalf("killed at %d: a deleted record is shown (%v)", at, err)
	}
	fps = map[syncproto.FP]bool{}
	for _, v := range s.db.verdicts {
		if v.V != syncproto.Applied {
			t.Fatalf("killed at %d: %+v", at, v)
		}
	}
	for fp := range s.db.effects {
		fps[fp] = true
	}
	return fps, total
}
