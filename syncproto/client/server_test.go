package client_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// server is a small honest server: one person's phones, everything in maps.
// Nothing in it is shared with the real one but the wire types and digests.
type server struct {
	lists  map[syncproto.ID][]syncproto.Pull // expected of each client; nil: it knows no tags
	t      *testing.T
	person syncproto.ID
	epoch  string
	runs   map[string]int64 // last commit of each run that this server remembers
	now    int64
	db     serverDB

	durable  int64
	limit    int // changes in an answer
	busyFrom int // mutations decided before "busy"; 0: all
	scopes   []syncproto.Scope
	revoked  map[syncproto.Scope]string
	badSums  map[syncproto.Scope]bool // lies about them
	acks     bool                     // omit bodies of own writes
	requests []*syncproto.Request
}

type serverDB struct {
	seq      int64
	recs     map[client.Key]srvRec
	index    map[syncproto.Scope]map[client.Key]srvEntry
	verdicts map[syncproto.FP]syncproto.Verdict
	effects  map[syncproto.FP]int
	clients  map[syncproto.ID]srvClient
}

type srvRec struct {
	doc     syncproto.Doc
	rev     int64
	scopes  []syncproto.Scope
	deleted bool
	writes  []srvWrite
}

type srvWrite struct {
	rev   int64
	req   int  // number of the request, 0: somebody else
	moved bool // to other scopes: the phone's copy may be of an old scope that it has not read to its end
}

type srvEntry struct {
	seq int64
	op  syncproto.ChangeOp
}

type srvClient struct {
	last  int64
	chain syncproto.Chain
}

func newServer(t *testing.T, person syncproto.ID) *server {
	s := &server{t: t, person: person, epoch: "run1", runs: map[string]int64{}, now: 1_700_000_000_000, limit: 500,
		acks: true, revoked: map[syncproto.Scope]string{}, badSums: map[syncproto.Scope]bool{},
		scopes: []syncproto.Scope{syncproto.ScopeRef, syncproto.UserScope(person)}}
	s.db = serverDB{seq: 100, recs: map[client.Key]srvRec{}, index: map[syncproto.Scope]map[client.Key]srvEntry{},
		verdicts: map[syncproto.FP]syncproto.Verdict{}, effects: map[syncproto.FP]int{}, clients: map[syncproto.ID]srvClient{}}
	return s
}

// backup copies the database; restore puts one back and starts a new run.
func (s *server) backup() serverDB {
	c := s.db
	c.recs, c.verdicts, c.effects, c.clients = maps.Clone(c.recs), maps.Clone(c.verdicts), maps.Clone(c.effects), maps.Clone(c.clients)
	c.index = map[syncproto.Scope]map[client.Key]srvEntry{}
	for k, v := range s.db.index {
		c.index[k] = maps.Clone(v)
	}
	return c
}

func (s *server) restore(b serverDB) {
	old := s.db
	s.db = b
	s.db = s.backup()
	s.runs[s.epoch] = b.seq
	for run, last := range s.runs {
		s.runs[run] = min(last, b.seq)
	}
	s.epoch = fmt.Sprintf("run%d", len(s.runs)+1)
	s.db.seq = old.seq + 1000 // a start raises seq to the time of day
}

func (s *server) holds(seen *syncproto.Seen) bool {
	if seen == nil || seen.Epoch == s.epoch {
		return seen == nil || seen.Commit <= s.db.seq
	}
	last, ok := s.runs[seen.Epoch]
	return ok && seen.Commit <= last
}

// write gives a record a new state; scopes nil: a tombstone.
func (s *server) write(k client.Key, doc syncproto.Doc, scopes []syncproto.Scope, req int) int64 {
	s.db.seq++
	old := s.db.recs[k]
	rec := srvRec{doc: maps.Clone(doc), rev: s.db.seq, scopes: scopes, writes: append(slices.Clone(old.writes),
		srvWrite{s.db.seq, req, old.rev > 0 && !slices.Equal(old.scopes, scopes)})}
	op := syncproto.ChangeLeave
	if scopes == nil {
		rec.deleted, op = true, syncproto.ChangeDel
	}
	for _, sc := range old.scopes {
		if !slices.Contains(scopes, sc) {
			s.entry(sc, k, op)
		}
	}
	for _, sc := range scopes {
		s.entry(sc, k, syncproto.ChangePut)
	}
	s.db.recs[k] = rec
	return s.db.seq
}

func (s *server) entry(sc syncproto.Scope, k client.Key, op syncproto.ChangeOp) {
	if s.db.index[sc] == nil {
		s.db.index[sc] = map[client.Key]srvEntry{}
	}
	s.db.index[sc][k] = srvEntry{s.db.seq, op}
}

// put is a write of somebody else: fields over what there is.
func (s *server) put(typ string, id syncproto.ID, set syncproto.Doc, scopes ...syncproto.Scope) {
	k := client.Key{Type: typ, ID: id}
	if s.db.recs[k].deleted {
		return
	}
	doc := maps.Clone(s.db.recs[k].doc)
	if doc == nil {
		doc = syncproto.Doc{}
	}
	maps.Copy(doc, set)
	if len(scopes) == 0 {
		scopes = s.scopesOf(k, doc)
	}
	s.write(k, doc, scopes, 0)
}

func (s *server) scopesOf(k client.Key, doc syncproto.Doc) []syncproto.Scope {
	if k.Type == syncproto.TypeActivity && len(doc.Str("done_on")) == 10 {
		return []syncproto.Scope{syncproto.TeamMonthScope(syncproto.ID(doc.Str("team")), doc.Str("done_on")[:7])}
	}
	return s.db.recs[k].scopes
}

func (s *server) decide(m *syncproto.Mutation, err error, req int) (v syncproto.Verdict) {
	aside := func(kind syncproto.V, c syncproto.Code) syncproto.Verdict {
		return syncproto.Verdict{V: kind, Code: c, Case: syncproto.Fingerprint([]byte(fmt.Sprint(c, req))).ID()}
	}
	if err != nil {
		return aside(syncproto.Aside, syncproto.CodeInvalid)
	}
	k := client.Key{Type: m.Type, ID: m.ID}
	rec, known := s.db.recs[k]
	switch {
	case m.Op == syncproto.OpCreate && known:
		return syncproto.Verdict{V: syncproto.Noop, ID: m.ID, Rev: rec.rev}
	case m.Op != syncproto.OpCreate && !known:
		return aside(syncproto.Waiting, syncproto.CodeParentUnknown)
	case rec.deleted:
		return aside(syncproto.Aside, syncproto.CodeDeleted)
	case m.Op == syncproto.OpDelete:
		if m.Seen != syncproto.ContentHash(m.Type, rec.doc) {
			return aside(syncproto.Aside, syncproto.CodeDeleted)
		}
		return syncproto.Verdict{V: syncproto.Applied, ID: m.ID, Rev: s.write(k, nil, nil, req)}
	}
	r := syncproto.Merge(m.Type, rec.doc, m)
	if len(r.Refused) > 0 {
		return aside(syncproto.Aside, syncproto.CodeInvalid)
	}
	if len(r.Conflict) > 0 {
		return aside(syncproto.Aside, syncproto.CodeConflictMaterial)
	}
	r.Doc["author"] = syncproto.Str(string(m.By))
	switch m.Op {
	case syncproto.OpCreate:
		r.Doc["state"] = syncproto.Str("received")
	case syncproto.OpSubmit:
		r.Doc["state"] = syncproto.Str("pending_review")
	}
	r.Doc["c"] = syncproto.Str(syncproto.ContentHash(m.Type, r.Doc).String())
	v = syncproto.Verdict{V: syncproto.Applied, ID: m.ID, Rev: s.write(k, r.Doc, s.scopesOf(k, r.Doc), req)}
	if len(r.Lost) > 0 {
		v.V, v.Code, v.Lost = syncproto.Merged, syncproto.CodeOverwroteNewer, r.Lost
	}
	return v
}

// sync answers one request.
func (s *server) sync(body []byte) (*syncproto.Response, error) {
	req, err := syncproto.DecodeRequest(body)
	if err != nil {
		return nil, err
	}
	s.requests = append(s.requests, req)
	s.now += 1000
	resp := &syncproto.Response{Epoch: s.epoch, Now: s.now, Durable: s.durable, State: syncproto.StateOK}
	if !s.holds(req.Seen) {
		resp.State, resp.Commit = syncproto.StateLost, s.db.seq
		return resp, nil
	}
	mine := s.push(req, resp)
	resp.Commit = s.db.seq
	resp.Brief = req.Tag != ""
	if req.Tag != "" && req.Tag != syncproto.PullTag(s.lists[req.Client]) {
		resp.Tag = syncproto.NoTag
		return resp, nil
	}
	if req.Tag != "" {
		req.Pull = s.lists[req.Client]
	}
	if resp.State != syncproto.StateRotate {
		s.pull(req, resp, mine)
	}
	if s.lists != nil {
		s.expect(req, resp)
	}
	return resp, nil
}

// expect tells the tag of the list that comes next.
func (s *server) expect(req *syncproto.Request, resp *syncproto.Response) {
	var list []syncproto.Pull
	for _, g := range resp.Scopes {
		if list = append(list, syncproto.Pull{Scope: g.Scope, Cur: g.To}); g.More {
			return
		}
	}
	if len(resp.Revoked) == 0 {
		s.lists[req.Client], resp.Tag = list, syncproto.PullTag(list)
	}
}

func (s *server) push(req *syncproto.Request, resp *syncproto.Response) (applied map[client.Key]bool) {
	applied = map[client.Key]bool{}
	c := s.db.clients[req.Client]
	if req.Push.First > c.last+1 || req.Top < c.last || req.Push.First == c.last+1 && req.Push.Prev != c.chain {
		resp.State = syncproto.StateRotate
		return applied
	}
	for i, raw := range req.Push.List {
		n := req.Push.First + int64(i)
		if s.busyFrom > 0 && i >= s.busyFrom {
			resp.State = syncproto.StateBusy
			break
		}
		fp := syncproto.Fingerprint(raw)
		v, known := s.db.verdicts[fp]
		switch {
		case !known && n <= c.last:
			resp.State = syncproto.StateRotate
		case !known:
			m, err := syncproto.DecodeMutation(raw)
			v = s.decide(m, err, len(s.requests))
			s.db.verdicts[fp] = v
			s.db.effects[fp]++
		}
		if resp.State == syncproto.StateRotate {
			break
		}
		v.N = n
		resp.Verdicts = append(resp.Verdicts, v)
		if m, err := syncproto.DecodeMutation(raw); err == nil && v.V == syncproto.Applied && !known {
			applied[client.Key{Type: m.Type, ID: m.ID}] = true
		}
		if n == c.last+1 {
			c.last, c.chain = n, syncproto.NextChain(c.chain, fp)
		}
	}
	s.db.clients[req.Client] = c
	resp.Ack = c.last
	return applied
}

func (s *server) pull(req *syncproto.Request, resp *syncproto.Response, mine map[client.Key]bool) {
	asked := map[syncproto.Scope]syncproto.Pull{}
	for _, p := range req.Pull {
		asked[p.Scope] = p
		if a, ok := s.revoked[p.Scope]; ok {
			resp.Revoked = append(resp.Revoked, syncproto.Revoked{Scope: p.Scope, Action: a})
		}
	}
	names := slices.Clone(s.scopes)
	for name := range asked {
		names = append(names, name)
	}
	slices.Sort(names)
	left := min(s.limit, req.Limit)
	for _, name := range slices.Compact(names) {
		if _, gone := s.revoked[name]; gone {
			continue
		}
		page := s.page(name, asked[name], &left, mine)
		resp.Scopes = append(resp.Scopes, page)
	}
}

func (s *server) page(name syncproto.Scope, p syncproto.Pull, left *int, mine map[client.Key]bool) syncproto.ScopePage {
	page := syncproto.ScopePage{Scope: name, From: p.Cur, To: p.Cur}
	if p.Bad || p.Cur > s.db.seq || p.Cur == 0 {
		page.From, page.To, page.Reset = 0, 0, true
	}
	keys := slices.SortedFunc(maps.Keys(s.db.index[name]), func(a, b client.Key) int {
		return int(s.db.index[name][a].seq - s.db.index[name][b].seq)
	})
	for _, k := range keys {
		e := s.db.index[name][k]
		if e.seq <= page.From {
			continue
		}
		if *left == 0 {
			page.More = true
			break
		}
		*left--
		page.Changes = append(page.Changes, s.change(k, e, page.From, mine))
		page.To = e.seq
	}
	if !page.More {
		page.To = s.db.seq
		page.Count, page.Sum = s.sum(name)
	}
	return page
}

func (s *server) change(k client.Key, e srvEntry, cur int64, mine map[client.Key]bool) syncproto.Change {
	rec := s.db.recs[k]
	c := syncproto.Change{Op: e.op, Type: k.Type, ID: k.ID, Rev: rec.rev}
	if e.op != syncproto.ChangePut {
		return c
	}
	c.H = syncproto.HashDoc(rec.doc)
	own := s.acks && cur > 0 && mine[k]
	for _, w := range rec.writes {
		own = own && (w.rev <= cur || w.req == len(s.requests) && !w.moved)
	}
	if !own {
		c.Doc = rec.doc.AppendCanonical(nil)
		return c
	}
	srv := syncproto.Doc{}
	for f, v := range rec.doc {
		if syncproto.ClassOf(k.Type, f) == syncproto.Server {
			srv[f] = v
		}
	}
	c.Op, c.Srv = syncproto.ChangeAck, srv.AppendCanonical(nil)
	return c
}

func (s *server) sum(name syncproto.Scope) (n int64, sum syncproto.Sum) {
	for k, rec := range s.db.recs {
		if slices.Contains(rec.scopes, name) {
			n++
			sum = syncproto.AddSum(sum, syncproto.Addend(name, k.Type, k.ID, rec.rev, syncproto.HashDoc(rec.doc)))
		}
	}
	if s.badSums[name] {
		sum[0] ^= 1
	}
	return n, sum
}

var errNet = errors.New("no network")

// text is a document as a test writes it: "field=value" pairs.
func text(pairs ...string) syncproto.Doc {
	d := syncproto.Doc{}
	for _, p := range pairs {
		f, v, _ := strings.Cut(p, "=")
		d[f] = syncproto.Str(v)
	}
	return d
}
