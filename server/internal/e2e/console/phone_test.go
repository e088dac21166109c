package console

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// phone speaks the wire for one member.
type phone struct {
	w              *world
	api            *client.Client
	person, client syncproto.ID
	n              int64
	chain          syncproto.Chain
	t              int64
}

// entry is what one logs.
type entry struct {
	team, day, kind string
	measures        string // JSON
	note            string
	paper           string // "": no evidence
	minute          int    // of making, from the world's start: entries of one minute look odd
}

// log sends entries, submitted, and returns their ids.
func (p *phone) log(list ...entry) []syncproto.ID {
	p.w.t.Helper()
	ids := make([]syncproto.ID, len(list))
	var raws []syncproto.RawMutation
	for i, e := range list {
		ids[i] = syncproto.NewRecordID(rand.Reader, start.Add(time.Duration(e.minute)*time.Minute))
		raws = append(raws, p.make(syncproto.OpCreate, ids[i], func(m *syncproto.Mutation) {
			m.Set = syncproto.Doc{"team": syncproto.Str(string(p.w.team[e.team])), "done_on": syncproto.Str(e.day), "category": syncproto.Str(e.kind),
				"note": syncproto.Str(e.note), "measures": []byte(e.measures)}
			if e.paper != "" {
				m.Add = syncproto.Sets{"evidence": {"paper:" + e.paper}}
			}
		}), p.make(syncproto.OpSubmit, ids[i], nil))
	}
	for len(raws) > 0 {
		n := min(len(raws), 100)
		for i, v := range p.push(raws[:n]) {
			if v.V != syncproto.Applied {
				p.w.t.Fatalf("mutation %d: %+v", i, v)
			}
		}
		raws = raws[n:]
	}
	return ids
}

// paper adds evidence to an entry.
func (p *phone) paper(id syncproto.ID, text string) {
	p.w.t.Helper()
	vs := p.push([]syncproto.RawMutation{p.make(syncproto.OpEdit, id, func(m *syncproto.Mutation) { m.Add = syncproto.Sets{"evidence": {"paper:" + text}} })})
	if vs[0].V != syncproto.Applied {
		p.w.t.Fatalf("edit: %+v", vs[0])
	}
}

func (p *phone) make(op syncproto.Op, id syncproto.ID, edit func(*syncproto.Mutation)) syncproto.RawMutation {
	p.w.t.Helper()
	p.t++
	m := &syncproto.Mutation{Op: op, Type: syncproto.TypeActivity, ID: id, By: p.person, T: p.t}
	if edit != nil {
		edit(m)
	}
	raw, err := syncproto.EncodeMutation(m)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return raw
}

func (p *phone) push(raws []syncproto.RawMutation) []syncproto.Verdict {
	p.w.t.Helper()
	res, err := p.api.Sync(p.w.t.Context(), &syncproto.Request{Proto: 1, Schema: 1, App: "journey", Client: p.client, Top: p.n + int64(len(raws)),
		Push: syncproto.Push{First: p.n + 1, Prev: p.chain, List: raws}, Pull: []syncproto.Pull{}})
	if err != nil || res.State != syncproto.StateOK {
		p.w.t.Fatal(err, res)
	}
	for _, raw := range raws {
		p.n++
		p.chain = syncproto.NextChain(p.chain, syncproto.Fingerprint(raw))
	}
	return res.Verdicts
}

// plain logs n entries with nothing odd about them.
func (p *phone) plain(team string, n int) []syncproto.ID {
	p.w.t.Helper()
	list := make([]entry, n)
	for i := range list {
		list[i] = entry{team: team, day: fmt.Sprintf("%s-%02d", month, 13+i%8), kind: "DVC_NOP_HO_SO", paper: fmt.Sprintf("Sổ tiếp dân, trang %d", i+1),
			measures: fmt.Sprintf(`{"so_ho_so":%d,"so_nguoi":%d}`, 1+i/8%9, 1+i/72), minute: 7 * i}
	}
	return p.log(list...)
}
