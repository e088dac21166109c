package backup

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/store"
)

// eachPlace runs a test on every kind of place that this machine can offer.
func eachPlace(t *testing.T, do func(t *testing.T, place Target)) {
	t.Run("folder", func(t *testing.T) { do(t, Folder(filepath.Join(t.TempDir(), "place"))) })
	t.Run("rsync", func(t *testing.T) {
		if _, err := exec.LookPath("rsync"); err != nil {
			t.Skip("no rsync on this machine")
		}
		p, _, err := Parse("rsync:" + filepath.Join(t.TempDir(), "place"))
		if err != nil {
			t.Fatal(err)
		}
		do(t, p)
	})
	t.Run("s3", func(t *testing.T) { do(t, s3Place(t)) })
}

// s3Place starts a real S3 server, versitygw, on a folder.
func s3Place(t *testing.T) Target {
	t.Helper()
	bin, err := exec.LookPath("versitygw")
	if err != nil {
		t.Skip("no versitygw on this machine (CHECK=full builds it, or go install github.com/versity/versitygw/cmd/versitygw@v1.8.0)")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "banso")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
	cmd := exec.Command(bin, "--access", "banso", "--secret", "secret-of-a-test", "--port", addr, "--region", "vn", "posix", "--nometa", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() }) // it has nothing to save
	p, hosted, err := Parse("s3://copies/province?region=vn&insecure=1&endpoint=" + addr)
	if err != nil || !hosted {
		t.Fatal(hosted, err)
	}
	b := p.(*bucket)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		err := b.client.MakeBucket(context.Background(), b.name, minio.MakeBucketOptions{Region: "vn"})
		if err == nil {
			return p
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// TestPlaces: in every kind of place a backup is made, listed, verified,
// drilled and restored; photos travel once; what was done away with goes.
func TestPlaces(t *testing.T) {
	eachPlace(t, func(t *testing.T, place Target) {
		ctx, w := t.Context(), newWorld(t)
		s, operator := w.service(true, place)
		w.decide(1)
		id, rev := w.record("một")
		one, two := w.photo(1), w.photo(2)
		first := w.make(s)
		if first.New != 2 || w.durable() != 0 {
			t.Errorf("first: %d new photos, durable %d", first.New, w.durable())
		}
		w.photo(3)
		w.update(func(tx store.Tx) error { return w.putPhoto(tx, one, 800, blob.Dropped) })
		second := w.make(s)
		if second.New != 1 || w.durable() != first.Commit || first.Commit < rev {
			t.Errorf("second: %d new photos, durable %d, first backup %d, rev %d", second.New, w.durable(), first.Commit, rev)
		}
		st, r, dir := restored(t, place, "", operator)
		if r.ID != second.ID || r.Photos != 2 || r.New != 2 || len(r.Lost) != 0 {
			t.Errorf("restored %+v", r)
		}
		if _, err := blob.ReadStored(dir, two); err != nil {
			t.Error(err)
		}
		if err := st.View(ctx, func(r store.Reader) error {
			_, err := r.Record(store.Key{Type: "activity", ID: id})
			return err
		}); err != nil {
			t.Error(err)
		}
		if d, err := s.Drill(ctx); err != nil || d.Sampled != 2 || s.Status().DrillMs == 0 {
			t.Errorf("drill %+v, %v", d, err)
		}
		w.pass(26 * time.Hour) // both of the first day are in one slot now
		w.record("hai")
		third := w.make(s)
		w.record("ba")
		fourth := w.make(s)
		list, bad, err := List(ctx, place)
		if err != nil || len(bad) > 0 || len(list) != 3 || list[0].ID != fourth.ID || list[1].ID != third.ID || list[2].ID != second.ID {
			t.Errorf("list %v %v %v", list, bad, err)
		}
		for _, m := range list {
			if err := Verify(ctx, place, m, operator); err != nil {
				t.Error(err)
			}
			if err := Verify(ctx, place, m, nil); err != nil {
				t.Errorf("without an identity: %v", err)
			}
		}
		if _, err := place.Get(ctx, photoName(one, true)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a photo that no backup names: %v", err)
		}
		if err := place.Remove(ctx, []string{list[0].Snap.Name, "snaps/none"}); err != nil {
			t.Error(err)
		}
		mustSay(t, Verify(ctx, place, list[0], operator), "")
	})
}

// TestFolder_NoParent: a disk that is not mounted is not made up.
func TestFolder_NoParent(t *testing.T) {
	w := newWorld(t)
	s, _ := w.service(false, Folder(filepath.Join(t.TempDir(), "disk", "banso")))
	_, err := s.Make(t.Context())
	mustSay(t, err, "no such file")
}

// TestStillThere: a place that held backups and is empty is refused until an
// operator says so.
func TestStillThere(t *testing.T) {
	w, place := newWorld(t), Folder(filepath.Join(t.TempDir(), "place"))
	s, _ := w.service(false, place)
	w.make(s)
	if err := os.RemoveAll(string(place)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Make(t.Context())
	mustSay(t, err, "mounted")
	if err := s.Forget(t.Context(), place.Label()); err != nil {
		t.Fatal(err)
	}
	w.make(s)
}

// TestParse: what is no place is told in one sentence.
func TestParse(t *testing.T) {
	for _, bad := range []string{"", "ftp://x/y", "s3://", "s3://key:secret@b/p", "s3://b/p?password=x", "rsync:", "rsync:-e sh", "rsync:a b"} {
		if p, _, err := Parse(bad); !errors.Is(err, ErrTarget) {
			t.Errorf("%q: %v %v", bad, p, err)
		}
	}
	var labels []string
	for _, good := range []string{"/mnt/b", "s3://b/p?endpoint=h:1&insecure=1", "rsync:h:/b/", "rsync://h/m"} {
		p, hosted, err := Parse(good)
		if err != nil || hosted == (good == "/mnt/b") {
			t.Fatalf("%q: %t %v", good, hosted, err)
		}
		labels = append(labels, p.Label())
	}
	if want := []string{"/mnt/b", "s3://h:1/b/p", "rsync:h:/b", "rsync://h/m"}; !slices.Equal(labels, want) {
		t.Errorf("%q", labels)
	}
}

// TestPrune_PlainGoes: who begins to encrypt has no plain photos left once the
// plain backups have had their time.
func TestPrune_PlainGoes(t *testing.T) {
	w, place := newWorld(t), Folder(filepath.Join(t.TempDir(), "place"))
	sum := w.photo(1)
	open, _ := w.service(false, place)
	w.make(open)
	closed, operator := w.service(true, place)
	w.make(closed)
	for _, sealed := range []bool{false, true} {
		if _, err := readPhoto(t.Context(), place, sum, sealed, operator); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // the plain one is in no slot any more
		w.make(closed)
	}
	if _, err := place.Get(t.Context(), photoName(sum, false)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the plain photo: %v", err)
	}
	if _, err := readPhoto(t.Context(), place, sum, true, operator); err != nil {
		t.Error(err)
	}
}
