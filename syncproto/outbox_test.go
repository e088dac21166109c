package syncproto

import (
	"errors"
	"strings"
	"testing"
)

func TestOutboxFile(t *testing.T) {
	person := ID("AZDEY4u3cK2p1QmVdXkLcw")
	list := []RawMutation{RawMutation(`{"op":"x"}`), RawMutation(`{"note":"Đi chợ"}`)}
	b, err := EncodeOutboxFile(person, list)
	if err != nil {
		t.Fatal(err)
	}
	f, err := DecodeOutboxFile(b)
	if err != nil || f.Person != person || len(f.Mutations) != 2 || string(f.Mutations[1]) != string(list[1]) {
		t.Errorf("%v %+v", err, f)
	}
	for name, bad := range map[string]string{
		"empty": "", "no JSON": "xin chào", "cut": string(b[:len(b)-3]), "other format": strings.Replace(string(b), "outbox/1", "outbox/9", 1),
		"no person": strings.Replace(string(b), string(person), "", 1), "more in it": strings.Replace(string(b), `{"format"`, `{"x":1,"format"`, 1),
		"more after it": string(b) + "{}", "said twice": strings.Replace(string(b), `"person"`, `"format":"y","person"`, 1),
	} {
		if _, err := DecodeOutboxFile([]byte(bad)); !errors.Is(err, ErrOutboxFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecodeOutboxFile(f *testing.F) {
	f.Add([]byte(`{"format":"banso-outbox/1","person":"AZDEY4u3cK2p1QmVdXkLcw","mutations":[{"op":"create"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := DecodeOutboxFile(b)
		if err != nil {
			if !errors.Is(err, ErrOutboxFile) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		again, err := EncodeOutboxFile(x.Person, x.Mutations)
		if err != nil {
			t.Fatal(err)
		}
		y, err := DecodeOutboxFile(again)
		if err != nil || len(y.Mutations) != len(x.Mutations) {
			t.Fatalf("written and read again: %v", err)
		}
	})
}
