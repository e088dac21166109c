package boltstore

import (
	"testing"

	"github.com/banso/banso/server/internal/store"
)

// TestPut_DerivedKeepsNoHistory: what can be computed again is replaced for
// good, and the file stays sound.
func TestPut_DerivedKeepsNoHistory(t *testing.T) {
	s := openTest(t, testOptions())
	k := store.Key{Type: "progress", ID: testID()}
	for _, note := range []string{"một", "hai", "ba"} {
		p := put(k, note, "team:a")
		p.Derived = true
		if err := s.Update(t.Context(), func(tx store.Tx) error {
			_, err := tx.Put(p)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	versions := 0
	if err := s.View(t.Context(), func(r store.Reader) error {
		return r.History(k, func(v *store.Version) bool {
			versions++
			if len(v.Before) > 0 {
				t.Errorf("kept: %s", v.Before.AppendCanonical(nil))
			}
			return true
		})
	}); err != nil {
		t.Fatal(err)
	}
	if versions != 1 {
		t.Errorf("%d versions, want the newest alone", versions)
	}
}
