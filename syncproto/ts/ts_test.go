package ts

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/banso/banso/deploy/webbuild"
)

const root = "../.."

// build bundles test files; a machine without the npm packages skips.
func build(t *testing.T, b webbuild.Bundle) []webbuild.File {
	t.Helper()
	b.Root, b.Out = root, "out"
	files, err := b.Build()
	if errors.Is(err, webbuild.ErrNoPackages) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func vectorFiles(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(root + "/syncproto/testdata/vectors/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatal("no vectors", err)
	}
	texts := map[string]string{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(p)] = string(b)
	}
	return texts
}

// TestVectors_Goja runs the vectors where nothing of a browser exists, so that
// the pure parts need nothing of it.
func TestVectors_Goja(t *testing.T) {
	files := build(t, webbuild.Bundle{Entries: []string{"syncproto/ts/test/vectors.ts"}, Global: "banso", Target: api.ES2017})
	vm := goja.New()
	if _, err := vm.RunScript("vectors.js", string(files[0].Text)); err != nil {
		t.Fatal(err)
	}
	texts := vectorFiles(t)
	if err := vm.Set("files", texts); err != nil {
		t.Fatal(err)
	}
	v, err := vm.RunString("JSON.stringify(banso.vectors(files))")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Checked  int      `json:"checked"`
		Failures []string `json:"failures"`
	}
	if err := json.Unmarshal([]byte(v.String()), &got); err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Failures {
		t.Error(f)
	}
	want := 0
	for _, text := range texts {
		var list []json.RawMessage
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			t.Fatal(err)
		}
		want += len(list)
	}
	if got.Checked != want {
		t.Errorf("%d cases were checked, the files hold %d", got.Checked, want)
	}
}

// TestNode runs test/*.test.ts: the rules against a small honest server, and
// the database in IndexedDB with kills at every step.
func TestNode(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node on this machine")
	}
	entries, err := filepath.Glob("test/*.test.ts")
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	for i, e := range entries {
		entries[i] = "syncproto/ts/" + filepath.ToSlash(e)
	}
	dir := t.TempDir()
	args := []string{"--test", "--test-reporter=tap"}
	for _, f := range build(t, webbuild.Bundle{Entries: entries, Platform: api.PlatformNode, Target: api.ES2022}) {
		path := filepath.Join(dir, filepath.Base(f.Path)+".mjs")
		if err := os.WriteFile(path, f.Text, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "# pass") || strings.HasPrefix(line, "# an entry") {
			t.Log(line)
		}
	}
}

// TestSize tells what the engine adds to an app's first load.
func TestSize(t *testing.T) {
	files := build(t, webbuild.Bundle{Entries: []string{"syncproto/ts/src/index.ts"}, Minify: true})
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(files[0].Text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes minified, %d gzipped", len(files[0].Text), b.Len())
	if b.Len() > maxGzipped {
		t.Errorf("%d bytes gzipped, at most %d", b.Len(), maxGzipped)
	}
}

// maxGzipped leaves the most of the first load, 150 KB, to the app.
const maxGzipped = 20 << 10

// TestSource_TouchesNoGlobals reads the engine: what it needs is handed in.
func TestSource_TouchesNoGlobals(t *testing.T) {
	paths, err := filepath.Glob("src/*.ts")
	if err != nil || len(paths) < 20 {
		t.Fatal(paths, err)
	}
	forbidden := []string{"Date.now", "new Date", "Math.random", "setTimeout(", "globalThis", "window.", "document.", "navigator.", "crypto.", "localStorage", " fetch("}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			code := strings.TrimSpace(line)
			if strings.HasPrefix(code, "*") || strings.HasPrefix(code, "/") {
				continue
			}
			for _, word := range forbidden {
				if strings.Contains(code, word) {
					t.Errorf("%s:%d: %s", p, i+1, word)
				}
			}
		}
	}
}
