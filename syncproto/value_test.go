package syncproto

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

func TestDoc_Accessors(t *testing.T) {
	d, err := DecodeDoc(jsontext.Value(`{"s":"T\u1ed5 \"<\n>\" \ud83d\ude00 \u0000","e":"","i":-12,"t":true,"f":false,"l":["a","\"],[",""],"n":[],"m":["a",1],"o":{"a":1},"k":[["a"]],"x":[1]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Str("s"); got != "Tổ \"<\n>\" 😀 \x00" {
		t.Errorf("%q", got)
	}
	for _, f := range []string{"e", "i", "l", "o", "none"} {
		if got := d.Str(f); got != "" {
			t.Errorf("Str(%s) is %q", f, got)
		}
	}
	if n, ok := d.Int("i"); n != -12 || !ok {
		t.Errorf("%d %v", n, ok)
	}
	if _, ok := d.Int("s"); ok {
		t.Error("a string is no integer")
	}
	if !d.Bool("t") || d.Bool("f") || d.Bool("none") {
		t.Error("booleans")
	}
	for f, want := range map[string][]string{"l": {"a", "\"],[", ""}, "n": {}, "m": nil, "o": nil, "k": nil, "x": nil, "s": nil, "none": nil} {
		if diff := cmp.Diff(want, d.Strs(f)); diff != "" {
			t.Errorf("Strs(%s): %s", f, diff)
		}
	}
}

func FuzzStrs(f *testing.F) {
	f.Add("a", "b\n\"", "ổ")
	f.Add("", "]", `\`)
	f.Fuzz(func(t *testing.T, a, b, c string) {
		list := []string{a, b, c}
		for _, s := range list {
			if !IsNFC(s) {
				return
			}
		}
		v := Strs(list)
		slices.Sort(list)
		list = slices.Compact(list)
		if d := cmp.Diff(list, Doc{"x": v}.Strs("x")); d != "" {
			t.Fatal(d)
		}
		var other []string
		if err := json.Unmarshal(v, &other); err != nil || !slices.Equal(other, list) {
			t.Fatalf("%s is not what a general reader sees: %v %v", v, other, err)
		}
		if s := (Doc{"x": Str(a)}).Str("x"); s != a {
			t.Fatalf("%q comes back as %q", a, s)
		}
	})
}
