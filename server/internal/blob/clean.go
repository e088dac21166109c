package blob

import (
	"bytes"
	"errors"
)

// Kind is a type of picture, told by its content alone.
type Kind string

// Kinds of pictures that are taken.
const (
	JPEG Kind = "image/jpeg"
	PNG  Kind = "image/png"
	WebP Kind = "image/webp"
)

// What is wrong with the bytes of a picture.
var (
	errKind    = errors.New("not a JPEG, PNG or WebP picture")
	errCut     = errors.New("the picture is cut off")
	errForm    = errors.New("the picture's segments make no sense")
	errMoving  = errors.New("animated pictures are not taken")
	errFlavour = errors.New("a rare flavour that phones do not make")
)

// kindOf tells a picture by its first bytes, "" if it is none.
func kindOf(b []byte) Kind {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}):
		return JPEG
	case bytes.HasPrefix(b, []byte(pngMagic)):
		return PNG
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return WebP
	}
	return ""
}

// clean walks a picture's segments and keeps those that are needed to show
// it: no EXIF, XMP, GPS, comments, thumbnails, colour profiles, no text, and
// nothing behind its end, where a second file could hide. It works in place
// (what it returns lies in b) and never grows the picture. Cleaning what is
// clean changes nothing.
func clean(b []byte) (Kind, []byte, error) {
	k := kindOf(b)
	var err error
	switch k {
	case JPEG:
		b, err = cleanJPEG(b)
	case PNG:
		b, err = cleanPNG(b)
	case WebP:
		b, err = cleanWebP(b)
	default:
		err = errKind
	}
	return k, b, err
}

// editor moves the parts that stay to the front of the same bytes.
type editor struct {
	b    []byte
	r, w int // read so far; written so far, never beyond r
}

// left is what has not been read.
func (e *editor) left() int { return len(e.b) - e.r }

// keep moves the next n bytes to the written part.
func (e *editor) keep(n int) {
	copy(e.b[e.w:], e.b[e.r:e.r+n])
	e.r, e.w = e.r+n, e.w+n
}

// drop passes over the next n bytes.
func (e *editor) drop(n int) { e.r += n }

// done is what was kept.
func (e *editor) done() []byte { return e.b[:e.w:e.w] }
