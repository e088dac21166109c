package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"testing"
)

// drawn is a picture that has edges and shades; seed makes others.
func drawn(w, h, seed int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := (x*7*(seed+1)/max(w/16, 1) ^ y*5/max(h/16, 1)) * 9
			img.SetRGBA(x, y, color.RGBA{uint8(v), uint8(v / 2), uint8(255 - v), 255})
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webpFile is a picture of one of three flavours as Chromium's canvas saves
// them: with a colour profile.
func webpFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".webp")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// webpFrame is the frame alone.
func webpFrame(t testing.TB, name string) []byte {
	t.Helper()
	b := webpFile(t, name)
	parts, err := webpParts(b)
	if err != nil {
		t.Fatal(err)
	}
	f := parts["frame"]
	return b[f.at : f.at+f.size]
}

// segment is a JPEG segment.
func segment(m byte, body string) []byte {
	b := []byte{0xff, m, 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(2+len(body)))
	return append(b, body...)
}

// chunk is a PNG chunk.
func chunk(name, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// riffChunk is a chunk of a WebP file.
func riffChunk(name, body string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// riff puts chunks together.
func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

const secret = "GPS 21.7050N 104.8700E"

func TestClean_DropsWhatIsNotThePicture(t *testing.T) {
	j, p := asJPEG(t, drawn(64, 48, 1)), asPNG(t, drawn(64, 48, 1))
	w, wl := webpFile(t, "lossy"), webpFile(t, "lossless")
	dirty := map[string][]byte{
		"EXIF in JPEG":      bytes.Join([][]byte{j[:2], segment(0xe1, "Exif\x00\x00"+secret), j[2:]}, nil),
		"XMP in JPEG":       bytes.Join([][]byte{j[:2], segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret), j[2:]}, nil),
		"comment in JPEG":   bytes.Join([][]byte{j[:2], segment(0xfe, secret), j[2:]}, nil),
		"JFIF thumbnail":    bytes.Join([][]byte{j[:2], segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x03\x03"+secret+secret), j[2:]}, nil),
		"behind JPEG":       append(bytes.Clone(j), "PK\x03\x04"+secret...),
		"second JPEG":       append(append(bytes.Clone(j), segment(0xe1, secret)...), j...),
		"fill bytes":        bytes.Join([][]byte{j[:2], {0xff, 0xff, 0xff}, segment(0xed, secret), j[2:]}, nil),
		"EXIF in PNG":       bytes.Join([][]byte{p[:33], chunk("eXIf", secret), p[33:]}, nil),
		"text in PNG":       bytes.Join([][]byte{p[:33], chunk("tEXt", "Comment\x00"+secret), p[33:]}, nil),
		"behind PNG":        append(bytes.Clone(p), "<script>"+secret...),
		"EXIF in WebP":      riff(w[12:], riffChunk("EXIF", secret)),
		"XMP in WebP":       riff(wl[12:], riffChunk("XMP ", secret)),
		"behind WebP":       append(bytes.Clone(w), secret...),
		"alpha with a note": func() []byte { a := webpFile(t, "alpha"); return riff(a[12:], riffChunk("EXIF", secret)) }(),
	}
	for name, b := range dirty {
		k, got, err := clean(bytes.Clone(b))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if bytes.Contains(got, []byte("GPS")) || len(got) > len(b) {
			t.Errorf("%s: %d bytes of %d stay, with the secret: %t", name, len(got), len(b), bytes.Contains(got, []byte("GPS")))
		}
		if _, err := view(k, got); err != nil {
			t.Errorf("%s: what is left can't be shown: %v", name, err)
		}
		_, again, err := clean(bytes.Clone(got))
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("%s: cleaning twice differs (%v)", name, err)
		}
	}
}

func TestClean_LeavesACleanPictureAlone(t *testing.T) {
	for name, b := range map[string][]byte{
		"JPEG": asJPEG(t, drawn(80, 60, 2)), "PNG": asPNG(t, drawn(80, 60, 2)),
		"WebP": riff(webpFrame(t, "lossy")), "WebP lossless": riff(webpFrame(t, "lossless")),
	} {
		_, got, err := clean(bytes.Clone(b))
		if err != nil || !bytes.Equal(got, b) {
			t.Errorf("%s: %v, %d of %d bytes", name, err, len(got), len(b))
		}
	}
}

func TestClean_Refuses(t *testing.T) {
	j, p, w := asJPEG(t, drawn(64, 48, 1)), asPNG(t, drawn(64, 48, 1)), webpFile(t, "lossy")
	moving := riff(riffChunk("VP8X", "\x02\x00\x00\x00\x3f\x00\x00\x2f\x00\x00"), w[12:])
	broken := bytes.Clone(p)
	broken[40] ^= 1
	lossless := bytes.Clone(j)
	lossless[bytes.Index(j, []byte{0xff, mSOF0})+1] = 0xc3
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"empty":                 {nil, errKind},
		"gzip":                  {[]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), errKind},
		"HEIC":                  {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), errKind},
		"HTML":                  {[]byte("<!doctype html><script>"), errKind},
		"GIF":                   {[]byte("GIF89a\x01\x00\x01\x00"), errKind},
		"half a JPEG":           {j[:len(j)/2], errCut},
		"JPEG without its end":  {j[:len(j)-2], errCut},
		"JPEG of nothing":       {[]byte{0xff, 0xd8, 0xff, 0xd9}, errForm},
		"JPEG segment too long": {append(bytes.Clone(j[:2]), 0xff, 0xe1, 0xff, 0xff, 1), errCut},
		"lossless JPEG":         {lossless, errFlavour},
		"half a PNG":            {p[:len(p)/2], errCut},
		"PNG, one bit flipped":  {broken, errForm},
		"PNG without its head":  {append(bytes.Clone(p[:8]), p[33:]...), errForm},
		"half a WebP":           {w[:len(w)/2], errCut},
		"animated WebP":         {moving, errMoving},
		"WebP of nothing":       {riff(), errForm},
	} {
		if _, _, err := clean(bytes.Clone(c.b)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
