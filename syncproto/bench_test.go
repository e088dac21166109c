package syncproto

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// benchMutation is a record of some 760 bytes, as quality goals measure it.
func benchMutation(tb testing.TB, i int) RawMutation {
	tb.Helper()
	m := &Mutation{
		Op: OpCreate, Type: TypeActivity, ID: idA, By: idB, T: 1793100000123 + int64(i), At: "k3f9q2aa/88122",
		Set: Doc{
			"team": Str(string(idC)), "done_on": Str("2023-06-05"), "category": Str("DVC_NOP_HO_SO"),
			"measures": jsontext.Value(`{"ho_so":12,"ho":7,"luot":15,"nguoi":9}`), "start": Int(510), "minutes": Int(90),
			"place": Str("Nhà văn hoá bản Lìm Mông"), "lat_e6": Int(21712345), "lng_e6": Int(104123456),
			"note": Str(strings.Repeat("Hướng dẫn bà con nộp hồ sơ trực tuyến. ", 4)),
		},
		Add: Sets{"participants": {string(idA), string(idB)}, "evidence": {"paper:07/BC-TCNS"}},
	}
	raw, err := EncodeMutation(m)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

func benchRequest(tb testing.TB) *Request {
	r := &Request{Proto: 1, Schema: 1, App: "1.0.0", Client: idA, Seen: &Seen{"k3f9q2aa", 88122}, Top: 10, Push: Push{First: 1}, Clock: 1793100000123}
	for i := range 10 {
		r.Push.List = append(r.Push.List, benchMutation(tb, i))
	}
	for i := range 6 {
		r.Pull = append(r.Pull, Pull{Scope: TeamMonthScope(idC, fmt.Sprintf("2023-%02d", i+1)), Cur: 88122})
	}
	return r
}

func BenchmarkDecodeRequest(b *testing.B) {
	body := benchRequest(b).AppendJSON(nil)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeRequest(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeMutation(b *testing.B) {
	raw := benchMutation(b, 1)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeMutation(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUnmarshalMutation is the row to compare with: the general decoder,
// which checks less.
func BenchmarkUnmarshalMutation(b *testing.B) {
	raw := benchMutation(b, 1)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var m Mutation
		if err := json.Unmarshal(raw, &m, json.RejectUnknownMembers(true)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDocuments(b *testing.B) {
	m, err := DecodeMutation(benchMutation(b, 1))
	if err != nil {
		b.Fatal(err)
	}
	doc := Merge(TypeActivity, Doc{}, m).Doc
	canon := jsontext.Value(doc.AppendCanonical(nil))
	for name, fn := range map[string]func(){
		"AppendCanonical": func() { doc.AppendCanonical(make([]byte, 0, 1024)) },
		"HashDoc":         func() { HashDoc(doc) },
		"ContentHash":     func() { ContentHash(TypeActivity, doc) },
		"DecodeDoc":       func() { _, _ = DecodeDoc(canon) },
		"SplitCanonical":  func() { _, _ = SplitCanonical(canon) },
		"Merge":           func() { Merge(TypeActivity, Doc{}, m) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fn()
			}
		})
	}
}

func BenchmarkEncodeResponse(b *testing.B) {
	m, err := DecodeMutation(benchMutation(b, 1))
	if err != nil {
		b.Fatal(err)
	}
	r := fullResponse()
	page := &r.Scopes[0]
	for i := range 500 {
		page.Changes = append(page.Changes, Change{Op: ChangePut, Type: TypeActivity, ID: idA, Rev: int64(i), H: Hash{1}, Doc: m.Set.AppendCanonical(nil)})
	}
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(r.AppendJSON(nil))))
	}
}

// TestAllocations holds what a push costs in garbage, which no noise moves.
func TestAllocations(t *testing.T) {
	raw := benchMutation(t, 1)
	body := benchRequest(t).AppendJSON(nil)
	m, err := DecodeMutation(raw)
	if err != nil {
		t.Fatal(err)
	}
	note := m.Set.Str("note")
	resp := fullResponse()
	for _, c := range []struct {
		name string
		most float64
		fn   func()
	}{
		{"IsNFC", 0, func() { IsNFC(note) }},
		{"HashDoc", 0, func() { HashDoc(m.Set) }},
		{"Fingerprint", 0, func() { Fingerprint(raw) }},
		{"DecodeMutation", 24, func() { _, _ = DecodeMutation(raw) }},
		{"DecodeRequest", 50, func() { _, _ = DecodeRequest(body) }},
		{"Response.AppendJSON", 1, func() { resp.AppendJSON(nil) }},
	} {
		if got := testing.AllocsPerRun(50, c.fn); got > c.most {
			t.Errorf("%s: %v allocations, at most %v", c.name, got, c.most)
		}
	}
}
