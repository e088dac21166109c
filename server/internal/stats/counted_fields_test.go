package stats

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// TestCountedFields: what counters depend on is what is read of a record.
func TestCountedFields(t *testing.T) {
	raw, err := json.Marshal(countedMonth{Amounts: domain.Amounts{Due: 1, Listed: 2, Paid: 3, Got: 4}})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc) != len(countedFields) {
		t.Errorf("%d fields are counted, %d are read", len(doc), len(countedFields))
	}
	for f := range doc {
		if !slices.Contains(countedFields[:], f) {
			t.Errorf("%q is counted and not read", f)
		}
	}
}
