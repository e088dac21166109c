package blob

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color/palette"
	"image/jpeg"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/image/draw"
)

func TestWeigh_Bounds(t *testing.T) {
	j := asJPEG(t, drawn(64, 48, 1))
	at := bytes.Index(j, []byte{0xff, mSOF0})
	sized := func(w, h int) []byte { // only the head says so: a bomb
		b := bytes.Clone(j)
		b[at+5], b[at+6], b[at+7], b[at+8] = byte(h>>8), byte(h), byte(w>>8), byte(w)
		return b
	}
	full := bytes.Clone(sized(5000, 4000))
	full[at+11] = 0x11 // no subsampling
	progressive := bytes.Clone(sized(5000, 4000))
	progressive[at+1] = mSOF2
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"a phone's":        {j, nil},
		"20 MP":            {sized(5000, 4000), nil},
		"40 MP":            {sized(8000, 5000), errPixels},
		"65535 squared":    {sized(65535, 65535), errPixels},
		"20 MP, 4:4:4":     {full, errCost},
		"20 MP in passes":  {progressive, errCost},
		"no width":         {sized(0, 40), errForm},
		"1 x 20 million":   {sized(1, 65535), nil},
		"not what it says": {[]byte{0xff, 0xd8, 0xff, 0xd9}, errForm},
	} {
		if _, cost, err := weigh(JPEG, c.b); !errors.Is(err, c.want) || err == nil && cost > maxDecode {
			t.Errorf("%s: %v (cost %d), want %v", name, err, cost, c.want)
		}
	}
	p := asPNG(t, image.NewRGBA64(image.Rect(0, 0, 8, 8)))
	if _, cost, err := weigh(PNG, p); err != nil || cost != 16*16*8 {
		t.Errorf("16 bits a channel: cost %d, %v", cost, err)
	}
}

// TestWeigh_IsEnough: decoding takes no more than it was weighed.
func TestWeigh_IsEnough(t *testing.T) {
	grey := image.NewPaletted(image.Rect(0, 0, 1600, 1200), palette.WebSafe)
	for name, b := range map[string][]byte{
		"JPEG": asJPEG(t, drawn(1600, 1200, 1)), "gray JPEG": asJPEG(t, image.NewGray(image.Rect(0, 0, 1600, 1200))),
		"PNG": asPNG(t, drawn(1600, 1200, 1)), "palette": asPNG(t, grey), "deep PNG": asPNG(t, image.NewNRGBA64(image.Rect(0, 0, 1600, 1200))),
	} {
		k := kindOf(b)
		_, cost, err := weigh(k, b)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := view(k, b); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		const rest = 2 << 20 // of the thumbnail and the decoder itself
		if took := int64(after.TotalAlloc - before.TotalAlloc); took > cost+rest {
			t.Errorf("%s: decoding took %d bytes, weighed %d", name, took, cost)
		}
	}
}

func TestView_ThumbAndHash(t *testing.T) {
	img := drawn(640, 480, 3)
	a, err := view(JPEG, asJPEG(t, img))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(a.Thumb))
	if err != nil || cfg.Width != ThumbSide || cfg.Height != 240 || a.W != 640 || a.H != 480 {
		t.Errorf("thumbnail %dx%d of %dx%d, %v", cfg.Width, cfg.Height, a.W, a.H, err)
	}
	smaller := image.NewRGBA(image.Rect(0, 0, 400, 300))
	draw.BiLinear.Scale(smaller, smaller.Bounds(), img, img.Bounds(), draw.Src, nil)
	var worse bytes.Buffer
	if err := jpeg.Encode(&worse, smaller, &jpeg.Options{Quality: 40}); err != nil {
		t.Fatal(err)
	}
	b, err := view(JPEG, worse.Bytes())
	if err != nil || !Alike(a.Hash, b.Hash) {
		t.Errorf("saved again smaller: %d bits differ, %v", bits.OnesCount64(a.Hash^b.Hash), err)
	}
	for seed := range 6 {
		o, err := view(JPEG, asJPEG(t, drawn(640, 480, 10+seed)))
		if err != nil || Alike(a.Hash, o.Hash) {
			t.Errorf("picture %d looks the same (%d bits differ), %v", seed, bits.OnesCount64(a.Hash^o.Hash), err)
		}
	}
	if l, err := view(PNG, asPNG(t, drawn(3, 1, 0))); err != nil || l.W != 3 {
		t.Errorf("a tiny picture: %v %+v", err, l)
	}
}

func TestView_DamagedIsAnError(t *testing.T) {
	j := asJPEG(t, drawn(64, 48, 1))
	at := bytes.Index(j, []byte{0xff, mSOS})
	b := append(bytes.Clone(j[:at+14]), 0xff, mEOI) // the walk is content, the scan is empty
	if _, got, err := clean(b); err != nil {
		t.Fatalf("walk: %v", err)
	} else if _, err := view(JPEG, got); !errors.Is(err, errForm) {
		t.Errorf("a scan without data: %v", err)
	}
}

func TestRoom_LargeAloneSmallInPairs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, inside, most := newRoom(), atomic.Int64{}, atomic.Int64{}
		var all sync.WaitGroup
		for i := range 40 {
			weight := int64(1 + i%2)
			all.Go(func() {
				leave, err := r.enter(context.Background(), weight == 2)
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), inside.Add(weight)))
				time.Sleep(time.Millisecond)
				inside.Add(-weight)
				leave()
			})
		}
		all.Wait()
		if most.Load() != 2 {
			t.Errorf("%d halves at a time", most.Load())
		}
		leave, _ := r.enter(context.Background(), true)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := r.enter(ctx, false); err == nil {
			t.Error("somebody came in beside a large one")
		}
		leave()
	})
}
