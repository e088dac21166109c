package oracle

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// ConsoleReview is a decision made at the console.
type ConsoleReview struct{ Type, ID, Seen, Decision string }

// Console notes the verdict on a console's decision. The key stands for the
// bytes: the same key must get the same verdict.
func (o *Oracle) Console(person, key string, rv ConsoleReview, v Verdict) {
	k := person + "/console:" + key
	v.N = 0
	if old, ok := o.line.verdicts[k]; ok && !mayBecome(old, v) {
		o.fail(SameVerdict, "console key %s was %+v, now %+v", key, old, v)
	}
	o.line.verdicts[k] = v
	if o.typed[k] == nil {
		decision, _ := json.Marshal(rv.Decision)
		raw, _ := json.Marshal(Mutation{Op: "review", Type: rv.Type, ID: rv.ID, By: person, Seen: rv.Seen,
			Args: map[string]json.RawMessage{"decision": decision}})
		t := &typed{Person: person, FP: "console:" + key, Raw: raw, Consoled: true}
		o.typed[k] = t
		o.order = append(o.order, t)
	}
}

// Cases checks that each mutation that stands aside or waits can be seen: its
// author sees his own, with the bytes he typed, the team or the commune sees
// the case.
func (o *Oracle) Cases(all []*Reading) {
	seen := map[string]bool{}
	own := map[string]*Reading{}
	for _, rd := range all {
		own[rd.Person] = rd
		for k := range rd.Docs {
			seen[k] = true
		}
	}
	for _, t := range o.order {
		v, ok := o.line.verdicts[t.Person+"/"+t.FP]
		if !ok || v.V != "aside" && v.V != "waiting" {
			continue
		}
		if rd := own[t.Person]; rd != nil {
			d := rd.Docs["own_case/"+v.Case]
			if d == nil && !o.adoption(t) {
				o.fail(CaseVisible, "the author can't see case %s (%s %s) of %.120s", v.Case, v.V, v.Code, t.Raw)
			}
			if m := text(d["mutation"]); d != nil && !t.Consoled && !o.adoption(t) && m != "" && m != string(t.Raw) {
				o.fail(AsideCase, "case %s holds %.100s for %.100s", v.Case, m, t.Raw)
			}
		}
		if !seen["case/"+v.Case] {
			o.fail(CaseVisible, "nobody who decides can see case %s (%s %s) of %.120s", v.Case, v.V, v.Code, t.Raw)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(seen)) {
		if id, ok := strings.CutPrefix(k, "own_case/"); ok && !seen["case/"+id] {
			o.fail(CaseVisible, "own case %s has no case", id)
		}
	}
}

// adoption tells whether a mutation is one that adopts: set aside, it has no
// case of its own but names the one that stays.
func (o *Oracle) adoption(t *typed) bool {
	m, ok := ReadMutation(t.Raw)
	return ok && m.Type == "case"
}
