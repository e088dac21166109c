package syncproto

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// MergeResult is the outcome of laying a mutation over a record.
type MergeResult struct {
	Doc      Doc      // the new document; the old one is untouched
	Changed  bool     // whether Doc differs from the old one
	Lost     []string // free fields whose unseen value was overwritten, sorted
	Conflict []string // material fields in conflict, sorted; Doc is then not to be used
	Refused  []string // fields that a phone may not set this way, sorted
}

// serverRoom is about how many fields a server adds to a new document.
const serverRoom = 8

// Merge lays Set, Add and Del of a mutation over the server's document by the
// class of each field (SPEC.md, "Time and merging"):
//
//	material  equal to the new value: nothing; equal to was: set; else conflict
//	free      set; if the value was neither was nor the new one, it is lost
//	set       deltas, whatever the order
//	server    refused
func Merge(typ string, cur Doc, m *Mutation) (r MergeResult) {
	classes := ClassesOf(typ)
	r.Doc = make(Doc, len(cur)+len(m.Set)+serverRoom)
	for k, v := range cur {
		r.Doc[k] = v
	}
	for f, v := range m.Set {
		old := cur[f]
		class := classes.Of(f)
		if class == Server || class == Set {
			r.Refused = append(r.Refused, f)
			continue
		}
		if sameValue(old, v) {
			continue
		}
		switch class {
		case Material:
			if !sameValue(old, m.Was[f]) {
				r.Conflict = append(r.Conflict, f)
				continue
			}
		case Free:
			if !absent(old) && !sameValue(old, m.Was[f]) {
				r.Lost = append(r.Lost, f)
			}
		}
		setField(r.Doc, f, v)
		r.Changed = true
	}
	for _, f := range deltaFields(m) {
		if classes.Of(f) != Set {
			r.Refused = append(r.Refused, f)
			continue
		}
		var v jsontext.Value // absent once the last element is gone
		if next := applyDelta(cur.Strs(f), m.Add[f], m.Del[f]); len(next) > 0 {
			v = Strs(next)
		}
		if !sameValue(cur[f], v) {
			setField(r.Doc, f, v)
			r.Changed = true
		}
	}
	slices.Sort(r.Lost)
	slices.Sort(r.Conflict)
	slices.Sort(r.Refused)
	return r
}

// Overlay is what a phone shows: the mutation laid over base without asking
// whether the server will agree. An ack without a body is applied the same
// way.
func Overlay(typ string, base Doc, m *Mutation) Doc {
	seen := Mutation{Set: m.Set, Was: base, Add: m.Add, Del: m.Del}
	return Merge(typ, base, &seen).Doc
}

func deltaFields(m *Mutation) []string {
	var fs []string
	for f := range m.Add {
		fs = append(fs, f)
	}
	for f := range m.Del {
		if _, ok := m.Add[f]; !ok {
			fs = append(fs, f)
		}
	}
	slices.Sort(fs)
	return fs
}

func applyDelta(cur, add, del []string) []string {
	del = slices.Sorted(slices.Values(del))
	out := slices.Concat(cur, add)
	out = slices.DeleteFunc(out, func(s string) bool {
		_, gone := slices.BinarySearch(del, s)
		return gone
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// setField sets a field; null removes it.
func setField(d Doc, f string, v jsontext.Value) {
	if absent(v) {
		delete(d, f)
		return
	}
	d[f] = v
}

func absent(v jsontext.Value) bool { return len(v) == 0 || v.Kind() == 'n' }

func sameValue(a, b jsontext.Value) bool {
	return absent(a) && absent(b) || bytes.Equal(a, b)
}
