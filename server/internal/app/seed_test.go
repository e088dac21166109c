package app

import (
	"testing"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestSeed_KeepsLastDay: a start brings the product's words of a kind back, and
// keeps the last day that the province gave it.
func TestSeed_KeepsLastDay(t *testing.T) {
	a, err := New(t.Context(), Config{Data: t.TempDir() + "/data", Handful: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	docs, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	key := categoryKey(docs[0])
	if err := a.store.Update(t.Context(), func(tx store.Tx) error {
		doc := syncproto.Doc{"code": docs[0]["code"], "name": syncproto.Str("cũ"), "until": syncproto.Str("2030-01-31")}
		_, err := tx.Put(store.Put{Key: key, Doc: doc, Scopes: []syncproto.Scope{syncproto.ScopeRef}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := a.seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	var head store.Head
	if err := a.store.View(t.Context(), func(r store.Reader) error { head = r.Head(); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := a.seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.store.View(t.Context(), func(r store.Reader) error {
		if r.Head() != head {
			t.Error("the second start wrote")
		}
		rec, err := r.Record(key)
		if err != nil {
			return err
		}
		doc, err := syncproto.SplitCanonical(rec.Doc)
		if doc.Str("until") != "2030-01-31" || doc.Str("name") != docs[0].Str("name") {
			t.Errorf("it is %s", rec.Doc)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
