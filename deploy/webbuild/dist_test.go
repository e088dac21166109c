package webbuild_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/banso/banso/deploy/webbuild"
)

// TestDist: what is committed, and so served, is what the sources build to, and
// nothing besides.
func TestDist(t *testing.T) {
	const root = "../.."
	for _, b := range webbuild.Dists(root) {
		files, err := b.Build()
		if errors.Is(err, webbuild.ErrNoPackages) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		built := map[string]bool{}
		for _, f := range files {
			built[f.Path] = true
			have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(f.Path)))
			if err != nil || !bytes.Equal(have, f.Text) {
				t.Errorf("%s is not what its sources build to (go run ./deploy/webbuild/cmd): %v", f.Path, err)
			}
		}
		err = fs.WalkDir(os.DirFS(root), b.Out, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !built[path] {
				t.Errorf("%s is left from an earlier build", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
