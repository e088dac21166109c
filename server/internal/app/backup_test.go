package app

import (
	"bytes"
	"context"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
)

// TestMain_BackupRestore: the verbs of backups on a stopped server, encrypted;
// two backups move the durable mark, and nothing of the place can be read
// without the identity.
func TestMain_BackupRestore(t *testing.T) {
	dir, base := fresh(t), t.TempDir()
	place, identity := filepath.Join(base, "place"), filepath.Join(base, "identity.txt")
	code, out, msg := run(t, "backup", "key", identity)
	if code != 0 {
		t.Fatal(msg)
	}
	_, recipient, _ := strings.Cut(out, "--backup-recipients ")
	recipient, _, _ = strings.Cut(recipient, "\n")
	to := []string{"--backup-to", place, "--backup-recipients", recipient}
	again := filepath.Join(base, "again")
	_, out, _ = run(t, "keys", "--data", dir)
	_, signer, _ := strings.Cut(out, "signed by ")
	signer, _, _ = strings.Cut(signer, ":")
	for _, args := range [][]string{
		{"check", "--data", dir}, {"compact", "--data", dir}, {"check", "--data", dir}, {"keys", "--data", dir},
		append([]string{"backup", "now", "--data", dir}, to...), append([]string{"backup", "now", "--data", dir}, to...),
		append([]string{"backup", "list", "--data", dir}, to...), append([]string{"backup", "verify", "all", "--data", dir}, to...),
		append([]string{"backup", "drill", "--data", dir}, to...),
		{"keys", "rotate", "--data", dir},
		append([]string{"backup", "restore", "--data", again, "--identity", identity, "--signer", signer}, to...),
		{"check", "--data", again}, {"verify", "--data", again}, {"version"},
	} {
		if code, out, msg := run(t, args...); code != 0 || out == "" {
			t.Fatalf("%v: code %d, %s%s", args, code, out, msg)
		}
	}
	sealedFolder(t, place)
	a, err := New(t.Context(), Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.store.View(t.Context(), func(r store.Reader) error {
		if h := r.Head(); h.Durable == 0 || h.Durable > h.Commit {
			t.Errorf("durable %d of %d after two backups", h.Durable, h.Commit)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if code, _, msg := run(t, append([]string{"backup", "now", "--data", dir}, to...)...); code != 1 || !strings.Contains(msg, "banso-admin") {
		t.Errorf("beside a running server: %d %s", code, msg)
	}
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"restore over data":             append([]string{"backup", "restore", "--data", dir, "--identity", identity}, to...),
		"restore without the identity":  append([]string{"backup", "restore", "--data", filepath.Join(base, "c")}, to...),
		"restore of a stranger's":       append([]string{"backup", "restore", "--data", filepath.Join(base, "d"), "--identity", identity, "--signer", strings.Repeat("0", 32)}, to...),
		"drill beside other keys":       append([]string{"backup", "drill", "--data", fresh(t), "--identity", identity}, to...),
		"backup of what is not there":   append([]string{"backup", "now", "--data", filepath.Join(base, "none")}, to...),
		"a place elsewhere unencrypted": {"backup", "list", "--data", dir, "--backup-to", "s3://b/p?endpoint=localhost:1"},
		"an identity over another":      {"backup", "key", identity},
	} {
		if code, _, msg := run(t, args...); code == 0 || msg == "" {
			t.Errorf("%s: code %d, %q", name, code, msg)
		}
	}
}

// sealedFolder: no file of the place but manifests is readable, and those name
// nobody.
func sealedFolder(t *testing.T, place string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(place, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".json") {
			return err
		}
		n++
		b, err := os.ReadFile(path)
		if !bytes.HasPrefix(b, []byte("age-encryption.org/v1\n")) || bytes.Contains(b, []byte("secret")) {
			t.Errorf("%s is not encrypted", path)
		}
		return err
	})
	if err != nil || n == 0 {
		t.Fatalf("%d files, %v", n, err)
	}
}

// TestApp_BackupsByThemselves: a running server makes backups while something
// changes, tells of it, and is late when its place is gone.
func TestApp_BackupsByThemselves(t *testing.T) {
	base := t.TempDir()
	place := filepath.Join(base, "place")
	clock := &shiftClock{}
	a, err := New(t.Context(), Config{Data: filepath.Join(base, "data"), BackupTo: []string{place}, BackupEvery: time.Second,
		Wall: clock.now, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(context.Background())
	deadline := time.Now().Add(15 * time.Second)
	for durable := int64(0); durable == 0; time.Sleep(50 * time.Millisecond) {
		if err := a.store.View(t.Context(), func(r store.Reader) error { durable = r.Head().Durable; return nil }); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatalf("no two backups: %+v", a.backups.Status())
		}
	}
	if got := gathered(t, a); !strings.Contains(got, "banso_backup_late{place=\""+place+"\"} 0") {
		t.Errorf("metrics: %s", got)
	}
	if err := os.Rename(place, place+"-unplugged"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Backup(t.Context()); err == nil || !strings.Contains(err.Error(), "mounted") {
		t.Errorf("a place that lost its disk: %v", err)
	}
	clock.shift(2 * time.Hour)
	if n := a.notes(); len(n) != 1 || !strings.Contains(n[0], "late") {
		t.Errorf("notes %q", n)
	}
	if got := gathered(t, a); !strings.Contains(got, "banso_backup_late{place=\""+place+"\"} 1") {
		t.Errorf("metrics: %s", got)
	}
}

// shiftClock is the world's clock with an offset.
type shiftClock struct {
	mu sync.Mutex
	d  time.Duration
}

func (c *shiftClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.d)
}

func (c *shiftClock) shift(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.d = d
}

// gathered is what /metrics says.
func gathered(t *testing.T, a *App) string {
	t.Helper()
	w := httptest.NewRecorder()
	a.MetricsHandler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}
