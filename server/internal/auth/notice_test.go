package auth

import (
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestIssueCodes_TellsWhoIsSignedIn: a code for somebody who has a phone
// already appears in that person's inbox; the first code does not.
func TestIssueCodes_TellsWhoIsSignedIn(t *testing.T) {
	w := newWorld(t)
	notes := func() (n int) {
		t.Helper()
		err := w.store.View(t.Context(), func(r store.Reader) error {
			return r.Members(syncproto.UserScope(w.member), syncproto.TypeInbox, func(*store.Record) bool { n++; return true })
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	w.signIn(w.member)
	if n := notes(); n != 0 {
		t.Fatalf("%d notes after the first code", n)
	}
	w.code(w.chair, w.member)
	w.code(w.leader, w.member)
	if n := notes(); n != 2 {
		t.Errorf("%d notes after two more codes", n)
	}
	if _, err := w.s.IssueCodes(t.Context(), domain.Caller{Person: w.member}, []domain.ID{w.leader}); err != nil {
		t.Fatal(err)
	}
	if n := notes(); n != 2 {
		t.Errorf("a refused code told somebody: %d notes", n)
	}
}
