package prototest

import (
	"context"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/syncproto"
)

// model is the smallest server that passes the checks: one person, one team,
// everything in memory. Its faults are switched on by name.
type model struct {
	tg      Target
	seq     int64
	clients map[syncproto.ID]*modelClient
	known   map[syncproto.FP]syncproto.Verdict
	records map[syncproto.ID]syncproto.Change // of the month
	busy    bool
	fault   string
}

type modelClient struct {
	last  int64
	chain syncproto.Chain
}

const modelEpoch = "model-1"

func newModel(fault string) *model {
	return &model{
		tg:  Target{Person: "AZAAAAAAcACAAAAAAAAAAQ", Team: "AZAAAAAAcACAAAAAAAAAAg", Day: "2023-06-05", Category: "A"},
		seq: 100, clients: map[syncproto.ID]*modelClient{}, known: map[syncproto.FP]syncproto.Verdict{},
		records: map[syncproto.ID]syncproto.Change{}, fault: fault,
	}
}

func (s *model) Sync(_ context.Context, req *syncproto.Request) (*syncproto.Response, error) {
	resp := &syncproto.Response{Epoch: modelEpoch, State: syncproto.StateOK}
	c := s.clients[req.Client]
	if c == nil {
		c = &modelClient{}
		s.clients[req.Client] = c
	}
	next := req.Push.First == c.last+1
	switch {
	case s.busy:
		resp.State = syncproto.StateBusy
	case req.Seen != nil && (req.Seen.Epoch != modelEpoch || req.Seen.Commit > s.seq) && s.fault != "lost history unnoticed":
		resp.State = syncproto.StateLost
	case req.Push.First > c.last+1 && s.fault != "gap unnoticed",
		req.Top < c.last && s.fault != "low top unnoticed",
		next && req.Push.Prev != c.chain && s.fault != "chain unchecked" && (s.fault != "chain of empty push unchecked" || len(req.Push.List) > 0):
		resp.State = syncproto.StateRotate
	default:
		s.push(c, req, resp)
	}
	resp.Ack = c.last
	resp.Commit = s.seq
	for _, p := range req.Pull {
		s.pull(p, req.Limit, resp)
	}
	s.ownWrites(req, resp)
	return resp, nil
}

func (s *model) push(c *modelClient, req *syncproto.Request, resp *syncproto.Response) {
	for i, raw := range req.Push.List {
		n, fp := req.Push.First+int64(i), syncproto.Fingerprint(raw)
		v, ok := s.known[fp]
		switch {
		case s.fault == "known by number" && n <= c.last:
			v = syncproto.Verdict{V: syncproto.Noop}
		case s.fault == "never known" || !ok && n > c.last || !ok && s.fault == "fork unnoticed":
			v = s.decide(raw)
			s.known[fp] = v
		case !ok:
			resp.State = syncproto.StateRotate
			return
		}
		if v.N = n; s.fault == "verdict of another number" {
			v.N = c.last
		}
		resp.Verdicts = append(resp.Verdicts, v)
		if n == c.last+1 {
			c.last, c.chain = n, syncproto.NextChain(c.chain, fp)
		}
	}
}

func (s *model) decide(raw syncproto.RawMutation) syncproto.Verdict {
	aside := func(code syncproto.Code) syncproto.Verdict {
		return syncproto.Verdict{V: syncproto.Aside, Code: code, Case: syncproto.Fingerprint(raw).ID()}
	}
	m, err := syncproto.DecodeMutation(raw)
	switch {
	case s.fault == "lenient decoder" && json.Unmarshal(raw, &m) == nil && m != nil && m.Op == syncproto.OpCreate:
	case len(raw) > syncproto.MaxMutationBytes:
		return aside(syncproto.CodeTooLarge)
	case err != nil:
		return aside(syncproto.CodeInvalid)
	case m.By != s.tg.Person && s.fault != "author unchecked":
		return aside(syncproto.CodeForbidden)
	case m.Op != syncproto.OpCreate:
		return aside(syncproto.CodeUnknownOp)
	}
	s.seq++
	doc := syncproto.Merge(m.Type, syncproto.Doc{"state": syncproto.Str("received")}, m).Doc
	s.records[m.ID] = syncproto.Change{Op: syncproto.ChangePut, Type: m.Type, ID: m.ID, Rev: s.seq,
		H: syncproto.HashDoc(doc), Doc: doc.AppendCanonical(nil)}
	return syncproto.Verdict{V: syncproto.Applied, ID: m.ID, Rev: s.seq}
}

func (s *model) pull(p syncproto.Pull, limit int, resp *syncproto.Response) {
	month := syncproto.TeamMonthScope(s.tg.Team, "2023-06")
	if p.Scope != syncproto.ScopeRef && p.Scope != month && s.fault != "scope unchecked" {
		resp.Revoked = append(resp.Revoked, syncproto.Revoked{Scope: p.Scope, Action: "purge"})
		return
	}
	if p.Bad && s.fault != "bad ignored" || p.Cur > s.seq && s.fault != "cursor ahead unnoticed" {
		p.Cur = 0
	}
	page := syncproto.ScopePage{Scope: p.Scope, From: p.Cur, To: max(s.seq, p.Cur), Reset: p.Cur == 0}
	if p.Scope != syncproto.ScopeRef {
		for _, c := range s.records {
			page.Sum = syncproto.AddSum(page.Sum, syncproto.Addend(p.Scope, c.Type, c.ID, c.Rev, c.H))
			if page.Count++; c.Rev > p.Cur {
				page.Changes = append(page.Changes, c)
			}
		}
	}
	slices.SortFunc(page.Changes, func(a, b syncproto.Change) int { return int(a.Rev - b.Rev) })
	if limit > 0 && len(page.Changes) > limit && s.fault != "limit ignored" {
		page.Changes, page.More = page.Changes[:limit], true
		page.To = page.Changes[limit-1].Rev
		if s.fault == "cursor jumps" {
			page.To = s.seq - 1
		}
	}
	if s.fault == "sum is wrong" {
		page.Sum[15]++
	}
	if s.fault == "document is not canonical" {
		for i := range page.Changes {
			page.Changes[i].Doc = append([]byte("{ "), page.Changes[i].Doc[1:]...)
		}
	}
	resp.Scopes = append(resp.Scopes, page)
}

// ownWrites leaves out the body of what this very request has created.
func (s *model) ownWrites(req *syncproto.Request, resp *syncproto.Response) {
	for _, raw := range req.Push.List {
		m, err := syncproto.DecodeMutation(raw)
		if err != nil {
			continue
		}
		for i := range resp.Scopes {
			for j := range resp.Scopes[i].Changes {
				c := &resp.Scopes[i].Changes[j]
				if c.ID != m.ID || resp.Scopes[i].From == 0 {
					continue
				}
				c.Op, c.Doc, c.Srv = syncproto.ChangeAck, nil, []byte(`{"state":"received"}`)
				if s.fault == "own write without what it adds" {
					c.Srv = []byte(`{}`)
				}
			}
		}
	}
}

// ServeHTTP is the model behind an address.
func (s *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, syncproto.MaxRequestBytesInflated))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	req, err := syncproto.DecodeRequest(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	resp, _ := s.Sync(r.Context(), req)
	_, _ = w.Write(resp.AppendJSON(nil))
}

func (s *model) target() Target {
	tg := s.tg
	tg.Server = s
	tg.Busy = func(on bool) { s.busy = on && s.fault != "never busy" }
	return tg
}

func TestConformance_Model(t *testing.T) { Conformance(t, newModel("").target()) }

func TestEnvelope_Model(t *testing.T) {
	s := newModel("")
	Envelope(t, HTTP{Base: "http://model.test", Client: &http.Client{Transport: Handler(s)}}, s.target())
}
