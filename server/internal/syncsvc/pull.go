package syncsvc

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const (
	monthsBack   = 2   // current month and so many before it are added by themselves
	changeBytes  = 160 // what a change weighs besides its document
	actionPurge  = "purge"
	maxPullScope = 4 * syncproto.MaxScopesPerRequest // pages of one answer, added ones included
)

// pull reads the answer's pages from one snapshot.
type pull struct {
	svc    *Service
	caller domain.Caller
	req    *syncproto.Request
	batch  *batch
	asks   []syncproto.Pull // the request's list, or what its tag stands for
	blind  bool             // nobody knows what its tag stands for

	// Results, reset at the top of read.
	head    store.Head
	pages   []syncproto.ScopePage
	revoked []syncproto.Revoked
	changes int // room left, in changes and in bytes
	room    int
	own     map[store.Key]ownWrite
}

func newPull(s *Service, c domain.Caller, req *syncproto.Request, b *batch) *pull {
	return &pull{svc: s, caller: c, req: req, batch: b,
		pages: []syncproto.ScopePage{}, revoked: []syncproto.Revoked{}}
}

// read fills the pages. Grants are read in the same snapshot as the records,
// so a right that has ended delivers nothing any more.
func (p *pull) read(r store.Reader) error {
	p.head = r.Head()
	p.pages, p.revoked = p.pages[:0], p.revoked[:0]
	p.changes, p.room = syncproto.MaxChangesPerResponse, syncproto.MaxResponseBytes
	if l := p.req.Limit; l > 0 {
		p.changes = min(l, p.changes)
	}
	if p.blind {
		return nil
	}
	p.own = p.batch.ownWrites()
	grants, err := p.svc.roster.grantsIn(r, p.caller.Person)
	if err != nil {
		return err
	}
	today := domain.DateOf(p.svc.cfg.Now())
	asked := make(map[syncproto.Scope]bool, len(p.asks))
	for _, q := range p.asks {
		if asked[q.Scope] {
			continue
		}
		asked[q.Scope] = true
		ps, ok := q.Scope.Parse()
		if !ok || p.caller.PushOnly || !grants.MayRead(p.caller.Person, ps, today) {
			p.revoked = append(p.revoked, syncproto.Revoked{Scope: q.Scope, Action: actionPurge})
			continue
		}
		if err := p.page(r, q, true); err != nil {
			return err
		}
	}
	if p.caller.PushOnly {
		return nil
	}
	for _, sc := range readable(p.caller.Person, grants, today) {
		if asked[sc] || len(p.pages) >= maxPullScope {
			continue
		}
		if err := p.page(r, syncproto.Pull{Scope: sc}, false); err != nil {
			return err
		}
	}
	return nil
}

// readable lists the scopes that a person has by himself: ref, his own, and of
// his teams and communes the scope itself and its newest months.
func readable(person domain.ID, gs domain.Grants, today domain.Date) []syncproto.Scope {
	var out []syncproto.Scope
	seen := map[domain.ID]bool{}
	add := func(sc syncproto.Scope) bool {
		ps, ok := sc.Parse()
		if ok && gs.MayRead(person, ps, today) {
			out = append(out, sc)
			return true
		}
		return false
	}
	add(syncproto.ScopeRef)
	add(syncproto.UserScope(person))
	for _, g := range gs {
		base := syncproto.TeamScope(g.Team)
		if g.Team == "" {
			base = syncproto.CommuneScope(g.Unit)
		}
		if id := g.Team + g.Unit; seen[id] || !g.Has(today) || !add(base) {
			continue
		}
		seen[g.Team+g.Unit] = true
		for i := range monthsBack + 1 {
			out = append(out, base+syncproto.Scope("/"+string(today.Month().Add(-i))))
		}
	}
	return out
}

// page reads one scope. A scope in which nothing is new gets no page: the
// phone's cursor stays good. asked: the phone named it.
func (p *pull) page(r store.Reader, q syncproto.Pull, asked bool) error {
	sc, err := r.Scope(q.Scope)
	if err != nil {
		return err
	}
	head := p.head.Commit
	from := q.Cur
	if mark := max(q.Cur, q.Since); q.Bad || mark < sc.Floor || mark > head {
		from, q.Since = 0, 0
	}
	reset := from == 0
	if sc.Last <= from && !reset || sc.Last == 0 && !asked {
		return nil
	}
	page := syncproto.ScopePage{Scope: q.Scope, From: from, To: from, Reset: reset, Changes: []syncproto.Change{}}
	if err := p.copy(r, &page, max(q.Since, onlyIf(reset, head))); err != nil {
		return err
	}
	if !page.More {
		page.To, page.Count, page.Sum = head, sc.Count, sc.Sum
	}
	p.pages = append(p.pages, page)
	return nil
}

func onlyIf(b bool, n int64) int64 {
	if b {
		return n
	}
	return 0
}

// copy copies changes while there is room. Removals at or before since are
// left out: a reading from 0 that began at since never delivered what had
// gone by then.
func (p *pull) copy(r store.Reader, page *syncproto.ScopePage, since int64) error {
	var bad error
	cur := page.From
	err := r.Changes(page.Scope, page.From, p.head.Commit, func(e *store.Entry) bool {
		if e.Op != syncproto.ChangePut && e.Seq <= since {
			page.To = e.Seq
			return true
		}
		size := changeBytes + len(e.Doc)
		if p.changes == 0 || p.room < size && len(page.Changes)+len(p.pages) > 0 {
			page.More = true
			return false
		}
		p.changes--
		p.room -= size
		var c syncproto.Change
		if c, bad = p.change(r, e, cur); bad != nil {
			return false
		}
		page.Changes = append(page.Changes, c)
		page.To = e.Seq
		return true
	})
	if err == nil {
		err = bad
	}
	return err
}

func (p *pull) change(r store.Reader, e *store.Entry, cur int64) (syncproto.Change, error) {
	c := syncproto.Change{Op: e.Op, Type: e.Type, ID: e.ID, Rev: e.Rev}
	if e.Op != syncproto.ChangePut {
		return c, nil
	}
	c.H = e.H
	if w, ok := p.own[e.Key]; ok && cur > 0 && w.rev == e.Rev {
		alone, err := w.born, error(nil)
		if !alone {
			alone, err = onlyOwn(r, e.Key, cur, w)
		}
		if err != nil {
			return c, err
		}
		if alone {
			c.Op = syncproto.ChangeAck
			c.Srv, err = serverFields(e)
			return c, err
		}
	}
	c.Doc = bytes.Clone(e.Doc)
	return c, nil
}

// ownWrite is what this answer's verdicts "applied" say of one record.
type ownWrite struct {
	rev int64 // of the last of them
	fps []syncproto.FP
	// born: created in this request's own transaction and not moved since, with
	// nothing decided that had waited, so that nobody else can have come between.
	born bool
}

// ownWrites collects the applied mutations of the answer by record. A record
// that one of them merged or left waiting is not among them.
func (b *batch) ownWrites() map[store.Key]ownWrite {
	if len(b.verdicts) == 0 {
		return nil
	}
	own := make(map[store.Key]ownWrite, len(b.verdicts))
	for i, v := range b.verdicts { // no verdict is left out: index i is of mutation i
		m := b.items[i].m
		if m == nil || v.V != syncproto.Applied || v.Rev == 0 || v.ID != m.ID {
			continue
		}
		k := store.Key{Type: m.Type, ID: m.ID}
		w := own[k]
		w.fps = append(w.fps, b.items[i].fp)
		w.rev = max(w.rev, v.Rev)
		switch {
		case m.Op == syncproto.OpCreate:
			w.born = b.decided >= 0 && i >= b.decided && !b.stirred
		case m.Set["done_on"] != nil || m.Set["team"] != nil:
			w.born = false
		}
		own[k] = w
	}
	return own
}

// onlyOwn reports whether every change of a record since the phone's cursor is
// one of its own, named in this answer. A change that moved the record to
// other scopes doesn't count: the phone is told to drop its body there.
func onlyOwn(r store.Reader, k store.Key, cur int64, w ownWrite) (bool, error) {
	alone := true
	err := r.History(k, func(v *store.Version) bool {
		if v.Rev <= cur {
			return false
		}
		alone = slices.Contains(w.fps, v.FP)
		for _, f := range []string{"team", "done_on", "month", "unit"} {
			alone = alone && v.Before[f] == nil
		}
		return alone
	})
	return alone, err
}

// serverFields are the fields of a document that a phone can't set itself.
func serverFields(e *store.Entry) ([]byte, error) {
	out := make([]byte, 1, 320)
	out[0] = '{'
	classes := syncproto.ClassesOf(e.Type)
	err := syncproto.EachField(e.Doc, func(f string, v jsontext.Value) bool {
		if classes.Of(f) == syncproto.Server {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(syncproto.AppendStr(out, f), ':')
			out = append(out, v...)
		}
		return true
	})
	return append(out, '}'), err
}
