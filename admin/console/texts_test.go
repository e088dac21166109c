package console_test

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/banso/banso/deploy/webbuild/texttest"
)

// TestTexts: the frame's texts, and those of each folder that has its own.
func TestTexts(t *testing.T) {
	n := 0
	err := filepath.WalkDir("src", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "strings" {
			n++
			texttest.Languages(t, path)
			texttest.Used(t, path, filepath.Dir(path))
		}
		return err
	})
	if err != nil || n == 0 {
		t.Errorf("%d folders of texts: %v", n, err)
	}
	texttest.OnlyInStrings(t, "src")
}
