package syncproto

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// The vectors are the contract as data: engines in other languages read the
// same files. Each file is an array of cases. vectors_make_test.go holds the
// inputs, -update computes the rest; the tests below only read the files.
// Text that is not UTF-8 stands as hex.

type canonCase struct {
	Name  string `json:"name"`
	In    string `json:"in,omitzero"`
	InHex string `json:"in_hex,omitzero"`
	OK    bool   `json:"ok"`
	Out   string `json:"out,omitzero"` // canonical text
	H     string `json:"h,omitzero"`   // its hash
}

type fpCase struct {
	Name     string `json:"name"`
	Mutation string `json:"mutation,omitzero"`
	Hex      string `json:"mutation_hex,omitzero"`
	FP       string `json:"fp"`
	Chain    string `json:"chain"` // after this mutation; the first case begins with the empty chain
}

type contentCase struct {
	Name string         `json:"name"`
	Type string         `json:"type"`
	Doc  jsontext.Value `json:"doc"`
	Of   string         `json:"of"` // canonical text that c is the hash of
	C    string         `json:"c"`
}

type sumCase struct {
	Name   string `json:"name"`
	Scope  Scope  `json:"scope"`
	Type   string `json:"type"`
	ID     ID     `json:"id"`
	Rev    int64  `json:"rev"`
	H      string `json:"h"`
	Addend string `json:"addend"`
	Sum    string `json:"sum"`   // of this case and all before it
	Minus  string `json:"minus"` // that sum less the addend of the first case
}

type derivedCase struct {
	Type  string `json:"type"`
	Team  ID     `json:"team"`
	Month string `json:"month"`
	ID    ID     `json:"id"`
}

type mergeCase struct {
	Name     string         `json:"name"`
	Type     string         `json:"type"`
	Base     jsontext.Value `json:"base"`
	Mutation jsontext.Value `json:"mutation"`     // set, was, add, del
	Doc      jsontext.Value `json:"doc,omitzero"` // absent if there is a conflict
	Changed  bool           `json:"changed"`
	Lost     []string       `json:"lost"`
	Conflict []string       `json:"conflict"`
	Refused  []string       `json:"refused"`
	Shown    jsontext.Value `json:"shown"` // what a phone shows: overlay on base
}

type decodeCase struct {
	Name  string `json:"name"`
	What  string `json:"what"` // request, mutation, response
	In    string `json:"in,omitzero"`
	InHex string `json:"in_hex,omitzero"`
	OK    bool   `json:"ok"`
	Lists int    `json:"list,omitzero"` // request: number of mutations, well-formed or not
}

type scopeCase struct {
	Scope Scope  `json:"scope"`
	OK    bool   `json:"ok"`
	Kind  string `json:"kind,omitzero"`
	ID    ID     `json:"id,omitzero"`
	Month string `json:"month,omitzero"`
}

type nfcCase struct {
	Text string `json:"text"`
	NFC  bool   `json:"nfc"`
	Note string `json:"note,omitzero"`
}

// input returns the bytes of a case.
func input(t *testing.T, text, hexText string) []byte {
	t.Helper()
	if hexText == "" {
		return []byte(text)
	}
	b, err := hex.DecodeString(hexText)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readVectors[T any](t *testing.T, name string) (cases []T) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &cases, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return cases
}

func freshVectors[T any](t *testing.T, name string, cases []T) {
	t.Helper()
	want, err := json.Marshal(cases, jsontext.Multiline(true), jsontext.WithIndent(" "), jsontext.EscapeForJS(true), json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	path := filepath.Join("testdata", "vectors", name)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run go test -run %s -update and look at what changed\n%s", name, t.Name(), cmp.Diff(string(got), string(want)))
	}
}

func TestVectors_Canonical(t *testing.T) {
	for _, c := range readVectors[canonCase](t, "canonical.json") {
		doc, err := DecodeDoc(input(t, c.In, c.InHex))
		if (err == nil) != c.OK {
			t.Errorf("%s: error %v, want ok=%v", c.Name, err, c.OK)
			continue
		}
		if err != nil {
			continue
		}
		if got := string(doc.AppendCanonical(nil)); got != c.Out {
			t.Errorf("%s: %s, want %s", c.Name, got, c.Out)
		}
		if got := HashDoc(doc).String(); got != c.H {
			t.Errorf("%s: h %s, want %s", c.Name, got, c.H)
		}
	}
}

func TestVectors_FP(t *testing.T) {
	var chain Chain
	for _, c := range readVectors[fpCase](t, "fp.json") {
		fp := Fingerprint(input(t, c.Mutation, c.Hex))
		chain = NextChain(chain, fp)
		if fp.String() != c.FP || chain.String() != c.Chain {
			t.Errorf("%s: fp %s chain %s, want %s %s", c.Name, fp, chain, c.FP, c.Chain)
		}
	}
}

func TestVectors_Content(t *testing.T) {
	for _, c := range readVectors[contentCase](t, "content.json") {
		doc, err := DecodeDoc(c.Doc)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if got := ContentHash(c.Type, doc).String(); got != c.C {
			t.Errorf("%s: c %s, want %s", c.Name, got, c.C)
		}
	}
}

func TestVectors_Sum(t *testing.T) {
	var sum, first Sum
	for i, c := range readVectors[sumCase](t, "sum.json") {
		h, err := ParseBytes16(c.H)
		if err != nil {
			t.Fatal(err)
		}
		a := Addend(c.Scope, c.Type, c.ID, c.Rev, h)
		sum = AddSum(sum, a)
		if i == 0 {
			first = a
		}
		if got := []string{a.String(), sum.String(), SubSum(sum, first).String()}; !cmp.Equal(got, []string{c.Addend, c.Sum, c.Minus}) {
			t.Errorf("%s: %v, want %s %s %s", c.Name, got, c.Addend, c.Sum, c.Minus)
		}
	}
}

func TestVectors_DerivedID(t *testing.T) {
	for _, c := range readVectors[derivedCase](t, "derived.json") {
		if got := DerivedID(c.Type, c.Team, c.Month); got != c.ID {
			t.Errorf("%s %s %s: %s, want %s", c.Type, c.Team, c.Month, got, c.ID)
		}
	}
}

func TestVectors_Merge(t *testing.T) {
	for _, c := range readVectors[mergeCase](t, "merge.json") {
		base, m := mergeInput(t, c)
		r := Merge(c.Type, base, m)
		got := c
		got.Changed, got.Lost, got.Conflict, got.Refused = r.Changed, names(r.Lost), names(r.Conflict), names(r.Refused)
		if got.Doc = nil; len(r.Conflict) == 0 {
			got.Doc = r.Doc.AppendCanonical(nil)
		}
		got.Shown = Overlay(c.Type, base, m).AppendCanonical(nil)
		for _, v := range []*jsontext.Value{&c.Doc, &c.Shown} {
			if len(*v) > 0 {
				if err := v.Compact(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if d := cmp.Diff(c, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.Name, d)
		}
	}
}

// mergeInput reads base and mutation of a case as they come over the wire.
func mergeInput(t *testing.T, c mergeCase) (Doc, *Mutation) {
	t.Helper()
	base, err := DecodeDoc(c.Base)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	m := new(Mutation)
	p := newParser(c.Mutation)
	if err := p.mutation(m); err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return base, m
}

// names makes nil and empty lists alike.
func names(list []string) []string { return append([]string{}, list...) }

func TestVectors_Decode(t *testing.T) {
	for _, c := range readVectors[decodeCase](t, "decode.json") {
		in := input(t, c.In, c.InHex)
		var err error
		n := 0
		switch c.What {
		case "request":
			var r *Request
			if r, err = DecodeRequest(in); err == nil {
				n = len(r.Push.List)
			}
		case "mutation":
			_, err = DecodeMutation(in)
		case "response":
			_, err = DecodeResponse(in)
		default:
			t.Fatalf("%s: what is %q", c.Name, c.What)
		}
		if (err == nil) != c.OK || n != c.Lists {
			t.Errorf("%s %s: %d mutations, error %v; want %d, ok=%v", c.What, c.Name, n, err, c.Lists, c.OK)
		}
	}
}

func TestVectors_Scope(t *testing.T) {
	for _, c := range readVectors[scopeCase](t, "scope.json") {
		p, ok := c.Scope.Parse()
		if got := (scopeCase{c.Scope, ok, p.Kind, p.ID, p.Month}); got != c {
			t.Errorf("%q: %+v, want %+v", c.Scope, got, c)
		}
	}
}

func TestVectors_NFC(t *testing.T) {
	for _, c := range readVectors[nfcCase](t, "nfc.json") {
		if got := IsNFC(c.Text); got != c.NFC {
			t.Errorf("%+q: %v, want %v", c.Text, got, c.NFC)
		}
	}
}
