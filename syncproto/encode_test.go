package syncproto

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func fullResponse() *Response {
	h := HashDoc(Doc{"a": Int(1)})
	return &Response{
		Epoch: "k3f9q2aa", Now: 1793100001000, Commit: 88132, Durable: 0, State: StateOK, Ack: 54,
		Verdicts: []Verdict{
			{N: 45, V: Applied, ID: idA, Rev: 88123}, {N: 46, V: Merged, ID: idA, Rev: 88124, Code: CodeOverwroteNewer, Lost: []string{"note"}},
			{N: 47, V: Aside, Code: CodeMonthClosed, Case: idB}, {N: 0, V: Noop},
		},
		Scopes: []ScopePage{{
			Scope: "ref", From: 0, To: 88132, More: true, Reset: true, Count: 2, Sum: Sum(h),
			Changes: []Change{
				{Op: ChangePut, Type: TypeActivity, ID: idA, Rev: 88123, H: h, Doc: jsontext.Value(`{"note":"<\u0007 ` + "\u2028" + ` ổ>"}`)},
				{Op: ChangeDel, Type: TypeActivity, ID: idB}, {Op: ChangeLeave, Type: TypeActivity, ID: idC, Rev: 1},
				{Op: ChangeAck, Type: TypeReport, ID: idC, Rev: 2, H: h, Srv: jsontext.Value(`{"state":"received"}`)},
			},
		}, {Scope: "user:x", Changes: []Change{}}},
		Revoked: []Revoked{{Scope: "team:x", Action: "purge"}},
		Hint:    Hint{NextS: 900, Blobs: "later", Upgrade: "none"},
	}
}

func TestResponse_RoundTrip(t *testing.T) {
	want := fullResponse()
	got, err := DecodeResponse(want.AppendJSON(nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error("(-want +got):\n", d)
	}
}

// TestEncode_AgreesWithMarshal holds the encoders that were written by hand
// against the general one, which knows the struct tags.
func TestEncode_AgreesWithMarshal(t *testing.T) {
	prev, _ := idB.Bytes()
	for name, v := range map[string]interface{ AppendJSON([]byte) []byte }{
		"full response": fullResponse(), "empty response": &Response{}, "response, nil page": &Response{Scopes: make([]ScopePage, 1), Verdicts: make([]Verdict, 1)},
		"empty request": &Request{},
		"full request": &Request{
			Proto: 1, Schema: 1, App: `1.0"`, Client: idA, Seen: &Seen{Epoch: "e", Commit: 1}, Top: 2, Clock: -1, Limit: 3,
			Push: Push{First: 1, Prev: prev, List: []RawMutation{RawMutation(`{"a":1}`), RawMutation(`2`)}},
			Pull: []Pull{{Scope: "ref"}, {Scope: "x", Cur: 1, Since: 2, Bad: true}},
		},
	} {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(name, err)
		}
		if d := cmp.Diff(string(want), string(v.AppendJSON(nil))); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if strings.Contains(string(want), "null") {
			t.Errorf("%s holds null: %s", name, want)
		}
		if got := string(v.AppendJSON([]byte("x"))); got != "x"+string(want) {
			t.Errorf("%s does not append: %.20s", name, got)
		}
	}
}

func TestEncode_KeepsTheBytesOfMutations(t *testing.T) {
	odd := []RawMutation{RawMutation(`{ "note" : "\u00e9\/" }`), RawMutation("{\"a\":1,\"a\":\"\xff\"}")}
	req := &Request{Proto: 1, Client: idA, Top: 2, Push: Push{First: 1, List: odd}, Pull: []Pull{}}
	body, err := Encode(req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeRequest(body)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(req, got, cmpopts.EquateEmpty()); d != "" {
		t.Error("(-want +got):\n", d)
	}
	for i := range odd {
		if Fingerprint(odd[i]) != Fingerprint(got.Push.List[i]) {
			t.Errorf("fp of mutation %d changed on the way", i)
		}
	}
}

func TestEncodeMutation_RoundTrip(t *testing.T) {
	want := &Mutation{
		Op: OpReview, Type: TypeActivity, ID: idA, By: idB, T: 5, At: "e/1", Seen: HashDoc(nil),
		Set: Doc{"note": Str("Tổ <\u2028>")}, Was: Doc{"note": jsontext.Value("null")},
		Add: Sets{"evidence": {"paper:1"}}, Del: Sets{"participants": {}}, Args: Doc{ArgWaive: Bool(true)},
	}
	raw, err := EncodeMutation(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeMutation(raw)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error("(-want +got):\n", d)
	}
}

func TestDecodeResponse_Refused(t *testing.T) {
	good := string(fullResponse().AppendJSON(nil))
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%s is not in the answer", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, body := range map[string]string{
		"truncated":     good[:len(good)/2],
		"not JSON":      "<html>",
		"unknown state": swap(`"state":"ok"`, `"state":"fine"`),
		"no epoch":      swap(`"epoch":"k3f9q2aa"`, `"epoch":""`),
		"negative ack":  swap(`"ack":54`, `"ack":-1`),
		"backwards":     swap(`"from":0`, `"from":88133`),
		"no document":   swap(`"doc":{`, `"dok":{`),
		"null document": swap(`"srv":{"state":"received"}`, `"srv":null`),
		"unknown op":    swap(`"op":"del"`, `"op":"drop"`),
		"bad id":        swap(string(idC), "x"),
		"duplicate":     swap(`"ack":54`, `"ack":54,"ack":54`),
	} {
		if _, err := DecodeResponse([]byte(body)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := DecodeResponse([]byte(swap(`"ack":54`, `"ack":54,"newer":{"x":null}`))); err != nil {
		t.Errorf("a member of a newer server is refused: %v", err)
	}
}
