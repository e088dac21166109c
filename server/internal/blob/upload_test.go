package blob

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TestAppend_CutAnywhere: an upload that breaks off at any of 50 points, with
// the process started anew after each, goes on from that byte and ends as the
// same photo.
func TestAppend_CutAnywhere(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	pic := asJPEG(t, drawn(400, 300, 1))
	name := hexSum(pic)
	u := w.begin(0, name, len(pic))
	for i := range 50 {
		want := int64(len(pic)) * int64(i+1) / 51
		_, err := w.svc.Append(ctx, w.who[0], u.ID, u.Offset, sends(pic[u.Offset:], int(want-u.Offset)), nil)
		if err == nil {
			t.Fatalf("cut %d: no error", i)
		}
		if i%7 == 0 {
			w.restart()
		}
		if u, err = w.svc.Stand(ctx, w.who[0], u.ID); err != nil || u.Offset != want {
			t.Fatalf("cut %d: stands at %d, want %d (%v)", i, u.Offset, want, err)
		}
	}
	if got := w.have(0, name); got != Missing {
		t.Errorf("before its end it is %s", got)
	}
	if u, err := w.svc.Append(ctx, w.who[0], u.ID, u.Offset, sends(pic[u.Offset:], -1), nil); err != nil || u.Offset != int64(len(pic)) {
		t.Fatalf("end: %+v %v", u, err)
	}
	b, err := os.ReadFile(w.svc.dir.blob(name))
	if err != nil || !bytes.Equal(b, pic) || w.have(0, name) != Stored {
		t.Errorf("the photo differs: %v, %s", err, w.have(0, name))
	}
	if left := w.files(dirUploads); len(left) != 1 {
		t.Errorf("left of the upload: %v", left)
	}
	again := w.begin(0, name, len(pic))
	if again.Offset != int64(len(pic)) || !again.Expires.IsZero() {
		t.Errorf("the same picture would be sent twice: %+v", again)
	}
}

// TestAppend_Protocol is the table of what tus asks.
func TestAppend_Protocol(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	pic := asJPEG(t, drawn(64, 48, 2))
	u := w.begin(0, hexSum(pic), len(pic))
	part := pic[:100]
	good256, good1 := sha256.Sum256(part), sha1.Sum(part)
	sum := func(alg string, b []byte) *Checksum {
		c, err := ParseChecksum(alg + " " + base64.StdEncoding.EncodeToString(b))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, c := range []struct {
		name   string
		who    int
		id     domain.ID
		offset int64
		b      []byte
		sum    *Checksum
		want   error
		code   domain.Code
		at     int64
	}{
		{name: "wrong offset", id: u.ID, offset: 5, b: part, want: ErrOffset},
		{name: "unknown upload", id: newID(), b: part, want: errNoUpload},
		{name: "somebody else's", who: 1, id: u.ID, b: part, want: errNotYours},
		{name: "wrong checksum", id: u.ID, b: part, sum: sum("sha256", make([]byte, 32)), want: ErrChecksum},
		{name: "nothing of it was kept", id: u.ID, offset: 1, b: part, want: ErrOffset},
		{name: "sha256", id: u.ID, b: part[:60], sum: func() *Checksum { s := sha256.Sum256(part[:60]); return sum("sha256", s[:]) }(), at: 60},
		{name: "sha1", id: u.ID, offset: 60, b: part[60:], sum: func() *Checksum { s := sha1.Sum(part[60:]); return sum("sha1", s[:]) }(), at: 100},
		{name: "whole part's checksum for a rest", id: u.ID, offset: 100, b: pic[100:120], sum: sum("sha256", good256[:]), want: ErrChecksum},
		{name: "and sha1", id: u.ID, offset: 100, b: pic[100:120], sum: sum("sha1", good1[:]), want: ErrChecksum},
		{name: "no bytes", id: u.ID, offset: 100, at: 100},
		{name: "the rest", id: u.ID, offset: 100, b: pic[100:], at: int64(len(pic))},
		{name: "again from the start", id: u.ID, b: pic, want: ErrOffset},
		{name: "again at the end", id: u.ID, offset: int64(len(pic)), at: int64(len(pic))},
	} {
		got, err := w.svc.Append(ctx, w.who[c.who], c.id, c.offset, sends(c.b, -1), c.sum)
		if !errors.Is(err, c.want) || err == nil && got.Offset != c.at {
			t.Errorf("%s: %+v %v, want %v at %d", c.name, got, err, c.want, c.at)
		}
	}
	if err := w.svc.Stop(ctx, w.who[0], u.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.svc.Stand(ctx, w.who[0], u.ID); !errors.Is(err, errNoUpload) || w.have(0, hexSum(pic)) != Stored {
		t.Errorf("after the end of its upload: %v, photo %s", err, w.have(0, hexSum(pic)))
	}
}

// TestAppend_NewerRequestWins: a request whose line is dead gives way to the
// next one, and the byte at which it stood is exact.
func TestAppend_NewerRequestWins(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	pic := asJPEG(t, drawn(200, 100, 3))
	u := w.begin(0, hexSum(pic), len(pic))
	hangs := &body{stop: make(chan struct{})}
	hangs.r = &hanging{b: pic[:77], stop: hangs.stop}
	done := make(chan error, 1)
	go func() {
		_, err := w.svc.Append(ctx, w.who[0], u.ID, 0, hangs, nil)
		done <- err
	}()
	hangs.r.(*hanging).wait()
	u, err := w.svc.Stand(ctx, w.who[0], u.ID)
	if err != nil || u.Offset != 77 {
		t.Errorf("stands at %d, %v", u.Offset, err)
	}
	if err := <-done; err == nil {
		t.Error("the dead request ended well")
	}
}

// hanging gives bytes and then nothing until it is stopped.
type hanging struct {
	b    []byte
	stop chan struct{}
	once sync.Once
	idle chan struct{}
	mu   sync.Mutex
}

func (h *hanging) idleC() chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.idle == nil {
		h.idle = make(chan struct{})
	}
	return h.idle
}

func (h *hanging) wait() { <-h.idleC() }

func (h *hanging) Read(p []byte) (int, error) {
	if len(h.b) > 0 {
		n := copy(p, h.b)
		h.b = h.b[n:]
		return n, nil
	}
	h.once.Do(func() { close(h.idleC()) })
	<-h.stop
	return 0, os.ErrDeadlineExceeded
}

// TestFinish_TwoPhonesSamePicture: one file, two records, both teams hold it.
func TestFinish_TwoPhonesSamePicture(t *testing.T) {
	w := newWorld(t)
	pic := asJPEG(t, drawn(300, 200, 4))
	var all sync.WaitGroup
	for i := range 2 {
		all.Go(func() {
			if err := w.send(i, pic); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if files := w.files(dirBlobs); len(files) != 1 || w.have(0, hexSum(pic)) != Stored || w.have(1, hexSum(pic)) != Stored {
		t.Errorf("files %v, %s and %s", files, w.have(0, hexSum(pic)), w.have(1, hexSum(pic)))
	}
}

// TestFinish_AfterAKill: a complete upload whose photo was not noted is
// finished when somebody asks for it.
func TestFinish_AfterAKill(t *testing.T) {
	w := newWorld(t)
	pic := asJPEG(t, drawn(64, 48, 5))
	name := hexSum(pic)
	u := w.begin(0, name, len(pic))
	if err := os.WriteFile(w.svc.dir.part(u.ID), pic, 0o600); err != nil { // the kill came before the record
		t.Fatal(err)
	}
	w.restart()
	if got, err := w.svc.Stand(context.Background(), w.who[0], u.ID); err != nil || got.Offset != int64(len(pic)) || w.have(0, name) != Stored {
		t.Errorf("%+v %v, %s", got, err, w.have(0, name))
	}
}

// TestReceive_AnyOrder: photo and activity may come in any order; what is
// named twice is held twice, and a foreign team's activity holds nothing.
func TestReceive_AnyOrder(t *testing.T) {
	w := newWorld(t)
	pic := asJPEG(t, drawn(64, 48, 6))
	name := hexSum(pic)
	before, foreign := w.activity(0, name), w.activity(1, name)
	if err := w.send(0, pic); err != nil {
		t.Fatal(err)
	}
	after := w.activity(0, name)
	for id, want := range map[domain.ID]int{before: 1, after: 1, foreign: 0} {
		if got := w.held(id); len(got) != want {
			t.Errorf("held %v, want %d", got, want)
		}
	}
	due := 0
	if err := w.db.View(context.Background(), func(r store.Reader) error {
		return r.Due("progress", func(string) bool { due++; return true })
	}); err != nil || due != 1 {
		t.Errorf("%d months are due, %v", due, err)
	}
}

// TestCarry: an activity that moves to another team takes along what its old
// team holds, and nothing else.
func TestCarry(t *testing.T) {
	w := newWorld(t)
	pic := asJPEG(t, drawn(64, 48, 6))
	if err := w.send(0, pic); err != nil {
		t.Fatal(err)
	}
	doc := func(i int, names ...string) syncproto.Doc {
		var ev []string
		for _, n := range names {
			ev = append(ev, domain.EvidencePhoto+n)
		}
		return syncproto.Doc{"team": syncproto.Str(string(w.teams[i])), "evidence": syncproto.Strs(ev)}
	}
	unsent := hexSum([]byte("unsent"))
	w.update(func(tx store.Tx) error { return Carry(tx, doc(0, unsent), doc(1, unsent, hexSum(pic))) })
	if got := w.have(1, hexSum(pic)); got != Missing {
		t.Errorf("what the activity did not name before is %s", got)
	}
	for range 2 {
		w.update(func(tx store.Tx) error { return Carry(tx, doc(0, unsent, hexSum(pic)), doc(1, unsent, hexSum(pic))) })
	}
	if got := w.have(1, hexSum(pic)); got != Stored || w.have(1, unsent) != Missing {
		t.Errorf("after the move %s, never sent %s", got, w.have(1, unsent))
	}
	if err := w.db.View(context.Background(), func(r store.Reader) error {
		n, err := counter(r, filePrefix+hexSum(pic))
		if n != 2 {
			t.Errorf("%d records hold the file", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestTidy: what has had its time goes, and nothing else.
func TestTidy(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	pics := [3][]byte{}
	for i := range pics {
		pics[i] = asJPEG(t, drawn(64, 48, 10+i))
	}
	if err := errors.Join(w.send(0, pics[0]), w.send(0, pics[1])); err != nil {
		t.Fatal(err)
	}
	w.activity(0, hexSum(pics[0]))
	open := w.begin(0, hexSum(pics[2]), len(pics[2]))
	if _, err := w.svc.Append(ctx, w.who[0], open.ID, 0, sends(pics[2][:50], -1), nil); err != nil {
		t.Fatal(err)
	}
	stray := w.svc.dir.blob(hexSum([]byte("stray"))) // left by a kill before its record
	if err := writeFile(stray, []byte("stray")); err != nil {
		t.Fatal(err)
	}
	tidy := func() {
		t.Helper()
		for range 4 { // a pass over all folders
			w.pass(2 * time.Minute)
			if _, err := w.svc.Tidy(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	tidy()
	if _, err := os.Stat(stray); err == nil {
		t.Error("a file that no record names stays")
	}
	if u, err := w.svc.Stand(ctx, w.who[0], open.ID); err != nil || u.Offset != 50 {
		t.Errorf("a living upload: %+v %v", u, err)
	}
	w.pass(UploadTTL + time.Hour)
	tidy()
	if left := w.files(dirUploads); len(left) != 0 {
		t.Errorf("expired, and still there: %v", left)
	}
	if _, err := w.svc.Stand(ctx, w.who[0], open.ID); !errors.Is(err, errNoUpload) {
		t.Errorf("expired: %v", err)
	}
	w.pass((OrphanDays + 1) * 24 * time.Hour)
	tidy()
	if w.have(0, hexSum(pics[0])) != Stored || w.have(0, hexSum(pics[1])) != Missing || len(w.files(dirBlobs)) != 1 || len(w.files(dirThumbs)) != 1 {
		t.Errorf("named %s, orphan %s, files %v", w.have(0, hexSum(pics[0])), w.have(0, hexSum(pics[1])), w.files(dirBlobs, dirThumbs))
	}
	if err := w.send(0, pics[1]); err != nil || w.have(0, hexSum(pics[1])) != Stored {
		t.Errorf("sent again after it was dropped: %v", err)
	}
}
