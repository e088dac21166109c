package oracle

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// effect is one accepted mutation of an activity or a report.
type effect struct {
	rev     int64
	fp      string
	m       Mutation
	adopter string    // who adopted it, "" if it was taken as it came
	waived  string    // the code that the adoption waived
	lost    *[]string // what its verdict says was overwritten unseen; nil: not told
	orig    string    // the id that it named, if it lives on under another
}

// folded is what an activity or report is after its effects so far, by the
// oracle's own reading of the rules.
type folded struct {
	exists, deleted  bool
	doc              map[string]string // canonical text of the phone-settable fields
	state            string
	author, reviewer string
	reviewedC        string
	lastRev          int64
}

func (f *folded) copy() folded {
	c := *f
	c.doc = maps.Clone(f.doc)
	return c
}

func (f *folded) decided() bool { return f.state == "approved" || f.state == "rejected" }

// Fold lays all accepted mutations down in the order of revs, checks that each
// was lawful at its moment, and compares the result with what the server
// shows to anybody.
func (o *Oracle) Fold(all []*Reading) {
	docs, revs := map[string]map[string]json.RawMessage{}, map[string]int64{}
	for _, rd := range all {
		maps.Copy(docs, rd.Docs)
		maps.Copy(revs, rd.Revs)
	}
	byRecord := map[string][]effect{}
	for _, e := range o.effects(docs) {
		k := e.m.Type + "/" + e.m.ID
		byRecord[k] = append(byRecord[k], e)
	}
	done := map[string]*folded{}
	steps := map[string][]step{}
	for _, k := range slices.SortedFunc(maps.Keys(byRecord), aliasesLast(byRecord)) {
		list := byRecord[k]
		f := &folded{}
		done[k] = f
		for i, e := range list {
			if from := done[e.orig]; i == 0 && from != nil && e.m.Op != "create" {
				f.exists, f.state, f.author, f.doc = true, "received", from.author, maps.Clone(from.doc)
			}
			if i > 0 && e.rev == list[i-1].rev {
				o.fail(ExactlyOnce, "%s: two mutations made the same rev %d", k, e.rev)
			}
			o.lawful(k, f, e)
			f.apply(e)
			steps[k] = append(steps[k], step{e.rev, f.copy()})
		}
		o.sameAs(k, f, docs[k], revs[k])
	}
	o.justify(steps)
	o.overdue(steps, docs)
	for _, k := range slices.Sorted(maps.Keys(docs)) {
		typ, _ := cutType(k)
		if (typ == "activity" || typ == "report") && len(byRecord[k]) == 0 {
			o.fail(ExactlyOnce, "%s exists and no accepted mutation made it", k)
		}
	}
}

// aliasesLast sorts the effects of each record by rev, and the records by when
// they began: what lives on under another id builds on what is folded before.
func aliasesLast(byRecord map[string][]effect) func(a, b string) int {
	for _, list := range byRecord {
		slices.SortStableFunc(list, func(a, b effect) int { return cmp.Compare(a.rev, b.rev) })
	}
	last := func(k string) int {
		if byRecord[k][0].orig != "" {
			return 1
		}
		return 0
	}
	return func(a, b string) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(byRecord[a][0].rev, byRecord[b][0].rev), cmp.Compare(a, b))
	}
}

func (o *Oracle) effects(docs map[string]map[string]json.RawMessage) (out []effect) {
	settled := map[string]bool{} // by person/fp: told by a case
	for _, k := range slices.Sorted(maps.Keys(docs)) {
		if typ, _ := cutType(k); typ == "case" {
			if e, key, ok := o.settled(docs[k]); ok {
				settled[key] = true
				out = append(out, e)
			}
		}
	}
	for _, t := range o.order {
		k := t.Person + "/" + t.FP
		v, ok := o.line.verdicts[k]
		m, readable := ReadMutation(t.Raw)
		if !ok || settled[k] || !readable || v.V != "applied" && v.V != "merged" || m.Type != "activity" && m.Type != "report" {
			continue
		}
		if v.ID != "" && v.ID != m.ID {
			o.fail(ExactlyOnce, "a mutation of %s says it changed %s", m.ID, v.ID)
		}
		out = append(out, effect{rev: v.Rev, fp: t.FP, m: m, lost: &v.Lost})
	}
	return out
}

// settled is the effect of a mutation that stood aside or waited and was
// adopted or decided later, as its case tells.
func (o *Oracle) settled(c map[string]json.RawMessage) (e effect, key string, ok bool) {
	result, state := text(c["result"]), text(c["state"])
	key = text(c["by"]) + "/" + text(c["fp"])
	t := o.typed[key]
	if t == nil || result != "applied" && result != "merged" || state != "adopted" && state != "decided" {
		return e, key, false
	}
	m, readable := ReadMutation(t.Raw)
	if !readable || m.Type != "activity" && m.Type != "report" {
		return e, key, false
	}
	e = effect{fp: t.FP, m: m}
	e.m.ID = text(c["result_id"])
	if e.m.ID != m.ID {
		e.orig = m.Type + "/" + m.ID
	}
	_ = json.Unmarshal(c["result_rev"], &e.rev)
	if state == "adopted" {
		o.stats.Adopted++
		e.adopter, e.waived = text(c["closed_by"]), text(c["code"])
	}
	return e, key, true
}

func (f *folded) apply(e effect) {
	f.lastRev = e.rev
	if f.doc == nil {
		f.doc = map[string]string{}
	}
	switch e.m.Op {
	case "create":
		if !f.exists {
			f.exists, f.state, f.author = true, "received", e.m.By
		}
		f.content(e)
	case "edit", "attach", "detach":
		if f.decided() {
			f.state = "pending_review" // adopted past the lock: the chair looks again
		}
		f.content(e)
	case "delete":
		f.deleted = true
	case "submit":
		f.state = "pending_review"
	case "withdraw":
		f.state = "withdrawn"
	case "review":
		f.state = map[string]string{"approve": "approved", "return": "returned", "revoke": "returned", "reject": "rejected"}[text(e.m.Args["decision"])]
		f.reviewer, f.reviewedC = e.m.By, e.m.Seen
	}
}

// content lays set, add and del over the fields.
func (f *folded) content(e effect) {
	for k, v := range e.m.Set {
		s, err := canon(v)
		if err != nil || s == "null" || string(v) == "null" {
			delete(f.doc, k)
			continue
		}
		f.doc[k] = s
	}
	touched := map[string]bool{}
	for k := range e.m.Add {
		touched[k] = true
	}
	for k := range e.m.Del {
		touched[k] = true
	}
	for k := range touched {
		var list []string
		_ = json.Unmarshal([]byte(f.doc[k]), &list)
		list = append(list, e.m.Add[k]...)
		list = slices.DeleteFunc(list, func(s string) bool { return slices.Contains(e.m.Del[k], s) })
		slices.Sort(list)
		list = slices.Compact(list)
		if len(list) == 0 {
			delete(f.doc, k)
			continue
		}
		b := "["
		for i, s := range list {
			if i > 0 {
				b += ","
			}
			b += quote(s)
		}
		f.doc[k] = b + "]"
	}
}

// serverFields are not compared with the fold, but for state and author.
var serverFields = []string{"author", "state", "reason", "reviewer", "reviewed_c", "waiver", "flags", "unit", "month",
	"received", "submitted", "c", "alias_of"}

func (o *Oracle) sameAs(k string, f *folded, doc map[string]json.RawMessage, rev int64) {
	if f.deleted || !f.exists {
		if doc != nil {
			o.fail(Tombstones, "%s is shown though it was deleted or never made", k)
		}
		return
	}
	if doc == nil {
		o.fail(AckedKept, "%s was accepted and nobody can read it", k)
		return
	}
	typ, _ := cutType(k)
	have := docFields(doc)
	if text(doc["state"]) != f.state {
		o.fail(ExactlyOnce, "%s is %s, its mutations make it %s", k, text(doc["state"]), f.state)
	}
	if rev != f.lastRev {
		o.fail(ExactlyOnce, "%s has rev %d, its last mutation made %d", k, rev, f.lastRev)
	}
	if c := contentHash(typ, have); text(doc["c"]) != c {
		o.fail(Digests, "c of %s is %s, not %s", k, text(doc["c"]), c)
	}
	for _, field := range serverFields {
		if typ == "report" && field == "month" {
			continue
		}
		delete(have, field)
	}
	if fmt.Sprint(have) != fmt.Sprint(f.doc) {
		o.fail(ExactlyOnce, "%s is %v, its mutations make it %v", k, have, f.doc)
	}
}

func cutType(k string) (typ, id string) {
	for i := range k {
		if k[i] == '/' {
			return k[:i], k[i+1:]
		}
	}
	return k, ""
}
