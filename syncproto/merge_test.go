package syncproto

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// checkMerge holds what every merge must keep, whatever it is given.
func checkMerge(t *testing.T, typ string, cur Doc, m *Mutation) {
	t.Helper()
	before := string(cur.AppendCanonical(nil))
	r := Merge(typ, cur, m)
	if string(cur.AppendCanonical(nil)) != before {
		t.Fatal("the old document was changed")
	}
	after := string(r.Doc.AppendCanonical(nil))
	if len(r.Conflict) == 0 && r.Changed != (after != before) {
		t.Fatalf("changed is %v: %s to %s", r.Changed, before, after)
	}
	for _, l := range [][]string{r.Lost, r.Conflict, r.Refused} {
		if !slices.IsSorted(l) {
			t.Fatalf("not sorted: %v", l)
		}
	}
	for f, v := range r.Doc {
		if absent(v) {
			t.Fatalf("field %s is null in the document", f)
		}
	}
	for f, old := range cur {
		if sameValue(old, r.Doc[f]) {
			continue
		}
		seen := sameValue(old, m.Was[f])
		switch ClassOf(typ, f) {
		case Server:
			t.Fatalf("server field %s changed", f)
		case Material:
			if !seen {
				t.Fatalf("material field %s was overwritten unseen", f)
			}
		case Free:
			if !seen && !slices.Contains(r.Lost, f) {
				t.Fatalf("free field %s lost its value in silence", f)
			}
		case Set:
			if _, ok := m.Set[f]; ok && m.Add[f] == nil && m.Del[f] == nil {
				t.Fatalf("set field %s was overwritten", f)
			}
		}
	}
	if len(r.Conflict) == 0 {
		if shown := string(Overlay(typ, cur, m).AppendCanonical(nil)); shown != after {
			t.Fatalf("the phone shows %s, the server makes %s", shown, after)
		}
		again := Merge(typ, r.Doc, m)
		if again.Changed || len(again.Conflict)+len(again.Lost) > 0 {
			t.Fatalf("the same mutation again is no noop: %+v", again)
		}
	}
}

// world draws documents and mutations over few fields and values, so that
// they meet often.
type world struct{ *rand.Rand }

func (w world) value() jsontext.Value {
	switch w.IntN(5) {
	case 0:
		return Int(int64(w.IntN(3)))
	case 1:
		return jsontext.Value(fmt.Sprintf(`{"nguoi":%d}`, w.IntN(2)))
	}
	return Str([]string{"", "A", "ổ"}[w.IntN(3)])
}

func (w world) elements() (list []string) {
	for range w.IntN(4) {
		list = append(list, string(rune('a'+w.IntN(6))))
	}
	return list
}

func (w world) doc() Doc {
	d := Doc{}
	for _, f := range []string{"note", "place", "category", "done_on", "state"} {
		if w.IntN(2) == 0 {
			d[f] = w.value()
		}
	}
	for _, f := range []string{"participants", "evidence"} {
		if list := w.elements(); len(list) > 0 {
			d[f] = Strs(list)
		}
	}
	return d
}

func (w world) mutation(seen Doc) *Mutation {
	m := &Mutation{Set: Doc{}, Was: Doc{}, Add: Sets{}, Del: Sets{}}
	for _, f := range []string{"note", "place", "category", "done_on", "state", "participants"} {
		if w.IntN(3) > 0 {
			continue
		}
		if m.Set[f] = w.value(); w.IntN(4) == 0 {
			m.Set[f] = jsontext.Value("null")
		}
		if w.IntN(2) == 0 {
			if m.Was[f] = seen[f]; absent(m.Was[f]) {
				m.Was[f] = jsontext.Value("null")
			}
		} else if w.IntN(2) == 0 {
			m.Was[f] = w.value()
		}
	}
	for _, f := range []string{"participants", "evidence", "note"} {
		if w.IntN(3) == 0 {
			m.Add[f] = w.elements()
		}
		if w.IntN(3) == 0 {
			m.Del[f] = w.elements()
		}
	}
	return m
}

func TestMerge_Properties(t *testing.T) {
	w := world{rand.New(rand.NewPCG(3, 4))}
	met := map[string]int{}
	for range 30_000 {
		cur := w.doc()
		m := w.mutation(cur)
		typ := []string{TypeActivity, TypeReport, TypeInbox, TypeTeam, "newer"}[w.IntN(5)]
		checkMerge(t, typ, cur, m)
		r := Merge(typ, cur, m)
		for name, hit := range map[string]bool{"lost": len(r.Lost) > 0, "conflict": len(r.Conflict) > 0, "refused": len(r.Refused) > 0, "changed": r.Changed} {
			if hit {
				met[name]++
			}
		}
	}
	for _, name := range []string{"lost", "conflict", "refused", "changed"} {
		if met[name] < 1000 {
			t.Errorf("only %d merges with %s: the test looks elsewhere", met[name], name)
		}
	}
}

// TestMerge_SetDeltasCommute: deltas of two people that don't contradict each
// other (one adds what the other deletes) come to the same in either order.
func TestMerge_SetDeltasCommute(t *testing.T) {
	w := world{rand.New(rand.NewPCG(5, 6))}
	tried := 0
	for range 20_000 {
		cur := w.doc()
		one := &Mutation{Add: Sets{"evidence": w.elements()}, Del: Sets{"evidence": w.elements()}}
		two := &Mutation{Add: Sets{"evidence": w.elements()}, Del: Sets{"evidence": w.elements()}}
		if contradict(one, two) || contradict(two, one) || contradict(one, one) || contradict(two, two) {
			continue
		}
		tried++
		a := Merge(TypeActivity, Merge(TypeActivity, cur, one).Doc, two).Doc
		b := Merge(TypeActivity, Merge(TypeActivity, cur, two).Doc, one).Doc
		if a, b := string(a.AppendCanonical(nil)), string(b.AppendCanonical(nil)); a != b {
			t.Fatalf("%v and %v: %s, %s", one, two, a, b)
		}
	}
	if tried < 1000 {
		t.Errorf("only %d pairs", tried)
	}
}

func contradict(one, two *Mutation) bool {
	return slices.ContainsFunc(one.Add["evidence"], func(s string) bool { return slices.Contains(two.Del["evidence"], s) })
}

// TestMerge_TwoPhonesConverge: whoever comes second, material values are never
// overwritten in silence and a free value that goes is named once.
func TestMerge_TwoPhonesConverge(t *testing.T) {
	base := Doc{"category": Str("A"), "note": Str("old")}
	edit := func(category, note string) *Mutation {
		return &Mutation{Set: Doc{"category": Str(category), "note": Str(note)}, Was: base}
	}
	first := Merge(TypeActivity, base, edit("B", "one"))
	second := Merge(TypeActivity, first.Doc, edit("C", "two"))
	if d := cmp.Diff([]string{"category"}, second.Conflict); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"note"}, second.Lost); d != "" {
		t.Error(d)
	}
	if len(first.Lost)+len(first.Conflict) > 0 {
		t.Errorf("the first loses something: %+v", first)
	}
}

func TestMerge_ContentHash(t *testing.T) {
	base := Doc{"category": Str("A"), "note": Str("old"), "state": Str("received")}
	c := ContentHash(TypeActivity, base)
	free := Merge(TypeActivity, base, &Mutation{Set: Doc{"note": Str("new")}, Was: base}).Doc
	if ContentHash(TypeActivity, free) != c {
		t.Error("a free field moves c: a review would go stale")
	}
	material := Merge(TypeActivity, base, &Mutation{Set: Doc{"category": Str("B")}, Was: base}).Doc
	if ContentHash(TypeActivity, material) == c {
		t.Error("a material field does not move c")
	}
	set := Merge(TypeActivity, base, &Mutation{Add: Sets{"evidence": {"paper:1"}}}).Doc
	if ContentHash(TypeActivity, set) == c {
		t.Error("evidence does not move c")
	}
}
