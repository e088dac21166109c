package app

import (
	"testing"

	"github.com/banso/banso/server/internal/settings"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestSwitchedOff: what stands in ref is what the steps of the server see.
func TestSwitchedOff(t *testing.T) {
	a, err := New(t.Context(), Config{Data: t.TempDir() + "/data", Handful: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	for _, want := range []bool{false, true} {
		if want {
			if err := a.store.Update(t.Context(), func(tx store.Tx) error {
				_, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeCodeText, ID: syncproto.DerivedID(syncproto.TypeCodeText, "switch.letters", "")},
					Doc:    syncproto.Doc{"code": syncproto.Str("switch.letters"), "name": syncproto.Str(settings.Letters), "off": syncproto.Bool(true), "from": syncproto.Str("2020-01-01")},
					Scopes: []syncproto.Scope{syncproto.ScopeRef}})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.store.View(t.Context(), func(r store.Reader) error {
			off, err := a.switchedOff(r, settings.Letters)
			if off != want {
				t.Errorf("off is %v, want %v", off, want)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if more, err := a.letters(t.Context()); more || err != nil {
			t.Errorf("letters: %v, %v", more, err)
		}
	}
}
