package months_test

import (
	"errors"
	"testing"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// TestPolicies_Undone: the files that are kept decoded are those of the state
// that is read: one that a transaction wrote and undid is seen in it, and
// nowhere else.
func TestPolicies_Undone(t *testing.T) {
	w := newWorld(t)
	raw, err := data.Files.ReadFile("policies/dn-nq36.json") // pays real costs
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := func(where string, r store.Reader, want bool) {
		t.Helper()
		if got, err := w.svc.PaysCosts(r, p.ID); err != nil || got != want {
			t.Errorf("%s: the policy is there: %v, %v", where, got, err)
		}
	}
	there := func(where string, is bool) {
		w.view(func(r store.Reader) error { want(where, r, is); return nil })
	}
	there("before", false)
	undo := errors.New("undo")
	if err := w.db.Update(t.Context(), func(tx store.Tx) error {
		if _, err := months.PutPolicy(tx, raw, p, store.Cause{}); err != nil {
			return err
		}
		want("in the transaction", tx, true)
		return undo
	}); !errors.Is(err, undo) {
		t.Fatal(err)
	}
	there("undone", false)
	w.publish("dn-nq36")
	there("published", true)
}
