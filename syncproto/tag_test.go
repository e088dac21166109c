package syncproto

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPullTag(t *testing.T) {
	a, b := Pull{Scope: "ref", Cur: 5}, Pull{Scope: "team:x", Cur: 70}
	tag := PullTag([]Pull{a, b})
	if tag != "WeqxxiPUBQ4" {
		t.Errorf("tag %q", tag)
	}
	if got := PullTag([]Pull{b, a}); got != tag {
		t.Errorf("in another order it is %q", got)
	}
	moved, slid := b, b
	moved.Cur, slid.Scope, slid.Cur = 71, "team:x7", 0
	for _, l := range [][]Pull{{a}, {a, moved}, {a, slid}} {
		if got := PullTag(l); got == tag || len(got) != 11 {
			t.Errorf("%v has %q", l, got)
		}
	}
	since, bad := b, b
	since.Since, bad.Bad = 1, true
	for _, l := range [][]Pull{{}, {a, since}, {a, bad}} {
		if got := PullTag(l); got != "" {
			t.Errorf("%v has %q", l, got)
		}
	}
}

// TestTag_Wire: a tag goes out in place of the list, never with it; a brief
// answer says what the long one says.
func TestTag_Wire(t *testing.T) {
	req := &Request{Proto: 1, Schema: 1, App: "t", Client: ID(strings.Repeat("A", 22)), Push: Push{First: 1}, Tag: "WeqxxiPUBQ4"}
	body := string(req.AppendJSON(nil))
	got, err := DecodeRequest([]byte(body))
	if err != nil || got.Tag != req.Tag || len(got.Pull) != 0 || strings.Contains(body, "pull") {
		t.Fatalf("%s: %v", body, err)
	}
	both := strings.Replace(body, `,"clock"`, `,"pull":[{"scope":"ref","cur":1}],"clock"`, 1)
	if _, err := DecodeRequest([]byte(both)); err == nil {
		t.Error("a tag and a list were taken")
	}
	for _, r := range []Response{
		{Epoch: "e", State: StateOK, Verdicts: []Verdict{}, Scopes: []ScopePage{}, Revoked: []Revoked{}, Hint: Hint{NextS: 9, Blobs: "wifi", Upgrade: "none"}},
		{Epoch: "e", State: StateOK, Verdicts: []Verdict{{N: 1, V: Applied}}, Scopes: []ScopePage{{Scope: "ref", To: 3, Changes: []Change{}}},
			Revoked: []Revoked{{Scope: "team:x", Action: "purge"}}, Hint: Hint{NextS: 9, Blobs: "later", Upgrade: "soft"}, Tag: "WeqxxiPUBQ4"},
	} {
		long := r.AppendJSON(nil)
		r.Brief = true
		short := r.AppendJSON(nil)
		want, err := DecodeResponse(long)
		if err != nil {
			t.Fatal(err)
		}
		have, err := DecodeResponse(short)
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Verdicts) == 0 {
			want.Verdicts, want.Scopes, want.Revoked = nil, nil, nil
			if len(short)+70 > len(long) {
				t.Errorf("%s is hardly shorter than %s", short, long)
			}
		}
		if d := cmp.Diff(want, have); d != "" {
			t.Error(d)
		}
	}
}
