package blob

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/bits"
	"runtime/debug"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Bounds of looking into a picture.
const (
	// MaxPixels is the largest picture that is opened.
	MaxPixels = 20_000_000
	// WantedSide is the longer side that phones are asked to resize to, in pixels.
	WantedSide = 1280
	// ThumbSide is the longer side of the small derivative, in pixels.
	ThumbSide = 320

	maxDecode    = 40 << 20 // bytes that decoding one picture may take
	halfDecode   = 16 << 20 // up to here two are decoded at a time
	thumbQuality = 75
)

var (
	errPixels = fmt.Errorf("more than %d pixels", MaxPixels)
	errCost   = errors.New("decoding it would take too much memory")
)

// look is what a picture shows.
type look struct {
	W, H  int
	Hash  uint64 // dHash: two pictures that differ in few bits look the same
	Thumb []byte // JPEG
}

// weigh reads the size of a clean picture from its head and says how many
// bytes decoding it will take. Nothing is decoded.
func weigh(k Kind, b []byte) (cfg image.Config, cost int64, err error) {
	per := int64(0) // sixteenths of a byte for each pixel
	switch k {
	case JPEG:
		cfg, err = jpeg.DecodeConfig(bytes.NewReader(b))
		per = jpegWeight(b)
	case PNG:
		cfg, err = png.DecodeConfig(bytes.NewReader(b))
		per = pngWeight(b)
	case WebP:
		cfg, err = webp.DecodeConfig(bytes.NewReader(b))
		per = 8 * 16
		if bytes.HasPrefix(b[riffHead:], []byte("VP8 ")) {
			per = 2 * 16
		}
	}
	switch {
	case err != nil:
		return cfg, 0, errForm
	case cfg.Width <= 0 || cfg.Height <= 0:
		return cfg, 0, errForm
	case int64(cfg.Width)*int64(cfg.Height) > MaxPixels:
		return cfg, 0, errPixels
	}
	w, h := int64(cfg.Width+15)&^15, int64(cfg.Height+15)&^15 // decoders work in blocks
	if cost = w * h * per / 16; cost > maxDecode {
		return cfg, cost, errCost
	}
	return cfg, cost, nil
}

// jpegWeight is what the decoder holds for a pixel: the planes as sampled,
// with the coefficients of a progressive one, and another picture where
// colours must be converted.
func jpegWeight(b []byte) int64 {
	for at := 2; at+4 < len(b); {
		m, n := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if m < mSOF0 || m > mSOF2 || n < 8 || at+2+n > len(b) {
			at += 2 + n
			continue
		}
		comps := int(b[at+9])
		most, sum := int64(1), int64(0)
		for i := range comps {
			if 8+3*i+3 > n {
				break
			}
			f := b[at+11+3*i]
			area := int64(f>>4) * int64(f&15)
			most, sum = max(most, area), sum+area
		}
		per := 16 * sum / most
		if m == mSOF2 {
			per *= 5
		}
		if comps == 4 || comps == 3 && bytes.Contains(b[:at], []byte("Adobe")) {
			per += 4 * 16
		}
		return max(per, 16)
	}
	return 8 * 16
}

// pngWeight is by colour type and depth; an interlaced picture is put together
// from smaller ones.
func pngWeight(b []byte) int64 {
	const ihdr = len(pngMagic) + pngHead
	if len(b) < ihdr+13 {
		return 8 * 16
	}
	per := int64(4)
	switch depth, typ := b[ihdr+8], b[ihdr+9]; {
	case depth == 16:
		per = 8
	case typ == 3:
		per = 1
	}
	if b[ihdr+12] != 0 {
		per += per
	}
	return per * 16
}

// room bounds the memory of decoding: two small pictures at a time, or one
// large one alone.
type room struct {
	seats chan struct{} // holds two
	whole chan struct{} // holds one: who wants both seats takes them alone
}

func newRoom() *room { return &room{make(chan struct{}, 2), make(chan struct{}, 1)} }

// enter waits for a seat and returns how to leave.
func (r *room) enter(ctx context.Context, large bool) (leave func(), err error) {
	n := 1
	if large {
		n = cap(r.seats)
		select {
		case r.whole <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		defer func() { <-r.whole }()
	}
	for i := range n {
		select {
		case r.seats <- struct{}{}:
		case <-ctx.Done():
			for range i {
				<-r.seats
			}
			return nil, ctx.Err()
		}
	}
	return func() {
		if large {
			debug.FreeOSMemory() // a large picture must not stay in the heap's target
		}
		for range n {
			<-r.seats
		}
	}, nil
}

// view decodes a clean picture whose weight was found bearable.
func view(k Kind, b []byte) (l look, err error) {
	var img image.Image
	switch k {
	case JPEG:
		img, err = jpeg.Decode(bytes.NewReader(b))
	case PNG:
		img, err = png.Decode(bytes.NewReader(b))
	case WebP:
		img, err = webp.Decode(bytes.NewReader(b))
	default:
		err = errKind
	}
	if err != nil {
		return l, fmt.Errorf("%w: %w", errForm, err)
	}
	size := img.Bounds().Size()
	l.W, l.H = size.X, size.Y
	small := shrink(img)
	l.Hash = dHash(small)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: thumbQuality}); err != nil {
		return l, err
	}
	l.Thumb = out.Bytes()
	return l, nil
}

// shrink makes the small derivative, on white.
func shrink(img image.Image) *image.RGBA {
	size := img.Bounds().Size()
	w, h := size.X, size.Y
	if long := max(w, h); long > ThumbSide {
		w, h = max(1, w*ThumbSide/long), max(1, h*ThumbSide/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	return out
}

// Cells of a dHash: each bit compares a cell with the one to its right.
const (
	hashCols = 9
	hashRows = 8
)

// dHash is 64 bits of how brightness runs from left to right.
func dHash(img *image.RGBA) (hash uint64) {
	size := img.Bounds().Size()
	for row := range hashRows {
		var last int64
		for col := range hashCols {
			light := cell(img, col*size.X/hashCols, row*size.Y/hashRows, (col+1)*size.X/hashCols, (row+1)*size.Y/hashRows)
			if col > 0 {
				hash <<= 1
				if light > last {
					hash |= 1
				}
			}
			last = light
		}
	}
	return hash
}

// cell is the mean brightness of a rectangle, in thousandths; one that is
// narrower than a pixel is that pixel.
func cell(img *image.RGBA, x0, y0, x1, y1 int) int64 {
	sum, n := int64(0), int64(0)
	for y := y0; y < max(y1, y0+1); y++ {
		for x := x0; x < max(x1, x0+1); x++ {
			p := img.Pix[img.PixOffset(x, y):]
			sum += 299*int64(p[0]) + 587*int64(p[1]) + 114*int64(p[2])
			n++
		}
	}
	return sum / n
}

// alikeBits is how many bits of two dHashes may differ in the same picture
// taken or saved again (an assumption, tried with our test pictures).
const alikeBits = 4

// Alike reports whether two dHashes are of pictures that look the same.
func Alike(a, b uint64) bool { return bits.OnesCount64(a^b) <= alikeBits }
