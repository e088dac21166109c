package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Ask sends one sync as a person and returns the body of a 200 answer.
type Ask func(person string, body []byte) ([]byte, error)

// Reading is what a person can read: scope to records, from cursor 0.
type Reading struct {
	Person string
	Scopes map[string]map[string]rec
	Docs   map[string]map[string]json.RawMessage // type/id of live records
	Revs   map[string]int64                      // type/id
}

// Read pulls every scope that the person may read from cursor 0, page by
// page, with a client of its own, and recomputes each count and sum.
func (o *Oracle) Read(ask Ask, person, client string, scopes []string, limit int) (*Reading, error) {
	rd := &Reading{Person: person, Scopes: map[string]map[string]rec{},
		Docs: map[string]map[string]json.RawMessage{}, Revs: map[string]int64{}}
	type place struct {
		cur, since int64
		done       bool
	}
	at := map[string]*place{}
	for _, s := range scopes {
		at[s] = &place{}
	}
	for round, left := 0, len(at); left > 0; round++ {
		if round > 500 {
			return nil, fmt.Errorf("reading of %s does not end", person)
		}
		// What is read already is asked for from its end: the server would add it
		// again from 0.
		var pulls []map[string]any
		for _, s := range slices.Sorted(maps.Keys(at)) {
			pulls = append(pulls, map[string]any{"scope": s, "cur": at[s].cur, "since": at[s].since})
		}
		body, _ := json.Marshal(map[string]any{"proto": 1, "schema": 1, "app": "audit", "client": client, "top": 0,
			"push": map[string]any{"first": 1, "prev": noChain, "list": []any{}}, "pull": pulls, "clock": 0, "limit": limit})
		out, err := ask(person, body)
		if err != nil {
			return nil, err
		}
		var r Response
		if err := decode(out, &r); err != nil || r.State != "ok" {
			return nil, fmt.Errorf("reading of %s: state %q, %v", person, r.State, err)
		}
		for i := range r.Scopes {
			p := &r.Scopes[i]
			pl := at[p.Scope]
			if pl == nil {
				o.fail(ReadRights, "%s was not asked for and is not among what %s may read", p.Scope, person)
				continue
			}
			if rd.Scopes[p.Scope] == nil {
				rd.Scopes[p.Scope] = map[string]rec{}
			}
			if p.From != pl.cur {
				o.fail(CursorForward, "%s asked from %d, answered from %d", p.Scope, pl.cur, p.From)
			}
			o.take(rd, p)
			if p.More && pl.since == 0 {
				pl.since = r.Commit
			}
			pl.cur = p.To
			if !p.More && !pl.done {
				pl.done = true
				left--
				o.recompute(rd, p)
			}
		}
		for _, v := range r.Revoked {
			if pl := at[v.Scope]; pl != nil && !pl.done {
				pl.done = true
				left--
			}
		}
		if len(r.Scopes) == 0 {
			break
		}
	}
	return rd, nil
}

// take applies a page of a reading from 0. Under no writes an entry comes once.
func (o *Oracle) take(rd *Reading, p *Page) {
	set := rd.Scopes[p.Scope]
	for _, c := range p.Changes {
		k := c.Type + "/" + c.ID
		if _, twice := set[k]; twice {
			o.fail(OneEntry, "%s came twice in one reading of %s", k, p.Scope)
		}
		if c.Op != "put" {
			delete(set, k)
			continue
		}
		set[k] = rec{typ: c.Type, id: c.ID, h: c.H, rev: c.Rev, doc: string(c.Doc)}
		if old, ok := rd.Revs[k]; ok && old != c.Rev {
			o.fail(OneEntry, "%s has rev %d in one scope and %d in %s", k, old, c.Rev, p.Scope)
		}
		rd.Revs[k] = c.Rev
		var d map[string]json.RawMessage
		_ = json.Unmarshal(c.Doc, &d)
		rd.Docs[k] = d
	}
}

func (o *Oracle) recompute(rd *Reading, p *Page) {
	set := rd.Scopes[p.Scope]
	if int64(len(set)) != p.Count {
		o.fail(SumRecomputed, "%s has %d records and says %d", p.Scope, len(set), p.Count)
	}
	if s := sumOf(p.Scope, set); s != p.Sum {
		o.fail(SumRecomputed, "%s sums to %s and says %s", p.Scope, s, p.Sum)
	}
}

// MonthContent is what decides about a team-month, as text: each record of
// the commune's month that is the team's, with its content and state.
func (rd *Reading) MonthContent(commune, team, month string) (content string, ok bool) {
	set, ok := rd.Scopes["commune:"+commune+"/"+month]
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(set)) {
		if text(rd.Docs[k]["team"]) != team {
			continue
		}
		d := docFields(rd.Docs[k])
		fmt.Fprintf(&b, "%s %s %s; ", k, contentHash(set[k].typ, d), text(rd.Docs[k]["state"]))
	}
	return b.String(), ok
}

// Shows tells whether a person's reading has a record.
func Shows(all []*Reading, person, key string) bool {
	for _, rd := range all {
		if _, ok := rd.Docs[key]; ok && rd.Person == person {
			return true
		}
	}
	return false
}

// SameRevs checks that a replay changed nothing that a person can read.
func SameRevs(o *Oracle, before, after *Reading) {
	for _, k := range slices.Sorted(maps.Keys(after.Revs)) {
		if before.Revs[k] != after.Revs[k] {
			o.fail(ExactlyOnce, "%s had rev %d; pushing everything again made it %d", k, before.Revs[k], after.Revs[k])
		}
	}
}

// docFields are the fields of a document in canonical text.
func docFields(d map[string]json.RawMessage) map[string]string {
	out := make(map[string]string, len(d))
	for k, v := range d {
		if s, err := canon(v); err == nil {
			out[k] = s
		}
	}
	return out
}

// Held is a record as a phone holds it.
type Held struct{ Scope, Type, ID, Doc string }

// ComparePhone checks that what a phone holds is what a reading from 0 gives.
// own are the scopes that the phone must have by itself.
func (o *Oracle) ComparePhone(name string, rd *Reading, held []Held, scopes, own []string) {
	for _, s := range own {
		if len(rd.Scopes[s]) > 0 && !slices.Contains(scopes, s) {
			o.fail(Converged, "%s has no %s", name, s)
		}
	}
	have := map[string]map[string]string{}
	for _, s := range scopes {
		have[s] = map[string]string{}
	}
	for _, h := range held {
		if have[h.Scope] == nil {
			o.fail(RevokedGone, "%s holds %s %s of %s without a cursor", name, h.Type, h.ID, h.Scope)
			continue
		}
		have[h.Scope][h.Type+"/"+h.ID] = h.Doc
	}
	for _, s := range slices.Sorted(maps.Keys(have)) {
		if !o.MayRead(rd.Person, s) {
			o.fail(RevokedGone, "%s still holds %s", name, s)
			continue
		}
		want := rd.Scopes[s]
		for _, k := range slices.Sorted(maps.Keys(want)) {
			if doc, ok := have[s][k]; !ok || doc != want[k].doc {
				o.fail(Converged, "%s has %s in %s as %.300s, the server as %.300s", name, k, s, doc, want[k].doc)
			}
		}
		for _, k := range slices.Sorted(maps.Keys(have[s])) {
			if _, ok := want[k]; !ok {
				o.fail(Converged, "%s still has %s in %s", name, k, s)
			}
		}
	}
}

// PageHeld checks after a complete page that what a phone holds of a scope
// has the count and the sum that the page named.
func (o *Oracle) PageHeld(name, scope string, held []HeldRev, count int64, sum string) {
	set := map[string]rec{}
	for _, h := range held {
		set[h.Type+"/"+h.ID] = rec{typ: h.Type, id: h.ID, rev: h.Rev, h: h16(h.Doc)}
	}
	if int64(len(set)) != count || sumOf(scope, set) != sum {
		o.fail(PageComplete, "%s holds %d records of %s after a complete page of %d", name, len(set), scope, count)
	}
}

// HeldRev is a record as a phone holds it, with its rev.
type HeldRev struct {
	Type, ID string
	Rev      int64
	Doc      []byte
}
