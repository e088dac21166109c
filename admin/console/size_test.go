package console_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestSize is the first load: the door, what it names, and the chunks that these
// import before anything is opened. What is loaded later has a limit of its own.
func TestSize(t *testing.T) {
	const first, later = 250_000, 250_000
	static := regexp.MustCompile(`(?:from|import)\s*"\./((?:c/)?[\w-]+\.js)"`)
	seen := map[string]bool{}
	var follow func(name string) int
	follow = func(name string) (sum int) {
		if seen[name] {
			return 0
		}
		seen[name] = true
		b, err := os.ReadFile("dist/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range static.FindAllStringSubmatch(string(b), -1) {
			sum += follow(filepath.Join(filepath.Dir(name), m[1]))
		}
		return sum + packed(t, b)
	}
	sum := 0
	for _, name := range []string{"index.html", "app.js", "app.css", "icon.svg"} {
		sum += follow(name)
	}
	t.Logf("first load: %d bytes packed", sum)
	if sum > first {
		t.Errorf("the first load is %d bytes packed, more than %d", sum, first)
	}
	err := fs.WalkDir(os.DirFS("dist"), "c", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || seen[name] {
			return err
		}
		b, err := os.ReadFile("dist/" + name)
		if n := packed(t, b); n > later {
			t.Errorf("%s is %d bytes packed, more than %d", name, n, later)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func packed(t *testing.T, b []byte) int {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
