package syncproto

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"
)

// The expected halves of the vectors are computed here by other means than
// the package's own: jsontext's canonical form, big.Int, x/text.

// digest16 is the first half of a SHA-256 as it stands on the wire.
func digest16(parts ...string) string {
	s := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(s[:16])
}

func textOrHex(in string) (text, hexText string) {
	if utf8.ValidString(in) {
		return in, ""
	}
	return "", hex.EncodeToString([]byte(in))
}

func TestVectorsFresh_Canonical(t *testing.T) {
	accept := [][2]string{
		{"empty", `{}`},
		{"order of names", `{"b":2,"a":1,"B":3,"_":4,"a2":5}`},
		{"nested order", `{"z":{"y":[{"d":1,"c":2}],"x":true},"a":false}`},
		{"white space", " {\n\t\"a\" : [ 1 ,\r\n 2 ] } "},
		{"Vietnamese", `{"note":"Hướng dẫn bà con nộp hồ sơ: Tổ chuyển đổi số cộng đồng bản Lìm Mông"}`},
		{"Vietnamese, escaped", `{"note":"H\u01b0\u1edbng d\u1EABn"}`},
		{"less, greater, ampersand stay", `{"note":"<b>&amp;</b>","e":"\u003c\u003e\u0026"}`},
		{"U+2028 and U+2029 stay", `{"note":"a\u2028b\u2029c","raw":"` + "\u2028" + `"}`},
		{"emoji", `{"note":"\ud83d\ude00 👍🏽"}`},
		{"control characters", `{"note":"\u0000\u0001\u0007\b\t\n\u000b\f\r\u000e\u001f\u007f"}`},
		{"control characters, long form", `{"note":"\u0008\u0009\u000a\u000C\u000d\u001B"}`},
		{"quotation mark, backslash, slash", `{"note":"\"\\\/\u0022\u005c\u002f"}`},
		{"names with quotation mark and backslash", `{"a\"":1,"a!":2,"a#":3,"a\\":4,"a]":5}`},
		{"largest integers", `{"a":9007199254740991,"b":-9007199254740991,"c":0,"d":-1}`},
		{"names that objects of a language have", `{"valueOf":1,"__proto__":{"polluted":2},"constructor":{"prototype":{"polluted":3}},"toString":"4"}`},
		{"six levels", `{"a":[[[[[1]]]]]}`},
		{"marks without a code point of their own", `{"note":"Jrai: bơ\u0306, hư\u0306"}`},
		{"mark behind an escape", `{"note":"\t\u0326\"\u0301"}`},
		{"noncharacter and private use", `{"note":"\uffff\ue000"}`},
		{"an activity", `{"team":"AZAAAAAAcACAAAAAAAAAAQ","done_on":"2023-06-05","category":"DVC_NOP_HO_SO","measures":{"ho_so":12,"nguoi":9},"participants":["AZAAAAAAcACAAAAAAAAAAg"],"evidence":["paper:07/BC-TCNS"],"start":510,"minutes":90,"note":"Nộp hồ sơ khai sinh","lat_e6":21712345,"lng_e6":104123456}`},
	}
	refuse := [][2]string{
		{"no object", `[]`}, {"text", `"a"`}, {"nothing", ``}, {"trailing", `{} {}`}, {"comma at the end", `{"a":1,}`},
		{"null", `null`}, {"null field", `{"a":null}`}, {"null element", `{"a":[null]}`},
		{"fraction", `{"a":1.5}`}, {"1.0", `{"a":1.0}`}, {"1e3", `{"a":1e3}`}, {"1E0", `{"a":1E0}`}, {"minus zero", `{"a":-0}`},
		{"leading zero", `{"a":01}`}, {"plus", `{"a":+1}`}, {"2^53", `{"a":9007199254740992}`}, {"minus 2^53", `{"a":-9007199254740992}`},
		{"20 digits", `{"a":12345678901234567890}`}, {"NaN", `{"a":NaN}`},
		{"duplicate", `{"a":1,"a":1}`}, {"duplicate, escaped", `{"a":1,"\u0061":2}`}, {"duplicate inside", `{"x":{"a":1,"b":2,"a":3}}`},
		{"duplicate of such a name", `{"__proto__":1,"a":2,"__proto__":3}`}, {"empty name", `{"":1}`}, {"name not ASCII", `{"ngày":1}`}, {"name with a control character", `{"a\n":1}`}, {"name with DEL", `{"a\u007f":1}`},
		{"seven levels", `{"a":[[[[[[1]]]]]]}`}, {"seven levels of objects", `{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}`},
		{"taken apart", `{"a":"Tô\u0309"}`}, {"ă taken apart", `{"a":"a\u0306"}`}, {"marks out of order", `{"a":"q\u0301\u0323"}`},
		{"â and a dot below", `{"a":"\u00e2\u0323"}`}, {"Hangul taken apart", `{"a":"\u1100\u1161"}`}, {"Ångström sign", `{"a":"\u212b"}`},
		{"half a pair", `{"a":"\ud83d"}`}, {"halves the wrong way round", `{"a":"\ude00\ud83d"}`}, {"raw control character", "{\"a\":\"\n\"}"},
		{"unknown escape", `{"a":"\x41"}`}, {"short escape", `{"a":"\u12"}`}, {"not UTF-8", "{\"a\":\"\xff\"}"}, {"overlong", "{\"a\":\"\xc0\x80\"}"},
		{"surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}"}, {"single quotes", `{'a':1}`}, {"comment", `{/**/}`}, {"byte order mark", "\ufeff{}"},
	}
	var cases []canonCase
	for _, a := range accept {
		want := jsontext.Value(a[1])
		if err := want.Canonicalize(); err != nil {
			t.Fatal(a[0], err)
		}
		cases = append(cases, canonCase{Name: a[0], In: a[1], OK: true, Out: string(want), H: digest16(string(want))})
	}
	for _, r := range refuse {
		text, hexText := textOrHex(r[1])
		cases = append(cases, canonCase{Name: r[0], In: text, InHex: hexText})
	}
	freshVectors(t, "canonical.json", cases)
}

func TestVectorsFresh_FP(t *testing.T) {
	var cases []fpCase
	chain := make([]byte, 16)
	for _, m := range [][2]string{
		{"a mutation", `{"op":"create","type":"activity","id":"AZAAAAAAcACAAAAAAAAAAQ","by":"AZAAAAAAcACAAAAAAAAAAg","t":1793100000123,"at":"","set":{"note":"Tổ <&>"}}`},
		{"one character differs", `{"op":"create","type":"activity","id":"AZAAAAAAcACAAAAAAAAAAQ","by":"AZAAAAAAcACAAAAAAAAAAg","t":1793100000124,"at":"","set":{"note":"Tổ <&>"}}`},
		{"white space counts", `{ "op":"edit" }`},
		{"escapes count", `{"op":"\u0065dit"}`},
		{"empty", ``},
		{"not UTF-8", "{\"op\":\"\xff\"}"},
		{"the same mutation again", `{ "op":"edit" }`},
	} {
		sum := sha256.Sum256([]byte(m[1]))
		next := sha256.Sum256(append(chain, sum[:16]...))
		chain = append([]byte{}, next[:16]...)
		c := fpCase{Name: m[0], FP: base64.RawURLEncoding.EncodeToString(sum[:16]), Chain: base64.RawURLEncoding.EncodeToString(chain)}
		c.Mutation, c.Hex = textOrHex(m[1])
		cases = append(cases, c)
	}
	freshVectors(t, "fp.json", cases)
}

func TestVectorsFresh_Content(t *testing.T) {
	activity := `{"author":"x","c":"y","category":"A","done_on":"2023-06-05","evidence":["paper:1"],"flags":["f"],"lat_e6":1,"measures":{"nguoi":2},"month":"2023-06","newer":1,"note":"n","participants":["p"],"state":"received","team":"t"}`
	var cases []contentCase
	for _, c := range [][4]string{
		{"activity: material and set fields only", TypeActivity, activity, `{"category":"A","done_on":"2023-06-05","evidence":["paper:1"],"measures":{"nguoi":2},"participants":["p"],"team":"t"}`},
		{"activity: free fields don't count", TypeActivity, `{"note":"another","category":"A"}`, `{"category":"A"}`},
		{"report: the month is material", TypeReport, `{"month":"2023-06","summary":"Tổng hợp <tháng 6>","state":"approved","team":"t","x":1}`, `{"month":"2023-06","summary":"Tổng hợp <tháng 6>","team":"t"}`},
		{"inbox: nothing", TypeInbox, `{"read":true,"title":"x"}`, `{}`},
		{"unknown type: nothing", "drone", `{"a":1}`, `{}`},
		{"empty", TypeActivity, `{}`, `{}`},
	} {
		cases = append(cases, contentCase{c[0], c[1], jsontext.Value(c[2]), c[3], digest16(c[3])})
	}
	freshVectors(t, "content.json", cases)
}

func TestVectorsFresh_Sum(t *testing.T) {
	mod := new(big.Int).Lsh(big.NewInt(1), 128)
	number := func(s string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(b)
	}
	wire := func(n *big.Int) string {
		return base64.RawURLEncoding.EncodeToString(new(big.Int).Mod(n, mod).FillBytes(make([]byte, 16)))
	}
	var cases []sumCase
	sum := new(big.Int)
	for _, c := range []struct {
		scope Scope
		typ   string
		id    ID
		rev   string
		n     int64
		doc   string
	}{
		{ScopeRef, TypeCategory, "AZAAAAAAcACAAAAAAAAAAQ", "1", 1, `{}`},
		{"team:AZAAAAAAcACAAAAAAAAAAQ/2023-06", TypeActivity, "AZAAAAAAcACAAAAAAAAAAg", "1793100000123456", 1793100000123456, `{"a":1}`},
		{"commune:AZAAAAAAcACAAAAAAAAAAQ/2023-06", TypeActivity, "AZAAAAAAcACAAAAAAAAAAg", "1793100000123456", 1793100000123456, `{"a":1}`},
		{"user:-_-_-_-_-_-_-_-_-_-_-w", TypeInbox, "-_-_-_-_-_-_-_-_-_-_-w", "9007199254740991", MaxSafeInt, `{"read":true}`},
		{"user:-_-_-_-_-_-_-_-_-_-_-w", TypeInbox, "-_-_-_-_-_-_-_-_-_-_-w", "0", 0, `{"read":false}`},
	} {
		h := digest16(c.doc)
		a := digest16(string(c.scope), c.typ, string(c.id), c.rev, h)
		sum.Add(sum, number(a))
		one := sumCase{Name: "h of " + c.doc, Scope: c.scope, Type: c.typ, ID: c.id, Rev: c.n, H: h, Addend: a, Sum: wire(sum)}
		first := a
		if len(cases) > 0 {
			first = cases[0].Addend
		}
		one.Minus = wire(new(big.Int).Sub(sum, number(first)))
		cases = append(cases, one)
	}
	freshVectors(t, "sum.json", cases)
}

func TestVectorsFresh_Derived(t *testing.T) {
	var cases []derivedCase
	for _, typ := range []string{TypeReport, TypeProgress, "close"} {
		for _, month := range []string{"2023-06", "2023-07"} {
			cases = append(cases, derivedCase{typ, "AZAAAAAAcACAAAAAAAAAAQ", month, ID(digest16(typ, "AZAAAAAAcACAAAAAAAAAAQ", month))})
		}
	}
	freshVectors(t, "derived.json", cases)
}

func TestVectorsFresh_Scope(t *testing.T) {
	const id = "AZAAAAAAcACAAAAAAAAAAQ"
	cases := []scopeCase{
		{ScopeRef, true, KindRef, "", ""}, {"user:" + id, true, KindUser, id, ""},
		{"team:" + id, true, KindTeam, id, ""}, {"team:" + id + "/2023-06", true, KindTeam, id, "2023-06"},
		{"commune:" + id, true, KindCommune, id, ""}, {"commune:" + id + "/2026-12", true, KindCommune, id, "2026-12"},
	}
	for _, s := range []Scope{"", "ref:", "ref/2023-06", "Ref", "team", "team:", "team:abc", "team:" + id + "/", "team:" + id + "/2023-13",
		"team:" + id + "/2023-00", "team:" + id + "/2023-6", "team:" + id + "/1999-12", "team:" + id + "/2200-01", "team:" + id + "/2023-06/1",
		"user:" + id + "/2023-06", "sys:units", "sys:" + id, "team:AZAAAAAAcACAAAAAAAAAAR", " team:" + id, "team:" + id + "/２０２３-06"} {
		cases = append(cases, scopeCase{Scope: s})
	}
	freshVectors(t, "scope.json", cases)
}

func TestVectorsFresh_NFC(t *testing.T) {
	var cases []nfcCase
	for _, c := range [][2]string{
		{"Tổ chuyển đổi số cộng đồng", ""}, {"To\u0302\u0309", "ổ taken apart"}, {"ô\u0309", "half taken apart"},
		{"â\u0323", "ậ, written with the marks the other way round"}, {"ơ\u0306", "Gia Rai: no code point of its own"}, {"ư\u0306", ""},
		{"a\u0306", "ă"}, {"ê\u0301", "ế"}, {"q\u0323\u0301", ""}, {"q\u0301\u0323", "marks out of order"}, {"\u0301", "a mark alone"},
		{"\u212b", "Ångström sign"}, {"\u0344", ""}, {"가", ""}, {"\u1100\u1161", ""}, {"가\u11a8", ""}, {"각\u11a8", ""}, {"\u0958", "composition exclusion"},
		{"👍🏽", ""}, {"\u0000", ""}, {"𝅗𝅥", ""}, {"\U0001d15e", ""},
	} {
		cases = append(cases, nfcCase{c[0], norm.NFC.IsNormalString(c[0]) && norm.NFC.String(c[0]) == c[0], c[1]})
	}
	freshVectors(t, "nfc.json", cases)
}

func TestVectorsFresh_Decode(t *testing.T) {
	var cases []decodeCase
	add := func(what, name, in string, ok bool, lists int) {
		c := decodeCase{Name: name, What: what, OK: ok, Lists: lists}
		c.In, c.InHex = textOrHex(in)
		cases = append(cases, c)
	}
	const m = `{"op":"edit","type":"activity","id":"AZAAAAAAcACAAAAAAAAAAQ","by":"AZAAAAAAcACAAAAAAAAAAg","t":1,"at":"k3f9/88"`
	add("request", "no mutation", envelope(), true, 0)
	add("request", "one mutation", envelope(m+`}`), true, 1)
	add("request", "broken mutations are kept", envelope(`{"op":"edit","op":"edit"}`, "{\"a\":\"\xff\"}", `null`, `[[[[[[[[[[1e999]]]]]]]]]]`, `"\ud800"`), true, 5)
	add("request", "a mutation that is not JSON", envelope(`{op}`), false, 0)
	add("request", "unknown member", strings.Replace(envelope(), `"top"`, `"x":1,"top"`, 1), false, 0)
	add("request", "duplicate member", strings.Replace(envelope(), `"top"`, `"top":1,"top"`, 1), false, 0)
	add("request", "null list", strings.Replace(envelope(), `"list":[]`, `"list":null`, 1), false, 0)
	add("request", "null pull", strings.Replace(envelope(), `"pull":[]`, `"pull":null`, 1), false, 0)
	add("request", "not UTF-8", strings.Replace(envelope(), `1.0.0`, "\xff", 1), false, 0)
	add("request", "trailing", envelope()+`0`, false, 0)
	add("request", "unknown protocol", strings.Replace(envelope(), `"proto":1`, `"proto":99`, 1), false, 0)
	add("mutation", "smallest", m+`}`, true, 0)
	add("mutation", "null in set and was", m+`,"set":{"note":null},"was":{"note":null}}`, true, 0)
	add("mutation", "unknown operation is for the server to judge", strings.Replace(m, "edit", "paint", 1)+`}`, true, 0)
	for _, c := range [][2]string{
		{"null inside", `,"set":{"a":[null]}}`}, {"null args", `,"args":{"a":null}}`}, {"null set", `,"set":null}`}, {"fraction", `,"set":{"a":1.0}}`},
		{"duplicate field", `,"set":{"a":1,"a":2}}`}, {"unknown member", `,"x":1}`}, {"too deep", `,"set":{"a":[[[[[[]]]]]]}}`}, {"not NFC", `,"set":{"a":"a\u0306"}}`},
		{"not UTF-8", ",\"set\":{\"a\":\"\xff\"}}"}, {"empty element", `,"add":{"participants":[""]}}`}, {"bad seen", `,"seen":"x"}`},
	} {
		add("mutation", c[0], m+c[1], false, 0)
	}
	answer := string(fullResponse().AppendJSON(nil))
	add("response", "full", answer, true, 0)
	add("response", "member of a newer server", strings.Replace(answer, `"ack"`, `"newer":{},"ack"`, 1), true, 0)
	add("response", "cut off", answer[:200], false, 0)
	add("response", "unknown state", strings.Replace(answer, `"state":"ok"`, `"state":"maybe"`, 1), false, 0)
	add("response", "put without a document", strings.Replace(answer, `"doc":`, `"dok":`, 1), false, 0)
	freshVectors(t, "decode.json", cases)
}

func TestVectorsFresh_Merge(t *testing.T) {
	var cases []mergeCase
	for _, c := range mergeInputs {
		m := mergeCase{Name: c[0], Type: c[1], Base: jsontext.Value(c[2]), Mutation: jsontext.Value(c[3])}
		base, mut := mergeInput(t, m)
		r := Merge(m.Type, base, mut)
		m.Changed, m.Lost, m.Conflict, m.Refused = r.Changed, names(r.Lost), names(r.Conflict), names(r.Refused)
		if len(r.Conflict) == 0 {
			m.Doc = r.Doc.AppendCanonical(nil)
		}
		m.Shown = Overlay(m.Type, base, mut).AppendCanonical(nil)
		if got := c[4]; got != mergeLine(t, m) {
			t.Errorf("%s: %s, expected %s", m.Name, mergeLine(t, m), got)
		}
		cases = append(cases, m)
	}
	freshVectors(t, "merge.json", cases)
}

// mergeLine is the outcome of a merge as the table of inputs writes it.
func mergeLine(t *testing.T, m mergeCase) string {
	t.Helper()
	line := string(m.Doc)
	for _, l := range []struct {
		name string
		list []string
	}{{"lost", m.Lost}, {"conflict", m.Conflict}, {"refused", m.Refused}} {
		if len(l.list) > 0 {
			b, err := json.Marshal(l.list)
			if err != nil {
				t.Fatal(err)
			}
			line += " " + l.name + string(b)
		}
	}
	if !m.Changed {
		line += " unchanged"
	}
	return strings.TrimSpace(line)
}

// mergeInputs: name, type, base, mutation, and the outcome worked out by hand.
var mergeInputs = [][5]string{
	{"create", TypeActivity, `{}`, `{"set":{"category":"A","note":"x"},"add":{"participants":["b","a","b"]}}`, `{"category":"A","note":"x","participants":["a","b"]}`},
	{"nothing", TypeActivity, `{"note":"x"}`, `{}`, `{"note":"x"} unchanged`},
	{"free: seen", TypeActivity, `{"note":"old"}`, `{"set":{"note":"new"},"was":{"note":"old"}}`, `{"note":"new"}`},
	{"free: unseen value is lost", TypeActivity, `{"note":"theirs"}`, `{"set":{"note":"mine"},"was":{"note":"old"}}`, `{"note":"mine"} lost["note"]`},
	{"free: unseen value where nothing was", TypeActivity, `{"note":"theirs"}`, `{"set":{"note":"mine"}}`, `{"note":"mine"} lost["note"]`},
	{"free: same value", TypeActivity, `{"note":"same"}`, `{"set":{"note":"same"},"was":{"note":"old"}}`, `{"note":"same"} unchanged`},
	{"free: removed", TypeActivity, `{"note":"old","place":"p"}`, `{"set":{"note":null},"was":{"note":"old"}}`, `{"place":"p"}`},
	{"free: removed unseen", TypeActivity, `{"note":"theirs"}`, `{"set":{"note":null},"was":{"note":"old"}}`, `{} lost["note"]`},
	{"free: removed twice", TypeActivity, `{}`, `{"set":{"note":null},"was":{"note":"old"}}`, `{} unchanged`},
	{"free: they removed, I wrote", TypeActivity, `{}`, `{"set":{"note":"mine"},"was":{"note":"old"}}`, `{"note":"mine"}`},
	{"free: a field of a newer app", TypeActivity, `{"mood":1}`, `{"set":{"mood":{"b":1,"a":2}},"was":{"mood":1}}`, `{"mood":{"a":2,"b":1}}`},
	{"material: seen", TypeActivity, `{"category":"A"}`, `{"set":{"category":"B"},"was":{"category":"A"}}`, `{"category":"B"}`},
	{"material: unseen", TypeActivity, `{"category":"C"}`, `{"set":{"category":"B"},"was":{"category":"A"}}`, `conflict["category"] unchanged`},
	{"material: same value from both", TypeActivity, `{"category":"B"}`, `{"set":{"category":"B"},"was":{"category":"A"}}`, `{"category":"B"} unchanged`},
	{"material: where nothing was seen", TypeActivity, `{"category":"C"}`, `{"set":{"category":"B"}}`, `conflict["category"] unchanged`},
	{"material: one of two in conflict", TypeActivity, `{"category":"C","done_on":"2023-06-01"}`, `{"set":{"category":"B","done_on":"2023-06-02"},"was":{"category":"A","done_on":"2023-06-01"}}`, `conflict["category"]`},
	{"material: measures compare as a whole", TypeActivity, `{"measures":{"a":1,"b":2}}`, `{"set":{"measures":{"b":3,"a":1}},"was":{"measures":{"b":2,"a":1}}}`, `{"measures":{"a":1,"b":3}}`},
	{"set: add and delete", TypeActivity, `{"participants":["a","b"]}`, `{"add":{"participants":["c"]},"del":{"participants":["a"]}}`, `{"participants":["b","c"]}`},
	{"set: already so", TypeActivity, `{"participants":["a"]}`, `{"add":{"participants":["a"]},"del":{"participants":["z"]}}`, `{"participants":["a"]} unchanged`},
	{"set: the last one goes", TypeActivity, `{"evidence":["paper:1"]}`, `{"del":{"evidence":["paper:1"]}}`, `{}`},
	{"set: in both lists means deleted", TypeActivity, `{}`, `{"add":{"evidence":["a","b"]},"del":{"evidence":["b"]}}`, `{"evidence":["a"]}`},
	{"set: order of code points, not of UTF-16", TypeActivity, `{}`, `{"add":{"evidence":["\ud83d\ude00","\uff01","ổ","z","Z"]}}`, `{"evidence":["Z","z","ổ","` + "\uff01" + `","😀"]}`},
	{"set: not with set", TypeActivity, `{"participants":["a"]}`, `{"set":{"participants":["b"]},"was":{"participants":["a"]}}`, `{"participants":["a"]} refused["participants"] unchanged`},
	{"set: only set fields", TypeActivity, `{"note":"x"}`, `{"add":{"note":["y"]},"del":{"state":["z"]}}`, `{"note":"x"} refused["note","state"] unchanged`},
	{"server: refused", TypeActivity, `{"state":"received"}`, `{"set":{"state":"approved","note":"n"},"was":{"state":"received"}}`, `{"note":"n","state":"received"} refused["state"]`},
	{"server: refused though equal", TypeActivity, `{"state":"received"}`, `{"set":{"state":"received"}}`, `{"state":"received"} refused["state"] unchanged`},
	{"report: text is material", TypeReport, `{"summary":"theirs"}`, `{"set":{"summary":"mine"},"was":{"summary":"old"}}`, `conflict["summary"] unchanged`},
	{"inbox: read", TypeInbox, `{"read":false,"title":"t"}`, `{"set":{"read":true,"title":"u"},"was":{"read":false,"title":"t"}}`, `{"read":true,"title":"t"} refused["title"]`},
	{"team: nothing", TypeTeam, `{"name":"t"}`, `{"set":{"name":"u"},"was":{"name":"t"}}`, `{"name":"t"} refused["name"] unchanged`},
}
