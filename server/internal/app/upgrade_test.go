package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
)

// released are the files of every schema that was ever released.
func released(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("../store/boltstore/testdata/schema*.db")
	if err != nil || len(list) < 2 {
		t.Fatal(list, err)
	}
	return list
}

// oldFolder is a data folder with a store of an older release.
func oldFolder(t *testing.T, file string) string {
	t.Helper()
	dir := fresh(t)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(StorePath(dir), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestUpgrade_Ladder: the file of each release is rehearsed without a change,
// then served; the older file stays for a day, and can be gone back to.
func TestUpgrade_Ladder(t *testing.T) {
	files := released(t)
	for i, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dir := oldFolder(t, file)
			was, err := os.ReadFile(StorePath(dir))
			if err != nil {
				t.Fatal(err)
			}
			newest := i == len(files)-1
			want := fmt.Sprintf("from schema %d to %d", i+1, len(files))
			if newest {
				want = "no upgrade"
			}
			if code, out, msg := run(t, "rehearse", "--data", dir); code != 0 || !strings.Contains(out, want) {
				t.Fatalf("rehearse: %d %s%s", code, out, msg)
			}
			if now, err := os.ReadFile(StorePath(dir)); err != nil || !bytes.Equal(now, was) {
				t.Fatalf("the rehearsal changed the file: %v", err)
			}
			serveOnce(t, dir)
			old := beforeName(StorePath(dir), i+1)
			kept, err := os.ReadFile(old)
			if newest == (err == nil) || err == nil && !bytes.Equal(kept, was) {
				t.Errorf("the older file beside the new one: %v", err)
			}
			serveOnce(t, dir)
			if !newest {
				if err := os.Chtimes(old, time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
					t.Errorf("the next start took the older file: %v", err)
				}
			}
			serveOnce(t, dir)
			if _, err := os.Stat(old); err == nil {
				t.Error("the older file stays for ever")
			}
			if code, out, msg := run(t, "check", "--data", dir); code != 0 {
				t.Errorf("check: %s%s", out, msg)
			}
		})
	}
}

// serveOnce starts and stops a server and looks for the one record.
func serveOnce(t *testing.T, dir string) {
	t.Helper()
	a, err := New(t.Context(), Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := a.store.View(t.Context(), func(r store.Reader) error {
		n = 0
		return r.Members("team:x", "", func(*store.Record) bool { n++; return true })
	}); err != nil || n != 1 {
		t.Errorf("%d records, %v", n, err)
	}
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestRehearse_BesideARunningServer takes the newest backup.
func TestRehearse_BesideARunningServer(t *testing.T) {
	dir := oldFolder(t, released(t)[0])
	place := filepath.Join(t.TempDir(), "place")
	a, err := New(t.Context(), Config{Data: dir, BackupTo: []string{place}, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(context.Background())
	if code, _, msg := run(t, "rehearse", "--data", dir, "--backup-to", place); code != 1 || !strings.Contains(msg, "running") {
		t.Errorf("without a backup: %d %s", code, msg)
	}
	if _, err := a.Backup(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, out, msg := run(t, "rehearse", "--data", dir, "--backup-to", place); code != 0 || !strings.Contains(out, "from "+place) {
		t.Errorf("%d %s%s", code, out, msg)
	}
}
