package handbook

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
)

// TestRollback_OlderProgram: a program of some time ago goes on with the file
// that today's has written into, phones stay signed in, and today's goes on
// after it. Where the schema has moved on since, the older one must refuse and
// name the newer schema instead.
func TestRollback_OlderProgram(t *testing.T) {
	if c := os.Getenv("CHECK"); c != "full" && c != "soak" {
		t.Skip("compiles an older program: CHECK=full")
	}
	dir := t.TempDir()
	commit, err := exec.Command("git", "rev-list", "--max-count=1", "--skip=60", "HEAD").Output()
	if len(commit) == 0 {
		t.Skipf("no history to take an older program from: %v", err)
	}
	source := filepath.Join(dir, "source")
	if out, err := exec.Command("git", "clone", "-q", "../..", source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command("git", "-C", source, "checkout", "-q", strings.TrimSpace(string(commit))).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	before, now := built(t, source, filepath.Join(dir, "before")), built(t, "../..", filepath.Join(dir, "now"))
	data := filepath.Join(dir, "data")
	s := serving(t, before, data)
	_, phones, err := load.Accounts(t.Context(), s, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, bin := range []string{before, now, before, now} {
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		if bin == before && schemaMoved(t, bin, data) {
			return
		}
		s = serving(t, bin, data)
		if err := phones[0].Reconnect(s.Addr, 0); err != nil {
			t.Fatal(err)
		}
		phones[0].Prepare(5, time.Now().Format(time.DateOnly))
		if _, _, err := phones[0].Sync(true); err != nil {
			t.Fatalf("%s: %v\n%s", bin, err, s.Log())
		}
	}
	// What the older program counted otherwise is counted again beside the
	// server's work (RUNBOOK, "nang-cap"): that may take some seconds.
	var out []byte
	for range 20 {
		time.Sleep(time.Second)
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		if out, err = exec.Command(now, "check", "--data", data).CombinedOutput(); err == nil {
			break
		}
		s = serving(t, now, data)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if !strings.Contains(string(out), "20 verdicts") {
		t.Errorf("20 records were pushed: %s", out)
	}
}

func built(t *testing.T, root, dir string) string {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	bin, err := load.Build(root, dir)
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func serving(t *testing.T, bin, data string) *load.Server {
	t.Helper()
	s, err := load.Serve(bin, data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// schemaMoved reports whether the older program refuses the file as newer.
func schemaMoved(t *testing.T, bin, data string) bool {
	t.Helper()
	out, err := exec.Command(bin, "check", "--data", data).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "newer") {
		t.Fatalf("%v\n%s", err, out)
	}
	return err != nil
}
