package prototest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
)

// phone is the least that can speak: it keeps what it made, nothing else, and
// is told by the checks how to misbehave.
type phone struct {
	t      testing.TB
	target *Target
	client syncproto.ID
	made   []syncproto.RawMutation // n = index + 1
	acked  int64
	seen   *syncproto.Seen
}

func (tg *Target) phone(t testing.TB) *phone {
	return &phone{t: t, target: tg, client: syncproto.NewRandomID(tg.Rand)}
}

// chain is the chain after mutation n.
func (p *phone) chain(n int64) (c syncproto.Chain) {
	for _, raw := range p.made[:n] {
		c = syncproto.NextChain(c, syncproto.Fingerprint(raw))
	}
	return c
}

// request pushes the mutations behind number after.
func (p *phone) request(after int64, pull ...syncproto.Pull) *syncproto.Request {
	if pull == nil {
		pull = []syncproto.Pull{}
	}
	return &syncproto.Request{
		Proto: syncproto.ProtoCurrent, Schema: syncproto.SchemaCurrent, App: "prototest",
		Client: p.client, Seen: p.seen, Top: int64(len(p.made)), Pull: pull,
		Push: syncproto.Push{First: after + 1, Prev: p.chain(after), List: p.made[after:]},
	}
}

// call sends a request that must be answered and holds what every answer
// promises.
func (p *phone) call(req *syncproto.Request) *syncproto.Response {
	p.t.Helper()
	r, err := p.target.Server.Sync(context.Background(), req)
	if err != nil {
		p.t.Fatalf("no answer: %v", err)
	}
	if r, err = syncproto.DecodeResponse(r.AppendJSON(nil)); err != nil { // also a server in this process is held to the wire
		p.t.Fatalf("the answer is not whole: %v", err)
	}
	if r.Epoch == "" || r.Commit < 0 || r.Durable > r.Commit {
		p.t.Errorf("epoch %q, commit %d, durable %d", r.Epoch, r.Commit, r.Durable)
	}
	for i, v := range r.Verdicts {
		if v.N != req.Push.First+int64(i) {
			p.t.Errorf("verdict %d is of mutation %d", i, v.N)
		}
		if (v.V == syncproto.Aside || v.V == syncproto.Waiting) && (v.Case == "" || v.Code == "") {
			p.t.Errorf("mutation %d is %s without a case or code", v.N, v.V)
		}
	}
	return r
}

// sync pushes what has no verdict yet; everything must get one.
func (p *phone) sync(pull ...syncproto.Pull) *syncproto.Response {
	p.t.Helper()
	req := p.request(p.acked, pull...)
	r := p.call(req)
	if r.State != syncproto.StateOK || r.Ack != int64(len(p.made)) || len(r.Verdicts) != len(req.Push.List) {
		p.t.Fatalf("state %s, ack %d of %d, %d verdicts for %d mutations", r.State, r.Ack, len(p.made), len(r.Verdicts), len(req.Push.List))
	}
	p.acked, p.seen = r.Ack, &syncproto.Seen{Epoch: r.Epoch, Commit: r.Commit}
	return r
}

// refused sends a request that must change nothing and be answered with state.
func (p *phone) refused(req *syncproto.Request, state syncproto.State) {
	p.t.Helper()
	before := p.records()
	if r := p.call(req); r.State != state {
		p.t.Errorf("state %s, want %s", r.State, state)
	}
	if d := cmp.Diff(before, p.records()); d != "" {
		p.t.Errorf("something was decided:\n%s", d)
	}
}

// records reads the team's month from 0 through a client of its own.
func (p *phone) records() map[syncproto.ID]syncproto.Change {
	p.t.Helper()
	return p.target.phone(p.t).read(p.target.month(), 0)
}

// read reads a whole scope from 0, in pages of at most limit changes, and
// compares count and sum.
func (p *phone) read(scope syncproto.Scope, limit int) map[syncproto.ID]syncproto.Change {
	p.t.Helper()
	base := map[syncproto.ID]syncproto.Change{}
	ask := syncproto.Pull{Scope: scope}
	for range 10_000 {
		req := p.request(p.acked, ask)
		req.Limit = limit
		page := pageOf(p.call(req), scope)
		if page == nil {
			p.t.Fatalf("no page of %s", scope)
		}
		if page.From != ask.Cur || page.More && page.To <= page.From || limit > 0 && len(page.Changes) > limit {
			p.t.Fatalf("page from %d to %d with %d changes, asked from %d for %d", page.From, page.To, len(page.Changes), ask.Cur, limit)
		}
		p.lay(base, page)
		if !page.More {
			p.compare(base, page)
			return base
		}
		ask.Cur = page.To
	}
	p.t.Fatalf("%s has no end", scope)
	return nil
}

// lay lays a page over what is held.
func (p *phone) lay(base map[syncproto.ID]syncproto.Change, page *syncproto.ScopePage) {
	p.t.Helper()
	for _, c := range page.Changes {
		switch c.Op {
		case syncproto.ChangePut:
			doc, err := syncproto.DecodeDoc(c.Doc)
			if err != nil {
				p.t.Fatalf("document of %s: %v", c.ID, err)
			}
			if got := doc.AppendCanonical(nil); string(got) != string(c.Doc) || syncproto.HashDoc(doc) != c.H {
				p.t.Errorf("document of %s is not canonical, or not of its h", c.ID)
			}
			base[c.ID] = c
		case syncproto.ChangeDel, syncproto.ChangeLeave:
			delete(base, c.ID)
		default:
			p.t.Errorf("change %q where no own write is answered", c.Op)
		}
	}
}

// compare holds count and sum of a complete page against what is held.
func (p *phone) compare(base map[syncproto.ID]syncproto.Change, page *syncproto.ScopePage) {
	p.t.Helper()
	var sum syncproto.Sum
	for _, c := range base {
		sum = syncproto.AddSum(sum, syncproto.Addend(page.Scope, c.Type, c.ID, c.Rev, c.H))
	}
	if page.Count != int64(len(base)) || page.Sum != sum {
		p.t.Errorf("%s: count %d and sum %s, held are %d with %s", page.Scope, page.Count, page.Sum, len(base), sum)
	}
}

func pageOf(r *syncproto.Response, scope syncproto.Scope) *syncproto.ScopePage {
	for i := range r.Scopes {
		if r.Scopes[i].Scope == scope {
			return &r.Scopes[i]
		}
	}
	return nil
}

// create makes an activity that the server is to apply.
func (p *phone) create() syncproto.ID {
	p.t.Helper()
	id := syncproto.NewRandomID(p.target.Rand)
	p.make(&syncproto.Mutation{
		Op: syncproto.OpCreate, Type: syncproto.TypeActivity, ID: id, By: p.target.Person,
		Set: syncproto.Doc{
			"team": syncproto.Str(string(p.target.Team)), "done_on": syncproto.Str(p.target.Day),
			"category": syncproto.Str(p.target.Category), "note": syncproto.Str("Hướng dẫn bà con <nộp hồ sơ> & tra cứu\u2028"),
		},
	})
	return id
}

// make adds a mutation with the next time of this phone.
func (p *phone) make(m *syncproto.Mutation) {
	p.t.Helper()
	p.target.clock++
	m.T = p.target.clock
	raw, err := syncproto.EncodeMutation(m)
	if err != nil {
		p.t.Fatal(err)
	}
	p.made = append(p.made, raw)
}
