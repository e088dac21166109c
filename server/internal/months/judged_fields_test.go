package months

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestActivityOf: the short way reads what the long way reads.
func TestActivityOf(t *testing.T) {
	at := int64(1335)
	full := domain.Activity{
		Team: "t", DoneOn: "2023-06-12", Category: "DVC", Measures: map[string]int64{"nguoi": 2}, Participants: []domain.ID{"a", "b"},
		Evidence: []string{`paper:"12"`, "photo:x"}, Held: []string{"photo:x"}, Start: &at, Place: "Nhà văn hoá", Note: "ghi \"chú\"", Author: "p", State: domain.Approved,
		Received: 1793100000123, Reviewer: "r", Waiver: "đã xem giấy", Reason: "", Flags: []string{"x"},
	}
	for _, a := range []domain.Activity{full, {}, {State: domain.Received, Received: 5, Author: "x", DoneOn: "2023-06-01"}} {
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := syncproto.DecodeDoc(raw)
		if err != nil {
			t.Fatal(err)
		}
		got, err := activityOf(&store.Record{Doc: doc.AppendCanonical(nil)})
		if err != nil {
			t.Fatal(err)
		}
		want := domain.Activity{DoneOn: a.DoneOn, Participants: a.Participants, Evidence: a.Evidence, Held: a.Held, Author: a.Author, Start: a.Start,
			State: a.State, Received: a.Received, Reviewer: a.Reviewer, Waiver: a.Waiver}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	if _, err := activityOf(&store.Record{Doc: []byte(`{"received":"soon"}`)}); err == nil {
		t.Error("a time that is no number was read")
	}
}
