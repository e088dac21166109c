package roster_test

import (
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
)

// TestImport_RightsBeforeReading: whoever may not import is not told what a
// file should look like.
func TestImport_RightsBeforeReading(t *testing.T) {
	w := newWorld(t, "2023-06-01")
	_, err := w.svc.Import(t.Context(), domain.Caller{Person: "AAAAAAAAAAAAAAAAAAAAAA"}, roster.ImportTeams, strings.NewReader("no table at all"), roster.ImportOptions{})
	if domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("got %v", err)
	}
}
