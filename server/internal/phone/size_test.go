package phone_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"testing"
)

// TestSize is the first load over a poor line: what index.html names, packed.
func TestSize(t *testing.T) {
	const limit = 150_000
	sum := 0
	for _, name := range []string{"index.html", "app.js", "app.css", "manifest.webmanifest", "icon.svg"} {
		b, err := os.ReadFile("dist/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sum += packed.Len()
	}
	t.Logf("first load: %d bytes packed", sum)
	if sum > limit {
		t.Errorf("the first load is %d bytes packed, more than %d", sum, limit)
	}
}
