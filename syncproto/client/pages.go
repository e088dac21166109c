package client

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/syncproto"
)

// pages applies the scopes of one answer to base. Records that arrive are laid
// down before any leaves: a record that moves between scopes would otherwise
// lose the base that an ack without a body builds on.
type pages struct {
	*base
	resp  *syncproto.Response
	own   map[Key][]ownWrite
	asked map[syncproto.Scope]bool // scopes that the request called bad
	moved bool                     // some cursor moved
	count int                      // changes
	again bool                     // a scope has more, or is to be asked for anew
}

func (p *pages) apply() error {
	var valid []*syncproto.ScopePage
	for i := range p.resp.Scopes {
		page := &p.resp.Scopes[i]
		ok, err := p.begin(page)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		valid = append(valid, page)
		if err := p.arrivals(page); err != nil {
			return err
		}
	}
	for _, page := range valid {
		if err := p.departures(page); err != nil {
			return err
		}
	}
	for _, page := range valid {
		if err := p.finish(page); err != nil {
			return err
		}
	}
	return nil
}

// begin checks that a page follows the cursor and starts a reading from 0.
func (p *pages) begin(page *syncproto.ScopePage) (bool, error) {
	s, err := p.scope(page.Scope)
	if err != nil {
		return false, err
	}
	if !page.Reset && page.From != s.Cur || page.To < page.From {
		return false, nil
	}
	s.Revoked, s.UpTo, s.Archived = false, 0, false
	if page.Reset || page.From == 0 {
		s.Repair, s.Bad = s.Bad, false
		s.Gen++
		s.Reading = true
		s.Since = p.resp.Commit
		s.Cur = 0
	}
	p.count += len(page.Changes)
	return true, nil
}

func (p *pages) arrivals(page *syncproto.ScopePage) error {
	s, err := p.scope(page.Scope)
	if err != nil {
		return err
	}
	for i := range page.Changes {
		c := &page.Changes[i]
		switch c.Op {
		case syncproto.ChangePut:
			doc, h := held(c.Doc, c.H)
			err = p.put(s, &Record{Key: Key{c.Type, c.ID}, Rev: c.Rev, H: h, Doc: doc})
		case syncproto.ChangeAck:
			err = p.acked(s, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// held returns a document as it is to be kept and its own hash, which differs
// from the announced one if the document was damaged on its way.
func held(raw jsontext.Value, h syncproto.Hash) (jsontext.Value, syncproto.Hash) {
	if own := syncproto.Fingerprint(raw); own == h {
		return raw, own
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		return jsontext.Value("{}"), syncproto.HashDoc(syncproto.Doc{})
	}
	c := jsontext.Value(doc.AppendCanonical(nil))
	return c, syncproto.Fingerprint(c)
}

// acked builds the server's document of an own write from base, the mutations
// and the server's fields. If the hash tells that this is not the server's,
// the scope is asked for anew.
func (p *pages) acked(s *ScopeState, c *syncproto.Change) error {
	k := Key{c.Type, c.ID}
	old, err := p.confirmed(k)
	if err != nil {
		return err
	}
	doc := syncproto.Doc{}
	if old != nil {
		if old.Rev == c.Rev && old.H == c.H { // another scope of this answer brought it
			return p.put(s, &Record{Key: k, Rev: c.Rev, H: c.H, Doc: old.Doc})
		}
		if doc, err = syncproto.SplitCanonical(old.Doc); err != nil {
			doc = syncproto.Doc{}
		}
	}
	for _, w := range p.own[k] {
		if old != nil && w.rev <= old.Rev {
			continue // a verdict told again: base has had this one for long
		}
		if m, err := syncproto.DecodeMutation(w.item.Raw); err == nil {
			doc = syncproto.Overlay(k.Type, doc, m)
		}
	}
	srv, err := syncproto.SplitCanonical(c.Srv)
	if err != nil {
		srv = syncproto.Doc{}
	}
	for f := range doc {
		if syncproto.ClassOf(k.Type, f) == syncproto.Server {
			delete(doc, f)
		}
	}
	for f, v := range srv {
		doc[f] = v
	}
	raw := jsontext.Value(doc.AppendCanonical(nil))
	h := syncproto.Fingerprint(raw)
	if h != c.H && !s.Differs {
		s.Bad, p.again = true, true
	}
	return p.put(s, &Record{Key: k, Rev: c.Rev, H: h, Doc: raw})
}

// confirmed returns a record of base that some scope's newest reading brought.
// Until a reading from 0 is swept base may also hold copies that the server
// knows nothing of, and an ack does not build on those.
func (p *pages) confirmed(k Key) (*Record, error) {
	rec, err := p.record(k)
	if rec == nil || err != nil {
		return nil, err
	}
	for _, m := range rec.Marks {
		s, err := p.scope(m.Scope)
		if err != nil {
			return nil, err
		}
		if s.Gen == m.Gen {
			return rec, nil
		}
	}
	return nil, nil
}

func (p *pages) departures(page *syncproto.ScopePage) (err error) {
	for i := range page.Changes {
		c := &page.Changes[i]
		switch c.Op {
		case syncproto.ChangeLeave:
			err = p.leave(page.Scope, Key{c.Type, c.ID})
		case syncproto.ChangeDel:
			err = p.remove(Key{c.Type, c.ID})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// finish moves the cursor; after the last page it sweeps and compares.
func (p *pages) finish(page *syncproto.ScopePage) error {
	s, err := p.scope(page.Scope)
	if err != nil {
		return err
	}
	p.moved = p.moved || s.Cur != page.To
	s.Cur, s.More = page.To, page.More
	if page.More {
		p.again = true
		return nil
	}
	if s.Reading {
		if err := p.sweep(s); err != nil {
			return err
		}
	}
	p.compare(s, page)
	s.Reading, s.Repair, s.Since = false, false, 0
	return nil
}

// compare is rule C7. A scope that differs is read anew at once; if that does
// not help it is reported, and read anew once a day by the server's clock.
func (p *pages) compare(s *ScopeState, page *syncproto.ScopePage) {
	switch {
	case s.Count == page.Count && s.Sum == page.Sum:
		s.Bad, s.Differs, s.RetryMs = false, false, 0
	case s.Repair || p.asked[s.Scope]:
		s.Bad, s.Differs = true, true
		s.RetryMs = p.resp.Now + syncproto.SentRetryDays*24*time.Hour.Milliseconds()
	case !s.Bad:
		s.Bad, p.again = true, true
	}
}
