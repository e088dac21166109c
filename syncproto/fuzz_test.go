package syncproto

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Run these with -fuzzminimizetime=10x: with the default the fuzzer spends
// its time on making inputs smaller that are small already.

// seedsOf feeds the committed vectors to a fuzz target.
func seedsOf(f *testing.F, what string) {
	f.Helper()
	t := &testing.T{}
	for _, c := range readVectors[decodeCase](t, "decode.json") {
		if c.What == what {
			f.Add(input(t, c.In, c.InHex))
		}
	}
}

// lax accepts any JSON text, however odd.
var lax = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

func FuzzDecodeRequest(f *testing.F) {
	seedsOf(f, "request")
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := DecodeRequest(body)
		if err != nil {
			if !errors.Is(err, ErrEnvelope) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if !jsontext.Value(body).IsValid(lax...) {
			t.Fatal("accepted what is not JSON")
		}
		for _, m := range r.Push.List {
			if !jsontext.Value(m).IsValid(lax...) || !bytes.Equal(bytes.TrimSpace(m), m) {
				t.Fatalf("element %q", m)
			}
			_, _ = DecodeMutation(m)
		}
		again, err := DecodeRequest(r.AppendJSON(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r, again, cmpopts.EquateEmpty()); d != "" {
			t.Fatal("round trip:", d)
		}
	})
}

func FuzzDecodeMutation(f *testing.F) {
	seedsOf(f, "mutation")
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := DecodeMutation(raw)
		if err != nil {
			if !errors.Is(err, ErrProfile) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if !jsontext.Value(raw).IsValid() {
			t.Fatal("accepted what a strict reader refuses")
		}
		made, err := EncodeMutation(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeMutation(made)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(m, again, cmpopts.EquateEmpty()); d != "" {
			t.Fatal("round trip:", d)
		}
	})
}

func FuzzDecodeDoc(f *testing.F) {
	for _, c := range readVectors[canonCase](&testing.T{}, "canonical.json") {
		f.Add(input(&testing.T{}, c.In, c.InHex))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, err := DecodeDoc(raw)
		if err != nil {
			if !errors.Is(err, ErrProfile) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		canon := jsontext.Value(doc.AppendCanonical(nil))
		want := jsontext.Value(raw).Clone()
		if err := want.Canonicalize(); err != nil {
			t.Fatalf("accepted what a strict reader refuses: %v", err)
		}
		if !bytes.Equal(canon, want) {
			t.Fatalf("%s, RFC 8785 says %s", canon, want)
		}
		for name, split := range map[string]func(jsontext.Value) (Doc, error){"DecodeDoc": DecodeDoc, "SplitCanonical": SplitCanonical} {
			again, err := split(canon)
			if err != nil {
				t.Fatalf("%s refuses canonical form: %v", name, err)
			}
			if d := cmp.Diff(doc, again); d != "" {
				t.Fatalf("%s of canonical form: %s", name, d)
			}
		}
	})
}

func FuzzDecodeResponse(f *testing.F) {
	seedsOf(f, "response")
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := DecodeResponse(body)
		if err != nil {
			if !errors.Is(err, ErrEnvelope) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		again, err := DecodeResponse(r.AppendJSON(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r, again, cmpopts.EquateEmpty()); d != "" {
			t.Fatal("round trip:", d)
		}
	})
}

func FuzzMerge(f *testing.F) {
	for _, c := range mergeInputs {
		f.Add(c[1], []byte(c[2]), []byte(c[3]))
	}
	f.Fuzz(func(t *testing.T, typ string, base, mutation []byte) {
		cur, err := DecodeDoc(base)
		if err != nil {
			return
		}
		m := new(Mutation)
		if newParser(mutation).mutation(m) != nil {
			return
		}
		checkMerge(t, typ, cur, m)
	})
}

func FuzzScopeParse(f *testing.F) {
	for _, c := range readVectors[scopeCase](&testing.T{}, "scope.json") {
		f.Add(string(c.Scope))
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := Scope(s).Parse()
		if !ok {
			if p != (ParsedScope{}) {
				t.Fatalf("refused, but %+v", p)
			}
			return
		}
		var back Scope
		switch p.Kind {
		case KindRef:
			back = ScopeRef
		case KindUser:
			back = UserScope(p.ID)
		case KindTeam:
			back = TeamScope(p.ID)
		case KindCommune:
			back = CommuneScope(p.ID)
		}
		if p.Month != "" {
			back += Scope("/" + p.Month)
		}
		if string(back) != s || strings.HasPrefix(s, "sys") || slices.Contains([]byte(s), 0) {
			t.Fatalf("%q reads as %+v", s, p)
		}
	})
}
