package blob

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"image"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// TestHostile_Pictures: what is no photo ends its upload with a reason and
// leaves nothing; what hides something is kept without it.
func TestHostile_Pictures(t *testing.T) {
	w := newWorld(t)
	j := asJPEG(t, drawn(64, 48, 1))
	sof := bytes.Index(j, []byte{0xff, mSOF0})
	huge := bytes.Clone(j)
	copy(huge[sof+5:], []byte{0x1f, 0x40, 0x13, 0x88}) // 8000 x 5000
	var z bytes.Buffer
	zw := gzip.NewWriter(&z)
	_, _ = zw.Write(j)
	_ = zw.Close()
	for name, c := range map[string]struct {
		b    []byte
		code domain.Code
	}{
		"gzip":         {z.Bytes(), domain.Unprocessable},
		"truncated":    {j[:len(j)*2/3], domain.Unprocessable},
		"40 MP header": {huge, domain.Unprocessable},
		"HTML":         {[]byte("<html><script>alert(1)</script>"), domain.Unprocessable},
		"HEIC":         {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), domain.Unprocessable},
		"EXIF":         {bytes.Join([][]byte{j[:2], segment(0xe1, "Exif\x00\x00"+secret), j[2:]}, nil), ""},
		"polyglot":     {append(bytes.Clone(j), "<script>"+secret+"</script>PK\x03\x04"...), ""},
	} {
		err := w.send(0, c.b)
		if got := domain.CodeOf(err); got != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if want := map[bool]Stand{true: Missing, false: Stored}[c.code != ""]; w.have(0, hexSum(c.b)) != want {
			t.Errorf("%s: %s", name, w.have(0, hexSum(c.b)))
		}
	}
	if err := filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, []byte("<script")) {
			t.Errorf("%s holds what was hidden", filepath.Base(path))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n, problems, err := Check(context.Background(), w.db, w.dir); err != nil || n != 2 || len(problems) != 0 {
		t.Errorf("check: %d photos, %v %v", n, problems, err)
	}
	wrong := w.begin(0, hexSum([]byte("other")), len(j))
	if _, err := w.svc.Append(context.Background(), w.who[0], wrong.ID, 0, sends(j, -1), nil); domain.CodeOf(err) != domain.Unprocessable {
		t.Errorf("other bytes than announced: %v", err)
	}
	if left := w.files(dirUploads); strings.Contains(strings.Join(left, " "), ".part") {
		t.Errorf("bytes of uploads stay: %v", left)
	}
}

// TestHostile_Limits of what is begun.
func TestHostile_Limits(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	name := hexSum([]byte("x"))
	stranger := domain.Caller{Person: newID(), Device: newID()}
	for what, c := range map[string]struct {
		who  domain.Caller
		want Wanted
		code domain.Code
	}{
		"foreign team":      {w.who[1], Wanted{w.teams[0], name, 10}, domain.Forbidden},
		"stranger":          {stranger, Wanted{w.teams[0], name, 10}, domain.Forbidden},
		"no such team":      {w.who[0], Wanted{newID(), name, 10}, domain.Forbidden},
		"path for a name":   {w.who[0], Wanted{w.teams[0], "../../../../etc/passwd", 10}, domain.Invalid},
		"capitals":          {w.who[0], Wanted{w.teams[0], strings.ToUpper(name), 10}, domain.Invalid},
		"no bytes":          {w.who[0], Wanted{w.teams[0], name, 0}, domain.Invalid},
		"too large":         {w.who[0], Wanted{w.teams[0], name, syncproto.MaxPhotoBytes + 1}, domain.TooLarge},
		"more than a quota": {w.who[0], Wanted{w.teams[0], name, 4<<20 + 1}, domain.Unprocessable},
	} {
		if _, err := w.svc.Begin(ctx, c.who, c.want); domain.CodeOf(err) != c.code {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range 3 { // three that are open fill the quota of 4 MiB together
		_, err := w.svc.Begin(ctx, w.who[0], Wanted{w.teams[0], hexSum([]byte{byte(i)}), 3 << 19})
		if got, want := domain.CodeOf(err), map[bool]domain.Code{true: domain.Unprocessable}[i == 2]; got != want {
			t.Errorf("open upload %d: %v", i, err)
		}
	}
	w = newWorld(t)
	var last error
	for i := range maxOpenUploads + 1 {
		_, last = w.svc.Begin(ctx, w.who[0], Wanted{w.teams[0], hexSum([]byte{byte(i)}), 10})
	}
	if domain.CodeOf(last) != domain.TooMany {
		t.Errorf("upload %d: %v", maxOpenUploads+1, last)
	}
}

// TestHostile_LeaverMayHandOver: for 90 days after the last grant ended.
func TestHostile_LeaverMayHandOver(t *testing.T) {
	gs := domain.Grants{{Team: "t", Role: domain.RoleMember, Interval: domain.Interval{From: "2023-01-01", To: "2023-03-01"}}}
	for day, want := range map[domain.Date]bool{"2022-12-31": false, "2023-01-01": true, "2023-03-01": true, "2023-05-30": true, "2023-05-31": false} {
		if got := mayPush(gs, "t", day); got != want {
			t.Errorf("%s: %t", day, got)
		}
	}
}

// TestHostile_FullDisk: a write that finds no room is told as such, what
// arrived stays, and it goes on when there is room again.
func TestHostile_FullDisk(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	pic := asJPEG(t, drawn(900, 700, 2))
	u := w.begin(0, hexSum(pic), len(pic))
	// The limit on the size of files stands for the full disk: the write that
	// crosses it fails half way (EFBIG), like one that finds no block.
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	limit := was
	limit.Cur = uint64(len(pic) / 2)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	_, err := w.svc.Append(ctx, w.who[0], u.ID, 0, sends(pic, -1), nil)
	if rerr := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); rerr != nil {
		t.Fatal(rerr)
	}
	if domain.CodeOf(err) != domain.Full {
		t.Errorf("no room: %v", err)
	}
	u, err = w.svc.Stand(ctx, w.who[0], u.ID)
	if err != nil || u.Offset == 0 || u.Offset > int64(len(pic)/2) {
		t.Fatalf("what arrived: %+v %v", u, err)
	}
	if _, err := w.svc.Append(ctx, w.who[0], u.ID, u.Offset, sends(pic[u.Offset:], -1), nil); err != nil || w.have(0, hexSum(pic)) != Stored {
		t.Errorf("with room again: %v, %s", err, w.have(0, hexSum(pic)))
	}
}

// TestHostile_PixelsAndMemory: pictures of 20 MP, several at once, raise the
// heap by less than 64 MB.
func TestHostile_PixelsAndMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("short: large pictures are slow under the race detector, which has a heap of its own")
	}
	w := newWorld(t)
	big := asPNG(t, flat(3100, 3100)) // 9.6 MP of colour: 38 MB decoded
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop := make(chan struct{})
	var watch, all sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most.Store(max(most.Load(), m.HeapInuse))
			}
		}
	})
	for i := range 2 {
		all.Go(func() {
			if err := w.send(i, big); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(stop)
	watch.Wait()
	if rise := int64(most.Load()) - int64(before.HeapInuse); rise > 64<<20 {
		t.Errorf("the heap rose by %d MiB", rise>>20)
	}
}

// flat is one colour: small as a file, large once decoded.
func flat(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	return img
}

// TestRestoreAndCheck: what a data folder has lost is found, and files come
// back under the hash of their content only.
func TestRestoreAndCheck(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a, b := asJPEG(t, drawn(64, 48, 1)), asJPEG(t, drawn(64, 48, 2))
	if err := errors.Join(w.send(0, a), w.send(1, b)); err != nil {
		t.Fatal(err)
	}
	if n, problems, err := Check(ctx, w.db, w.dir); err != nil || n != 2 || len(problems) != 0 {
		t.Errorf("check: %d %v %v", n, problems, err)
	}
	if err := os.WriteFile(w.svc.dir.blob(hexSum(a)), append([]byte("x"), a[1:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(w.svc.dir.blob(hexSum(b))); err != nil {
		t.Fatal(err)
	}
	if n, problems, err := Check(ctx, w.db, w.dir); err != nil || n != 2 || len(problems) != 2 {
		t.Errorf("check: %d %v %v", n, problems, err)
	}
	if _, err := ReadStored(w.dir, hexSum(a)); !errors.Is(err, ErrOtherBytes) {
		t.Errorf("a damaged file: %v", err)
	}
	if err := Restore(w.dir, hexSum(a), b); !errors.Is(err, ErrOtherBytes) {
		t.Errorf("bytes of another: %v", err)
	}
	if err := errors.Join(Restore(w.dir, hexSum(a), a), Restore(w.dir, hexSum(b), b)); err != nil {
		t.Fatal(err)
	}
	if n, problems, err := Check(ctx, w.db, w.dir); err != nil || n != 2 || len(problems) != 0 {
		t.Errorf("check after it came back: %d %v %v", n, problems, err)
	}
}

func TestParseMetadata(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	for header, want := range map[string]map[string]string{
		"":                                       {},
		"team " + b64([]byte("x")):               {"team": "x"},
		"a " + b64([]byte("1")) + ",flag":        {"a": "1", "flag": ""},
		"a ====":                                 nil,
		"a " + b64([]byte("1")) + ",a " + "MQ==": nil,
		",":                                      nil,
		"a " + b64([]byte{0xff, 0xfe}):           nil,
		strings.Repeat("a,", 20):                 nil,
		"ä MQ==":                                 nil,
		"f " + strings.Repeat("A", maxMetadata):  nil,
	} {
		got, err := ParseMetadata(header)
		if (err != nil) != (want == nil) || err == nil && len(got) != len(want) {
			t.Errorf("%.40q: %v %v", header, got, err)
		}
	}
}
