package papers

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// TestLook writes all samples to the folder named in PAPERS_OUT, to be looked
// at as pictures.
func TestLook(t *testing.T) {
	dir := os.Getenv("PAPERS_OUT")
	if dir == "" {
		t.Skip("PAPERS_OUT names no folder to write the samples to")
	}
	all := samples()
	maps.Copy(all, volumes())
	for name, doc := range all {
		for ext, write := range writers {
			f, err := os.Create(filepath.Join(dir, name+"."+ext))
			if err != nil {
				t.Fatal(err)
			}
			if err := write(f, doc); err != nil {
				t.Errorf("%s.%s: %v", name, ext, err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
