package client_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// village is the lives of a few phones of one person under bad luck.
type village struct {
	t       *testing.T
	r       *rand.Rand
	s       *server
	phones  []*phone
	snaps   []*memlocal.Snapshot // of the phone of the same index, nil: none
	backups []serverDB           // newest last
	late    map[*phone][][]byte  // requests that the network holds back
	made    int
}

func TestFaults_AllConverge(t *testing.T) {
	seeds := 150
	switch {
	case os.Getenv("CHECK") == "full" || os.Getenv("CHECK") == "soak":
		seeds = 3000
	case testing.Short():
		seeds = 30
	}
	for seed := range uint64(seeds) {
		if !t.Run(fmt.Sprint(seed), func(t *testing.T) { live(t, seed) }) {
			return
		}
	}
}

func live(t *testing.T, seed uint64) {
	s := newServer(t, anna)
	s.scopes = append(s.scopes, syncproto.TeamScope(teamID), month1, month2)
	v := &village{t: t, r: rand.New(rand.NewPCG(seed, 5)), s: s, late: map[*phone][][]byte{}}
	s.limit = 1 + v.r.IntN(8)
	v.add(memlocal.New())
	v.backups = append(v.backups, s.backup())
	for range 120 {
		v.step(v.phones[v.r.IntN(len(v.phones))])
	}
	v.heal()
}

func (v *village) add(l *memlocal.Local) *phone {
	p := newPhone(v.t, v.s, &killer{Local: l})
	p.rnd = rand.NewChaCha8([32]byte{byte(v.r.Uint32()), byte(v.r.Uint32()), byte(v.r.Uint32())})
	p.start()
	p.link.before = func(body []byte) (*client.Reply, error, bool) { return v.before(p, body) }
	p.link.after = func(r *client.Reply) (*client.Reply, error) {
		switch v.r.IntN(8) {
		case 0:
			return nil, errNet
		case 1:
			return &client.Reply{Status: 200, Body: r.Body[:len(r.Body)/2]}, nil
		}
		return r, nil
	}
	v.phones = append(v.phones, p)
	v.snaps = append(v.snaps, nil)
	return p
}

// before loses, holds back, doubles or refuses a request.
func (v *village) before(p *phone, body []byte) (*client.Reply, error, bool) {
	for len(v.late[p]) > 0 && v.r.IntN(2) == 0 { // an old one arrives before this one
		v.deliverLate(p)
	}
	switch v.r.IntN(14) {
	case 0:
		return nil, errNet, true
	case 1:
		v.late[p] = append(v.late[p], body)
		return nil, errNet, true
	case 2:
		if _, err := p.link.deliver(body); err != nil {
			v.t.Fatal(err)
		}
	case 3:
		return &client.Reply{Status: http.StatusServiceUnavailable, RetryAfter: time.Second}, nil, true
	case 4:
		return &client.Reply{Status: http.StatusRequestEntityTooLarge}, nil, true
	}
	return nil, nil, false
}

func (v *village) deliverLate(p *phone) {
	if _, err := p.link.deliver(v.late[p][0]); err != nil {
		v.t.Fatal(err)
	}
	v.late[p] = v.late[p][1:]
}

func (v *village) step(p *phone) {
	v.s.busyFrom = max(0, v.r.IntN(6)-3)
	k := p.local.(*killer)
	if v.r.IntN(6) == 0 {
		k.step, k.at = 0, 1+v.r.IntN(12)
	}
	defer func() {
		if r := recover(); r != nil {
			if r != any(errKilled) {
				panic(r)
			}
			k.at = 0
			p.start()
		}
	}()
	switch n := v.r.IntN(100); {
	case n < 45:
		v.act(p)
	case n < 80:
		if _, err := p.Sync(context.Background()); err != nil {
			v.t.Fatal(err)
		}
		p.now = p.now.Add(time.Duration(v.r.IntN(1000)-400) * time.Hour)
	case n < 86:
		v.s.put("activity", testID(fmt.Sprint("k", v.r.IntN(6))), text("place="+fmt.Sprint(v.r.IntN(9)), "team="+string(teamID),
			"done_on="+[]string{"2026-10-05", "2026-11-05"}[v.r.IntN(2)]))
	case n < 88:
		v.backups = append(v.backups, v.s.backup())
		if len(v.backups) > 1 {
			v.s.durable = v.backups[len(v.backups)-2].seq
		}
	case n < 90:
		i := len(v.backups) - 1 - v.r.IntN(min(2, len(v.backups)))
		v.s.restore(v.backups[i])
		v.backups = v.backups[:i+1]
		v.s.durable = 0
		if i > 0 {
			v.s.durable = v.backups[i-1].seq
		}
	case n < 92:
		if len(v.phones) < 4 {
			v.add(k.Local.(*memlocal.Local).Clone())
		}
	case n < 95:
		v.snaps[slices.Index(v.phones, p)] = k.Local.(*memlocal.Local).Snapshot()
	case n < 98:
		v.restorePhone(p)
	default:
		for range len(v.late[p]) {
			v.deliverLate(p)
		}
	}
}

// restorePhone puts a phone back to its backup: what only it knew is gone.
func (v *village) restorePhone(p *phone) {
	snap := v.snaps[slices.Index(v.phones, p)]
	if snap == nil {
		return
	}
	p.local.(*killer).Local.(*memlocal.Local).Restore(snap)
	p.start()
}

func (p *phone) holds() map[syncproto.FP]bool {
	fps := map[syncproto.FP]bool{}
	for _, it := range append(p.sent(), p.outbox()...) {
		fps[it.FP] = true
	}
	return fps
}

func (v *village) act(p *phone) {
	name := fmt.Sprint("k", v.r.IntN(6))
	v.made++
	note := fmt.Sprint("note=", v.made)
	var err error
	switch v.r.IntN(6) {
	case 0, 1:
		_, err = p.Create(syncproto.TypeActivity, testID(name), text(note, "team="+string(teamID), "done_on=2026-11-0"+fmt.Sprint(1+v.r.IntN(9))), nil)
	case 2:
		_, err = p.Edit(act(name), text("done_on=2026-10-0"+fmt.Sprint(1+v.r.IntN(9))), nil, nil)
	case 3:
		_, err = p.Attach(act(name), "paper:"+fmt.Sprint(v.made))
	case 4:
		if v.r.IntN(4) == 0 {
			_, err = p.Delete(act(name))
		}
	default:
		_, err = p.Edit(act(name), text(note), nil, nil)
	}
	if err != nil {
		v.t.Fatal(err)
	}
}

// heal ends the faults: all must come to rest, agree with the server, and
// every mutation that some phone still held must have its verdict.
func (v *village) heal() {
	v.s.busyFrom = 0
	want := map[syncproto.FP]bool{}
	for _, p := range v.phones {
		p.local.(*killer).at = 0
		maps.Copy(want, p.holds())
	}
	for p := range v.late { // what the network held back is dropped at last
		v.late[p] = nil
	}
	for range 3 {
		for _, p := range v.phones {
			p.link.before, p.link.after = nil, nil
			out, err := p.Sync(context.Background())
			if err != nil || out.Kind != client.OK {
				v.t.Fatalf("does not heal: %+v, %v", out, err)
			}
		}
	}
	for _, p := range v.phones {
		p.agrees()
	}
	v.s.onceEach()
	for _, req := range v.s.requests {
		for _, q := range req.Pull {
			if q.Bad {
				v.t.Fatalf("with an honest server a phone found a difference in %s", q.Scope)
			}
		}
	}
	for fp := range want {
		if _, ok := v.s.db.verdicts[fp]; !ok {
			v.t.Errorf("a mutation that a phone held has no verdict")
		}
	}
	v.shownIsServers()
}

func (v *village) shownIsServers() {
	for k, rec := range v.s.db.recs {
		for _, p := range v.phones {
			s, err := p.View(k)
			if rec.deleted != errors.Is(err, client.ErrNotFound) {
				v.t.Fatalf("deleted %v, view: %v", rec.deleted, err)
			}
			if !rec.deleted && string(s.Doc.AppendCanonical(nil)) != string(rec.doc.AppendCanonical(nil)) {
				v.t.Fatalf("shows %s, the server has %s", s.Doc.AppendCanonical(nil), rec.doc.AppendCanonical(nil))
			}
		}
	}
}
