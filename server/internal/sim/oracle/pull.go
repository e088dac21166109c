package oracle

import (
	"encoding/json"
	"strings"
)

// rec is a live record as a scope shows it.
type rec struct {
	typ, id, h string
	rev        int64
	doc        string
}

func (o *Oracle) pull(person string, q *Request, r *Response) {
	asked := map[string]Pull{}
	for _, p := range q.Pull {
		asked[p.Scope] = p
	}
	for i := range r.Scopes {
		p := &r.Scopes[i]
		o.stats.Pages++
		if p.Reset {
			o.stats.Resets++
		}
		if !o.mayRead(person, p.Scope, o.Today()) {
			o.fail(ReadRights, "%s was delivered to somebody without a right today", p.Scope)
		}
		if p.To > r.Commit || p.To < p.From {
			o.fail(CursorForward, "page %d..%d of %s at commit %d", p.From, p.To, p.Scope, r.Commit)
		}
		if a, ok := asked[p.Scope]; ok && p.From != a.Cur && !p.Reset {
			o.fail(CursorForward, "%s asked from %d, answered from %d without a reset", p.Scope, a.Cur, p.From)
		}
		o.page(person, p, r)
	}
	for _, v := range r.Revoked {
		if o.mayRead(person, v.Scope, o.Today()) {
			o.fail(RevokedGone, "%s was taken from somebody who may read it", v.Scope)
		}
	}
}

func (o *Oracle) page(person string, p *Page, r *Response) {
	seen := map[string]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		o.stats.Docs++
		k := c.Type + "/" + c.ID
		if seen[k] {
			o.fail(OneEntry, "%s %s stands twice in a page of %s", c.Type, c.ID, p.Scope)
		}
		seen[k] = true
		if c.Rev > p.To {
			o.fail(CursorForward, "rev %d in a page up to %d", c.Rev, p.To)
		}
		switch c.Op {
		case "put":
			o.document(person, p.Scope, c)
		case "ack":
			if !hasVerdict(r, c.ID) {
				o.fail(PageComplete, "a body was left out of %s %s that this answer doesn't confirm", c.Type, c.ID)
			}
		case "del", "leave":
		default:
			o.fail(Envelope, "change %q", c.Op)
		}
	}
}

func hasVerdict(r *Response, id string) bool {
	for _, v := range r.Verdicts {
		if v.ID == id && (v.V == "applied" || v.V == "noop" || v.V == "merged") {
			return true
		}
	}
	return false
}

// document checks that a body is what its hash says and belongs to its scope.
func (o *Oracle) document(person, scope string, c *Change) {
	if h := h16(c.Doc); h != c.H {
		o.fail(Digests, "h of %s %s is %s, not %s", c.Type, c.ID, h, c.H)
	}
	place := person + " " + scope + " " + c.Type + " " + c.H
	if o.sound[place] {
		return // the very same was looked at before
	}
	o.sound[place] = true
	if !o.sound[c.H] {
		o.sound[c.H] = true
		if want, err := canon(c.Doc); err != nil || want != string(c.Doc) {
			o.fail(Digests, "%s %s is not canonical (%v): %.200s", c.Type, c.ID, err, c.Doc)
		}
	}
	var d map[string]json.RawMessage
	_ = json.Unmarshal(c.Doc, &d)
	kind, rest, _ := strings.Cut(scope, ":")
	id, month, _ := strings.Cut(rest, "/")
	bad := false
	switch {
	case kind == "team":
		team := text(d["team"])
		bad = team != "" && team != id || month != "" && docMonth(c.Type, d) != month ||
			(c.Type == "activity" || c.Type == "report") && (team == "" || month == "")
	case kind == "commune":
		bad = month != "" && docMonth(c.Type, d) != month
	case kind == "user":
		p := text(d["person"])
		bad = id != person || p != "" && p != person || c.Type == "case" || c.Type == "activity" || c.Type == "report"
	case kind == "ref":
		bad = c.Type == "activity" || c.Type == "report" || c.Type == "case" || c.Type == "own_case" || c.Type == "grant"
	}
	if bad {
		o.fail(ReadRights, "%s %s doesn't belong into %s: %.200s", c.Type, c.ID, scope, c.Doc)
	}
}

func docMonth(typ string, d map[string]json.RawMessage) string {
	if typ == "activity" {
		return monthOf(text(d["done_on"]))
	}
	return text(d["month"])
}
