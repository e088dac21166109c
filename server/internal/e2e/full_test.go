package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/domain"
)

// TestFullDisk_ReadsGoOn: the real binary on a disk that fills up answers
// pushes with 507 and reads as before, and takes pushes again once there is
// room, without a restart; all that was acknowledged is in the file.
func TestFullDisk_ReadsGoOn(t *testing.T) {
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("a small file system can't be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }) // the server is gone before
	data := filepath.Join(dir, "data")
	s := start(t, bin, data)
	boss, phones, err := load.Accounts(t.Context(), s, 4)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 14<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	writers := make([]*writer, len(phones))
	for i, p := range phones {
		writers[i] = &writer{Phone: p}
	}
	w := writers[0]
	refused := 0
	for deadline := time.Now().Add(60 * time.Second); refused == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the disk never got full")
		}
		if status := pushStatus(t, s, w, 200); status == http.StatusInsufficientStorage {
			refused++
		} else if status != http.StatusOK {
			t.Fatalf("a push got %d", status)
		}
	}
	if _, err := boss.Me(t.Context()); err != nil {
		t.Errorf("a read on a full disk: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
		t.Fatal(err)
	}
	for i, w := range writers { // the first one sends again what was refused
		if err := w.Reconnect(s.Addr, i); err != nil { // one that never said a word was hung up on
			t.Fatal(err)
		}
		if status := pushStatus(t, s, w, 5); status != http.StatusOK {
			t.Errorf("with room again: %d", status)
		}
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	readFile(t, data, writers)
}

// pushStatus pushes what is under way, or n new records, and notes what was
// acknowledged.
func pushStatus(t *testing.T, s *load.Server, w *writer, n int) int {
	t.Helper()
	if w.PreparedBytes() == 0 {
		w.Prepare(n, time.Now().In(domain.Zone).Format(time.DateOnly))
	}
	a, r, err := w.Sync(true)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Log())
	}
	if r != nil {
		w.acked = append(w.acked, w.Prepared...)
	}
	return a.Status
}
