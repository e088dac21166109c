package phone_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/banso/banso/deploy/webbuild"
)

// TestDist: what is committed, and so served, is what src builds to.
func TestDist(t *testing.T) {
	const root = "../../.."
	for _, b := range webbuild.Dists(root) {
		files, err := b.Build()
		if errors.Is(err, webbuild.ErrNoPackages) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(f.Path)))
			if err != nil || !bytes.Equal(have, f.Text) {
				t.Errorf("%s is not what src builds to (go run ./deploy/webbuild/cmd): %v", f.Path, err)
			}
		}
	}
}
