package ledger

import (
	"crypto/rand"
	"testing"

	"github.com/banso/banso/server/internal/domain"
)

// TestArchive_Bounded: an archive that grows too large ends there, not when
// all of it was drawn and held.
func TestArchive_Bounded(t *testing.T) {
	drawn := 0
	_, err := archive(1000, 1<<16, func(int) (Paper, error) {
		drawn++
		b := make([]byte, 1<<12) // which nothing makes smaller
		_, err := rand.Read(b)
		return Paper{Name: "a.pdf", Bytes: b}, err
	})
	if domain.CodeOf(err) != domain.TooLarge || drawn > 17 {
		t.Errorf("%d papers drawn, %v", drawn, err)
	}
}
