package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/banso/banso/deploy/webbuild"
)

// tsSeeds is how many histories of TypeScript phones are played, by tier.
func tsSeeds(t *testing.T) int {
	switch os.Getenv("CHECK") {
	case "full":
		return 400
	case "soak":
		return 4000
	}
	if testing.Short() {
		return 3
	}
	return 12
}

// tsResult is what a history printed.
type tsResult struct {
	Seed  int            `json:"seed"`
	Seen  map[string]int `json:"seen"` // what happened, by name
	Wrong []string       `json:"wrong"`
	More  int            `json:"more"`
}

// TestTypeScript_PhonesConverge plays histories of phones of the TypeScript
// engine in Node against the real server: lost, doubled, cut and late
// messages, captive portals, storms of 503, clocks years off, phones that die
// at any step, are cloned or set back, two tabs, a server restored from its
// backups. TS_SEED plays one seed again.
func TestTypeScript_PhonesConverge(t *testing.T) {
	script := tsBuild(t, nil)
	w := newTSWorld(t)
	first, n := int(time.Now().UnixNano()%1_000_000_000), tsSeeds(t)
	if s := os.Getenv("TS_SEED"); s != "" {
		var err error
		if first, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
		n = 1
	}
	done := w.play(script, first, n)
	seen := map[string]int{}
	for _, r := range done {
		for what, k := range r.Seen {
			seen[what] += k
		}
		for _, s := range r.Wrong {
			t.Errorf("TS_SEED=%d: %s", r.Seed, s)
		}
	}
	t.Logf("%d histories: %v", len(done), seen)
	if n < 10 || t.Failed() {
		return
	}
	for _, what := range tsFaults {
		if seen[what] == 0 {
			t.Errorf("in %d histories there was no %q: the test saw nothing of it", n, what)
		}
	}
}

// tsFaults must all happen in a dozen histories.
var tsFaults = []string{"ok", "rotate", "lost", "busy", "offline", "too_large", "garbled", "stale", "killed", "server restored",
	"storage restored", "applied", "aside", "waiting"}

// tsBuild bundles the histories with the engine, perhaps a patched one.
func tsBuild(t *testing.T, patched map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node on this machine")
	}
	files, err := webbuild.Bundle{Root: "../../..", Out: "out", Entries: []string{"syncproto/ts/test/village/main.ts"},
		Platform: api.PlatformNode, Target: api.ES2022, Patched: patched}.Build()
	if errors.Is(err, webbuild.ErrNoPackages) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "village.mjs")
	if err := os.WriteFile(path, files[0].Text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// play runs seeds first, first+1, … until one fails.
func (w *tsWorld) play(script string, first, n int) (done []tsResult) {
	w.t.Helper()
	seeds := make([]int, n)
	for i := range seeds {
		seeds[i] = first + i
	}
	in, err := json.Marshal(map[string]any{"people": w.People, "team": w.Team, "unit": w.Unit, "base": w.Base, "seeds": seeds, "steps": 110})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute+time.Duration(n)*5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", script)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r tsResult
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			w.t.Fatalf("node said %q", lines.Text())
		}
		if r.More > 0 {
			r.Wrong = append(r.Wrong, fmt.Sprintf("and %d more", r.More))
		}
		done = append(done, r)
	}
	if err := cmd.Wait(); err != nil && (len(done) == 0 || len(done[len(done)-1].Wrong) == 0) {
		w.t.Fatalf("node: %v\n%s", err, &stderr)
	}
	if last := len(done); last < n && (last == 0 || len(done[last-1].Wrong) == 0) {
		w.t.Fatalf("%d of %d histories were played", last, n)
	}
	return done
}
