package oracle

import (
	"encoding/json"
	"slices"
)

// moment is when a mutation was decided first, as far as one can tell from
// outside: after lo and not after hi.
type moment struct {
	lo, hi int64
	v      Verdict
	day    string
	grants []Grant
}

// step is what a record was from a rev on.
type step struct {
	rev int64
	folded
}

// during are the states that a record had in the window of a moment.
func during(steps []step, at moment) (out []folded) {
	out = append(out, folded{}) // replaced by the newest one at lo
	for _, s := range steps {
		switch {
		case s.rev <= at.lo:
			out[0] = s.folded
		case s.rev <= at.hi:
			out = append(out, s.folded)
		}
	}
	return out
}

// justify checks that each refusal had a reason at its moment.
func (o *Oracle) justify(steps map[string][]step) {
	for _, t := range o.order {
		at, ok := o.line.moments[t.Person+"/"+t.FP]
		m, readable := ReadMutation(t.Raw)
		if !ok || !readable || t.Poison || at.v.Code == "" || m.Type != "activity" && m.Type != "report" {
			continue
		}
		k := m.Type + "/" + m.ID
		good := false
		for _, f := range during(steps[k], at) {
			good = good || o.reason(m, f, at)
		}
		if !good {
			o.fail(Justified, "%s %s without a reason at %d..%d on %s: %.400s", at.v.V, at.v.Code, at.lo, at.hi, at.day, t.Raw)
		}
	}
}

// overdue checks that nothing waits for what has come: a record that is there,
// a grant that was entered late. What it waits for now is told by its case: a
// second decision may have found another reason to wait.
func (o *Oracle) overdue(steps map[string][]step, docs map[string]map[string]json.RawMessage) {
	for _, t := range o.order {
		v := o.line.verdicts[t.Person+"/"+t.FP]
		m, readable := ReadMutation(t.Raw)
		if !readable || t.Poison || v.V != "waiting" || m.Type != "activity" || m.By != t.Person {
			continue
		}
		list, code := steps[m.Type+"/"+m.ID], text(docs["case/"+v.Case]["code"])
		switch {
		case code == "parent_unknown" && len(list) > 0 && m.Op != "review":
			o.fail(Converged, "waits for a record that is there: %.300s", t.Raw)
		case code == "not_member" && m.Op == "create":
			f := folded{doc: map[string]string{}}
			f.content(effect{m: m})
			if (moment{grants: o.line.grants}).role(t.Person, f.doc) != "" {
				o.fail(Converged, "waits for a grant that was entered: %.300s", t.Raw)
			}
		}
	}
}

// Losers are the verdicts that named an overwritten value, newest last, for
// the harness to look for it in the histories.
func (o *Oracle) Losers() (out []Verdict) {
	for _, t := range o.order {
		if v := o.line.verdicts[t.Person+"/"+t.FP]; v.V == "merged" && len(v.Lost) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// reason tells whether a refusal is right if the record was f.
func (o *Oracle) reason(m Mutation, f folded, at moment) bool {
	next := folded{doc: map[string]string{}}
	for k, v := range f.doc {
		next.doc[k] = v
	}
	next.content(effect{m: m})
	switch at.v.Code {
	case "locked_review":
		return f.decided()
	case "deleted":
		return f.deleted || m.Op == "delete" && m.Seen != contentHash(m.Type, f.doc)
	case "conflict_material":
		return len(conflicts(m, f)) > 0
	case "future_date":
		day := text(m.Set["done_on"])
		if m.Type == "report" {
			day = text(m.Set["month"]) + "-01"
		}
		return day > at.day
	case "month_closed":
		for _, doc := range []map[string]string{f.doc, next.doc} {
			if o.shut(placeOf(m.Type, doc), at.lo, at.hi) {
				return true
			}
		}
		return false
	case "not_member":
		return m.Type == "report" || at.role(m.By, f.doc) == "" || at.role(m.By, next.doc) == ""
	case "forbidden":
		return o.noRight(m, f, at)
	case "parent_unknown":
		return !f.exists || m.Op == "review"
	case "stale_review":
		return f.deleted || m.Seen != contentHash(m.Type, f.doc) || !mayDecide(m, f)
	case "invalid":
		return f.exists && m.Op == "create" || m.Type == "report"
	case "internal":
		return false
	}
	return true // parent_aside, duplicate_of and what only other records explain
}

// noRight: work on somebody else's record by no leader, a review by no chair
// of the commune or by the author.
func (o *Oracle) noRight(m Mutation, f folded, at moment) bool {
	if m.Op == "review" {
		return m.By == f.author || !slices.ContainsFunc(at.grants, func(g Grant) bool {
			return g.Person == m.By && g.Role == "commune_chair" && g.Unit == o.Commune[unquote(f.doc["team"])] && g.on(at.day)
		})
	}
	return m.Type == "report" || m.Op == "withdraw" && m.By != f.author || m.By != f.author && at.role(m.By, f.doc) != "leader"
}

// role is what a person was in the team of a record on the day it was done.
func (at moment) role(person string, doc map[string]string) (role string) {
	team, day := unquote(doc["team"]), unquote(doc["done_on"])
	for _, g := range at.grants {
		if g.Person == person && g.Team == team && g.on(day) {
			role = g.Role
		}
	}
	return role
}

// conflicts are the material fields that changed under the author's hands.
func conflicts(m Mutation, f folded) (fields []string) {
	for _, field := range materialFields[m.Type] {
		v, ok := m.Set[field]
		if !ok {
			continue
		}
		next, _ := canon(v)
		if cur := f.doc[field]; cur != next && cur != wasOf(m, field) {
			fields = append(fields, field)
		}
	}
	return fields
}

func wasOf(m Mutation, field string) string {
	was, err := canon(m.Was[field])
	if err != nil {
		return ""
	}
	return was
}

// losers are the free fields whose unseen value a mutation overwrites.
func losers(m Mutation, f *folded) (fields []string) {
	for field, v := range m.Set {
		if slices.Contains(materialFields[m.Type], field) || slices.Contains(setFields[m.Type], field) {
			continue
		}
		next := ""
		if string(v) != "null" {
			next, _ = canon(v)
		}
		if cur, there := f.doc[field]; there && cur != next && cur != wasOf(m, field) {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return fields
}

// mayDecide tells whether a decision fits the state, content aside.
func mayDecide(m Mutation, f folded) bool {
	what, own := text(m.Args["decision"]), m.By == f.reviewer
	switch f.state {
	case "pending_review":
		return what != "revoke"
	case "approved":
		return what == "revoke" || own && what != "approve"
	case "returned":
		return own && f.reviewedC == m.Seen && what != "revoke"
	}
	return false
}

// placeOf is the team-month that a document belongs to.
func placeOf(typ string, doc map[string]string) string {
	day := doc["done_on"]
	if typ == "report" {
		day = doc["month"]
	}
	if len(day) < 8 {
		return ""
	}
	return unquote(doc["team"]) + "/" + day[1:8]
}
