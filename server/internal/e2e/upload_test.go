package e2e

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
)

// noise is a picture that doesn't compress, of about 3 bytes for 2 pixels.
func noise(t *testing.T, side int, seed uint64) []byte {
	t.Helper()
	img, rnd := image.NewRGBA(image.Rect(0, 0, side, side)), rand.New(rand.NewPCG(seed, 1))
	for i := range img.Pix {
		img.Pix[i] = uint8(rnd.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sender sends one photo after the other in small parts and notes what it was
// told is safe.
type sender struct {
	phone *load.Phone
	c     *client.Client
	pic   []byte // under way
	seed  uint64
	acked int64 // of pic
	sent  []string
}

// step sends one part; an error means that the server is gone.
func (s *sender) step(t *testing.T) error {
	ctx := context.Background()
	if s.pic == nil {
		s.seed++
		s.pic, s.acked = noise(t, 96, s.seed), 0
	}
	u, err := s.c.BeginUpload(ctx, s.phone.Team, client.PhotoName(s.pic), int64(len(s.pic)))
	if err != nil {
		return err
	}
	for u.Offset < int64(len(s.pic)) {
		if u.Offset < s.acked {
			t.Errorf("stands at %d, acknowledged %d", u.Offset, s.acked)
		}
		if u, err = s.c.SendPart(ctx, u, s.pic[u.Offset:min(u.Offset+2048, int64(len(s.pic)))]); err != nil {
			return err
		}
		s.acked = u.Offset
	}
	s.sent = append(s.sent, client.PhotoName(s.pic))
	s.pic = nil
	return nil
}

// TestKill9_UploadsGoOn kills the real binary while phones send photos: no
// offset falls behind what was acknowledged, no photo that was taken is lost,
// and the files hold what the records say.
func TestKill9_UploadsGoOn(t *testing.T) {
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, bin, data)
	_, phones, err := load.Accounts(context.Background(), s, 3)
	if err != nil {
		t.Fatal(err)
	}
	senders := make([]*sender, len(phones))
	for i, p := range phones {
		senders[i] = &sender{phone: p, seed: uint64(i) << 32}
	}
	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	for i := range max(kills(t)/10, 2) + 1 {
		if i > 0 {
			s = start(t, bin, data)
		}
		for _, p := range senders {
			p.c = client.New("http://"+s.Addr, client.Options{Session: client.Session{Access: p.phone.Token}})
			checkSent(t, p)
		}
		var all sync.WaitGroup
		for _, p := range senders {
			all.Go(func() {
				for p.step(t) == nil {
				}
			})
		}
		time.Sleep(time.Duration(20+rnd.IntN(120)) * time.Millisecond)
		s.Kill()
		all.Wait()
	}
	s = start(t, bin, data)
	total := 0
	for _, p := range senders {
		p.c = client.New("http://"+s.Addr, client.Options{Session: client.Session{Access: p.phone.Token}})
		if err := p.step(t); err != nil {
			t.Errorf("after the last start: %v", err)
		}
		checkSent(t, p)
		total += len(p.sent)
	}
	if err := s.Stop(); err != nil {
		t.Fatalf("stop: %v\n%s", err, s.Log())
	}
	if out, err := exec.Command(bin, "check", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("banso check: %v\n%s", err, out)
	}
	t.Logf("%d photos", total)
}

func checkSent(t *testing.T, p *sender) {
	t.Helper()
	if len(p.sent) == 0 {
		return
	}
	have, err := p.c.HavePhotos(context.Background(), p.phone.Team, p.sent[max(0, len(p.sent)-400):])
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range have {
		if h.State != "stored" {
			t.Errorf("a photo that was taken is %s", h.State)
		}
	}
}

// scissors is a line that breaks after so many bytes of each connection, the
// first cuts times.
type scissors struct {
	l      net.Listener
	to     string
	cuts   int64
	after  int64
	opened atomic.Int64
}

func (s *scissors) serve() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		go s.pipe(c)
	}
}

func (s *scissors) pipe(c net.Conn) {
	defer c.Close()
	up, err := net.Dial("tcp", s.to)
	if err != nil {
		return
	}
	defer up.Close()
	go func() { _, _ = io.Copy(c, up) }()
	n := s.opened.Add(1)
	if n > s.cuts {
		_, _ = io.Copy(up, c)
		return
	}
	_, _ = io.CopyN(up, c, s.after+n*131)
}

// TestTusJS: the published client of tus, over a line that breaks 50 times,
// sends a photo byte-exact; a second time it sends nothing.
func TestTusJS(t *testing.T) {
	modules, err := filepath.Abs("../../../deploy/webbuild/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "tus-js-client")); err != nil {
		t.Skip("npm packages are not installed: npm ci in deploy/webbuild")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node on this machine")
	}
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, bin, data)
	_, phones, err := load.Accounts(context.Background(), s, 1)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	line := &scissors{l: l, to: s.Addr, cuts: 50, after: 1200}
	go line.serve()
	pic := noise(t, 320, 7)
	file := filepath.Join(t.TempDir(), "pic.jpg")
	if err := os.WriteFile(file, pic, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		cmd := exec.CommandContext(ctx, "node", "testdata/tus.mjs", modules, "http://"+l.Addr().String()+"/v1/uploads",
			phones[0].Token, string(phones[0].Team), client.PhotoName(pic), file)
		out, err := cmd.CombinedOutput()
		cancel()
		if err != nil || strings.TrimSpace(string(out)) != "ok" {
			t.Fatalf("tus-js-client: %v\n%s", err, out)
		}
	}
	if n := line.opened.Load(); n <= line.cuts {
		t.Errorf("only %d connections, %d were to be cut", n, line.cuts)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(data, "blobs", client.PhotoName(pic)[:2], client.PhotoName(pic)))
	if err != nil || !bytes.Equal(got, pic) {
		t.Errorf("what arrived differs: %v, %d of %d bytes", err, len(got), len(pic))
	}
}
