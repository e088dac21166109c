package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fresh makes a data folder that was served once.
func fresh(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	a, err := New(t.Context(), Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return b
}

// run calls the command line.
func run(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // one that serves though it should not ends with code 0
	defer cancel()
	code = Main(ctx, args, &o, &e)
	return code, o.String(), e.String()
}

// TestNew_BadFiles: a missing, empty, cut or newer file is one sentence, a
// code that is not 0, and no change to any file.
func TestNew_BadFiles(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		says  string
	}{
		"no store":    {func(t *testing.T, dir string) { remove(t, StorePath(dir)) }, "no data file"},
		"no keys":     {func(t *testing.T, dir string) { remove(t, KeysPath(dir)) }, "no keys"},
		"empty store": {func(t *testing.T, dir string) { write(t, StorePath(dir), "") }, "empty"},
		"cut store":   {func(t *testing.T, dir string) { truncate(t, StorePath(dir)) }, "cut off"},
		"other file":  {func(t *testing.T, dir string) { write(t, StorePath(dir), strings.Repeat("x", 1<<20)) }, "damaged"},
		"empty keys":  {func(t *testing.T, dir string) { write(t, KeysPath(dir), "") }, "empty"},
		"newer keys":  {func(t *testing.T, dir string) { write(t, KeysPath(dir), `{"version":9}`) }, "newer"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fresh(t)
			c.spoil(t, dir)
			db, keys := read(t, StorePath(dir+"/")), read(t, KeysPath(dir))
			code, _, msg := run(t, "--data", dir, "--addr", "127.0.0.1:0")
			if code != 1 || !strings.Contains(msg, c.says) || strings.Count(msg, "\n") != 1 {
				t.Errorf("code %d, %q, want 1 and one line that says %q", code, msg, c.says)
			}
			if !bytes.Equal(db, read(t, StorePath(dir))) || !bytes.Equal(keys, read(t, KeysPath(dir))) {
				t.Error("a file was changed")
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string) {
	t.Helper()
	// Far below what the store has used; the file itself grows in larger steps.
	if err := os.Truncate(path, 16<<10); err != nil {
		t.Fatal(err)
	}
}

// TestNew_InterruptedFirstStart: a first start that was killed at any step is
// gone on with by the next.
func TestNew_InterruptedFirstStart(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"before the store":       func(dir string) error { return os.Remove(StorePath(dir)) },
		"after the store":        func(string) error { return nil },
		"while keys are written": func(dir string) error { return os.WriteFile(filepath.Join(dir, keysPending), nil, 0o600) },
	} {
		dir := fresh(t)
		if err := os.Rename(KeysPath(dir), filepath.Join(dir, keysPending)); err != nil {
			t.Fatal(err)
		}
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		a, err := New(t.Context(), Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if read(t, KeysPath(dir)) == nil || read(t, filepath.Join(dir, keysPending)) != nil {
			t.Errorf("%s: the keys have not got their name", name)
		}
	}
}

// TestMain_LockedFile: offline commands name the running server and the tool
// that works over HTTP.
func TestMain_LockedFile(t *testing.T) {
	dir := fresh(t)
	a, err := New(t.Context(), Config{Data: dir, Handful: true, LogTo: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(context.Background())
	if code, _, msg := run(t, "check", "--data", dir); code != 1 || !strings.Contains(msg, "running server") || !strings.Contains(msg, "banso-admin") {
		t.Errorf("code %d, %q", code, msg)
	}
}

// TestNew_DataIsAFile: said in one line, and the file stays as it is.
func TestNew_DataIsAFile(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "data"), "x")
	code, _, msg := run(t, "--data", path, "--addr", "127.0.0.1:0")
	if code != 1 || !strings.Contains(msg, "is a file") || strings.Count(msg, "\n") != 1 || string(read(t, path)) != "x" {
		t.Errorf("code %d, %q", code, msg)
	}
}

func TestMain_WrongCommandLine(t *testing.T) {
	for _, args := range [][]string{{"--nonsense"}, {"serve", "--addr", "x"}, {"--log-level", "loud"}} {
		if code, _, msg := run(t, args...); code != 2 || msg == "" {
			t.Errorf("%v: code %d, %q", args, code, msg)
		}
	}
}
