package syncproto

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestID_OneSpelling(t *testing.T) {
	if _, err := ParseID(string(idA)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"", "A", strings.Repeat("A", 21), strings.Repeat("A", 23), strings.Repeat("A", 21) + "B",
		strings.Repeat("A", 20) + "\n\n", strings.Repeat("A", 20) + "==", strings.Repeat("+", 22), "AZAAAAAAcACAAAAAAAAAA\n"} {
		if id, err := ParseID(s); err == nil {
			t.Errorf("%q is taken as %q", s, id)
		}
	}
	for range 1000 {
		id := NewRandomID(rand.Reader)
		b, ok := id.Bytes()
		if !ok || b.ID() != id || b.IsZero() {
			t.Fatalf("%q does not come back", id)
		}
	}
}

func TestNewRecordID_TimeFirst(t *testing.T) {
	now := time.Date(2023, 6, 5, 8, 30, 0, 0, time.UTC)
	var ids [][]byte
	for i := range 1000 {
		b, ok := NewRecordID(rand.Reader, now.Add(time.Duration(i)*time.Millisecond)).Bytes()
		if !ok || b[6]>>4 != 7 || b[8]>>6 != 2 {
			t.Fatalf("%x is no UUIDv7", b)
		}
		ids = append(ids, b[:])
	}
	if !slices.IsSortedFunc(ids, bytes.Compare) {
		t.Error("ids are not in order of time")
	}
}

func TestBytes16_Text(t *testing.T) {
	var b Bytes16
	if err := b.UnmarshalText([]byte(idC)); err != nil || b.String() != string(idC) {
		t.Errorf("%s %v", b, err)
	}
	if err := b.UnmarshalText([]byte("x")); err == nil || b.String() != string(idC) {
		t.Error("a bad text is accepted, or changes the value")
	}
	if err := b.UnmarshalText(nil); err != nil || !b.IsZero() {
		t.Error("the empty text is the zero value")
	}
}
