package syncproto

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

const (
	idA = ID("AZAAAAAAcACAAAAAAAAAAQ")
	idB = ID("AZAAAAAAcACAAAAAAAAAAg")
	idC = ID("-_-_-_-_-_-_-_-_-_-_-w")
)

// envelope is a request whose list holds the given elements.
func envelope(list ...string) string {
	return `{"proto":1,"schema":1,"app":"1.0.0","client":"` + string(idA) + `","top":` + "200" +
		`,"push":{"first":1,"prev":"","list":[` + strings.Join(list, ",") + `]},"pull":[],"clock":-5}`
}

func TestDecodeRequest_BrokenMutationsPass(t *testing.T) {
	deep := strings.Repeat(`[`, 20_000) + strings.Repeat(`]`, 20_000)
	list := []string{
		`{"op":"create","op":"edit"}`, "{\"note\":\"\xff\xfe\"}", `{"note":"\ud800"}`, `null`, `7`, `"x"`, `[]`,
		`{"set":{"a":null},"set":1e400}`, deep, `{ "op" : "create" }`, `"` + strings.Repeat("a", 20<<10) + `"`,
	}
	r, err := DecodeRequest([]byte(envelope(list...)))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, len(r.Push.List))
	for i, m := range r.Push.List {
		got[i] = string(m)
		if _, err := DecodeMutation(m); err == nil {
			t.Errorf("mutation %.40s was accepted", m)
		}
	}
	if d := cmp.Diff(list, got); d != "" {
		t.Error("bytes were not kept (-want +got):\n", d)
	}
}

func TestDecodeRequest_Members(t *testing.T) {
	body := `{"proto":1,"schema":2,"app":"1.2","client":"` + string(idC) + `","seen":{"epoch":"k3f9","commit":8},"top":46,` +
		`"push":{"first":45,"prev":"` + string(idB) + `","list":[{"a":1} , 2 ]},` +
		`"pull":[{"scope":"ref","cur":3},{"scope":"user:x","cur":0,"since":4,"bad":true}],"clock":1793100000123,"limit":500}`
	got, err := DecodeRequest([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	prev, _ := idB.Bytes()
	want := &Request{
		Proto: 1, Schema: 2, App: "1.2", Client: idC, Seen: &Seen{"k3f9", 8}, Top: 46,
		Push:  Push{First: 45, Prev: prev, List: []RawMutation{RawMutation(`{"a":1}`), RawMutation(`2`)}},
		Pull:  []Pull{{Scope: "ref", Cur: 3}, {Scope: "user:x", Since: 4, Bad: true}},
		Clock: 1793100000123, Limit: 500,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error("(-want +got):\n", d)
	}
	again, err := DecodeRequest(got.AppendJSON(nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, again); d != "" {
		t.Error("round trip (-want +got):\n", d)
	}
}

func TestDecodeRequest_Refused(t *testing.T) {
	good := envelope(`{}`)
	if _, err := DecodeRequest([]byte(good)); err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%s is not in the envelope", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, body := range map[string]string{
		"empty":               ``,
		"null":                `null`,
		"array":               `[]`,
		"trailing":            good + `{}`,
		"truncated":           good[:len(good)-1],
		"unknown member":      swap(`"top":`, `"tip":1,"top":`),
		"duplicate":           swap(`"top":`, `"top":1,"top":`),
		"duplicate, escaped":  swap(`"top":`, `"t\u006fp":1,"top":`),
		"case":                swap(`"top":`, `"Top":`),
		"null push":           swap(`"push":{"first":1,"prev":"","list":[{}]}`, `"push":null`),
		"null list":           swap(`[{}]`, `null`),
		"null pull":           swap(`"pull":[]`, `"pull":null`),
		"null pull element":   swap(`"pull":[]`, `"pull":[null]`),
		"null seen":           swap(`"top":`, `"seen":null,"top":`),
		"null top":            swap(`"top":200`, `"top":null`),
		"null app":            swap(`"app":"1.0.0"`, `"app":null`),
		"null client":         swap(`"client":"`+string(idA)+`"`, `"client":null`),
		"no push":             swap(`"push":{"first":1,"prev":"","list":[{}]},`, ``),
		"no proto":            swap(`"proto":1,`, ``),
		"no client":           swap(`"client":"`+string(idA)+`",`, ``),
		"client not an id":    swap(string(idA), "abc"),
		"client not canon":    swap(string(idA), "AZAAAAAAcACAAAAAAAAAAR"),
		"proto 0":             swap(`"proto":1`, `"proto":0`),
		"proto 2":             swap(`"proto":1`, `"proto":2`),
		"float":               swap(`"top":200`, `"top":200.0`),
		"exponent":            swap(`"top":200`, `"top":2e2`),
		"string for number":   swap(`"top":200`, `"top":"200"`),
		"number for string":   swap(`"app":"1.0.0"`, `"app":1`),
		"negative top":        swap(`"top":200`, `"top":-1`),
		"top below list":      swap(`"top":200`, `"top":0`),
		"first 0":             swap(`"first":1`, `"first":0`),
		"first too big":       swap(`"first":1`, `"first":9007199254740992`),
		"bad UTF-8":           swap(`1.0.0`, "1\xff"),
		"element not JSON":    envelope(`{"op":}`),
		"element unclosed":    envelope(`{"op":[}`),
		"element bad escape":  envelope(`"\q"`),
		"element control":     envelope("\"\x01\""),
		"element bad number":  envelope(`01`),
		"201 mutations":       envelope(strings.Split(strings.TrimSuffix(strings.Repeat("1,", 201), ","), ",")...),
		"comma at the end":    envelope(`{},`),
		"pull without scope":  swap(`"pull":[]`, `"pull":[{"cur":0}]`),
		"pull negative":       swap(`"pull":[]`, `"pull":[{"scope":"ref","cur":-1}]`),
		"pull unknown member": swap(`"pull":[]`, `"pull":[{"scope":"ref","cur":1,"x":1}]`),
		"101 scopes":          swap(`"pull":[]`, `"pull":[`+strings.TrimSuffix(strings.Repeat(`{"scope":"ref","cur":0},`, 101), ",")+`]`),
	} {
		if _, err := DecodeRequest([]byte(body)); !errors.Is(err, ErrEnvelope) {
			t.Errorf("%s: %v, want ErrEnvelope", name, err)
		}
	}
	if _, err := DecodeRequest([]byte(swap(`"proto":1`, `"proto":2`))); !errors.Is(err, ErrProto) {
		t.Errorf("proto 2: %v, want ErrProto", err)
	}
}

func TestDecodeMutation_Members(t *testing.T) {
	raw := `{ "op":"edit","type":"activity","id":"` + string(idA) + `","by":"` + string(idB) + `","t":-3,"at":"k3f9/88",
	 "set":{"note":"T\u1ed5 <&>","measures":{"b":2,"a":1},"place":null},"was":{"place":"\u0041","note":null},
	 "seen":"` + string(idC) + `","add":{"participants":["x","y"]},"del":{},"args":{"waive":true} }`
	got, err := DecodeMutation(RawMutation(raw))
	if err != nil {
		t.Fatal(err)
	}
	seen, _ := idC.Bytes()
	want := &Mutation{
		Op: OpEdit, Type: TypeActivity, ID: idA, By: idB, T: -3, At: "k3f9/88", Seen: seen,
		Set:  Doc{"note": Str("Tổ <&>"), "measures": jsontext.Value(`{"a":1,"b":2}`), "place": jsontext.Value("null")},
		Was:  Doc{"place": Str("A"), "note": jsontext.Value("null")},
		Add:  Sets{"participants": {"x", "y"}},
		Del:  Sets{},
		Args: Doc{"waive": Bool(true)},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error("(-want +got):\n", d)
	}
}

func TestDecodeMutation_Refused(t *testing.T) {
	const head = `{"op":"edit","type":"activity","id":"AZAAAAAAcACAAAAAAAAAAQ","by":"AZAAAAAAcACAAAAAAAAAAg","t":1,"at":""`
	if _, err := DecodeMutation(RawMutation(head + `}`)); err != nil {
		t.Fatal(err)
	}
	ok5 := head + `,"set":{"a":[[[[[1]]]]]}}` // the document is level 1
	if _, err := DecodeMutation(RawMutation(ok5)); err != nil {
		t.Errorf("six levels: %v", err)
	}
	for _, tail := range []string{
		`,"set":null}`, `,"was":null}`, `,"args":null}`, `,"add":null}`, `,"del":null}`, `,"seen":null}`,
		`,"set":{"a":[null]}}`, `,"set":{"a":{"b":null}}}`, `,"args":{"a":null}}`, `,"add":{"a":null}}`, `,"add":{"a":[null]}}`,
		`,"add":{"a":[""]}}`, `,"add":{"a":[1]}}`, `,"add":{"a":"x"}}`, `,"add":{"a":[],"a":[]}}`, `,"add":{"a":["a\u0306"]}}`,
		`,"set":{"a":1,"a":1}}`, `,"set":{"a":{"b":1,"b":2}}}`, `,"set":{"a":{"b":1,"\u0062":2}}}`, `,"set":{"":1}}`, `,"set":{"đ":1}}`,
		`,"set":{"a":1.0}}`, `,"set":{"a":1e3}}`, `,"set":{"a":-0}}`, `,"set":{"a":9007199254740992}}`, `,"set":{"a":01}}`,
		`,"set":{"a":[[[[[[1]]]]]]}}`, `,"set":[]}`, `,"set":{"a":"` + "\xff" + `"}}`, `,"set":{"a":"\udc00"}}`, `,"set":{"a":"a\u0306"}}`,
		`,"set":{"a":nul}}`, `,"extra":1}`, `,"op":"edit"}`, `,"t":1.5}`, `,"t":null}`, `} {}`, ``, `,"set":{"a":1,}}`,
		`,"seen":"abc"}`, `,"set":{"a\u0007":1}}`,
	} {
		if _, err := DecodeMutation(RawMutation(head + tail)); !errors.Is(err, ErrProfile) {
			t.Errorf("…%s: %v, want ErrProfile", tail, err)
		}
	}
	for _, member := range []string{"op", "type", "id", "by"} {
		if _, err := DecodeMutation(RawMutation(strings.Replace(head+`}`, `"`+member+`":"`, `"`+member+`":"","x`+member+`":"`, 1))); err == nil {
			t.Errorf("%s may be empty", member)
		}
		if _, err := DecodeMutation(RawMutation(strings.Replace(head+`}`, `"`+member+`"`, `"at"`, 1))); err == nil {
			t.Errorf("%s may be missing", member)
		}
	}
	large := head + `,"set":{"note":"` + strings.Repeat("a", MaxMutationBytes) + `"}}`
	if _, err := DecodeMutation(RawMutation(large)); err != nil {
		t.Errorf("size is not its business: %v", err)
	}
}

func TestDecodeMutation_SharesNothing(t *testing.T) {
	raw := RawMutation(`{"op":"edit","type":"activity","id":"AZAAAAAAcACAAAAAAAAAAQ","by":"AZAAAAAAcACAAAAAAAAAAg","t":1,"at":"","set":{"note":"abc","place":"d"}}`)
	m, err := DecodeMutation(raw)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		raw[i] = '#'
	}
	if m.Set.Str("note") != "abc" || m.Op != OpEdit {
		t.Errorf("changed with its bytes: %v", m)
	}
	if note := append(m.Set["note"], "xxxx"...); len(note) == 0 || m.Set.Str("place") != "d" {
		t.Error("appending to one value reaches the next")
	}
}
