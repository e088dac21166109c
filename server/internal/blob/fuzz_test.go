package blob

import (
	"bytes"
	"testing"
)

// FuzzClean: whatever comes in, the walkers end, give no more than they got,
// and cleaning again changes nothing.
func FuzzClean(f *testing.F) {
	j, p := asJPEG(f, drawn(16, 8, 1)), asPNG(f, drawn(16, 8, 1))
	for _, b := range [][]byte{j, p, webpFile(f, "lossy"), webpFile(f, "lossless"), webpFile(f, "alpha"),
		bytes.Join([][]byte{j[:2], segment(0xe1, "Exif\x00\x00"+secret), j[2:]}, nil), append(bytes.Clone(p), j...)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, got, err := clean(bytes.Clone(b))
		if err != nil {
			return
		}
		if len(got) > len(b) || kindOf(got) != kind {
			t.Fatalf("%d bytes became %d of kind %q", len(b), len(got), kindOf(got))
		}
		if bytes.Contains(got, []byte("Exif\x00\x00")) && kind == JPEG && !bytes.Contains(b, []byte("Exif\x00\x00")) {
			t.Fatal("it made metadata")
		}
		_, again, err := clean(bytes.Clone(got))
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("cleaning twice differs: %v", err)
		}
		if _, cost, err := weigh(kind, got); err == nil && cost <= 1<<20 {
			_, _ = view(kind, got) // must not panic
		}
	})
}

// FuzzTus: the headers of uploads never make a panic, and what is read is
// within its bounds.
func FuzzTus(f *testing.F) {
	f.Add("team AAAA,sha256 MQ==", "10", "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
	f.Add(",", "-1", "sha1 x")
	f.Fuzz(func(t *testing.T, metadata, length, sum string) {
		m, err := ParseMetadata(metadata)
		if err == nil && len(m) > maxPairs {
			t.Fatalf("%d pairs", len(m))
		}
		if n, err := ParseOffset(length); err == nil && n < 0 {
			t.Fatalf("offset %d", n)
		}
		if c, err := ParseChecksum(sum); err == nil && c != nil && len(c.want) != c.h.Size() {
			t.Fatal("a digest of another size")
		}
		_, _ = ParseWanted(metadata, length)
	})
}
