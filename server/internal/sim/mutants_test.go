package sim

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// mutant is a small wrong change of the code, from a file under mutants/:
//
//	what it breaks, one line
//	by: check (or checks, "|" between them) that may find it
//	seed: of a history that finds it, tried before all others
//	=== path from the root of the module
//	old text
//	--- becomes
//	new text
//
// with as many === parts as needed. Each old text must stand in its file
// exactly once.
type mutant struct {
	name, what, seed string
	by               []string
	parts            []part
}

type part struct{ path, old, new string }

const root = "../../.."

func readMutant(t *testing.T, file string) mutant {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(b), "\n=== ")
	what, by, ok2 := strings.Cut(head, "\nby: ")
	by, seed, ok3 := strings.Cut(by, "\nseed: ")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("%s is not a mutant", file)
	}
	m := mutant{name: strings.TrimSuffix(filepath.Base(file), ".txt"), what: what,
		by: strings.Split(strings.TrimSpace(by), "|"), seed: strings.TrimSpace(seed)}
	for p := range strings.SplitSeq(rest, "\n=== ") {
		path, body, ok := strings.Cut(p, "\n")
		old, repl, ok2 := strings.Cut(body, "--- becomes\n")
		if !ok || !ok2 {
			t.Fatalf("%s: a part is not old text, \"--- becomes\", new text", file)
		}
		m.parts = append(m.parts, part{path, strings.TrimSuffix(old, "\n"), strings.TrimSuffix(repl, "\n")})
	}
	return m
}

// overlay writes the changed files and the list that go build reads.
func (m mutant) overlay(t *testing.T, dir string) string {
	t.Helper()
	changed := map[string]string{}
	replace := map[string]string{}
	for i, p := range m.parts {
		src, err := filepath.Abs(filepath.Join(root, p.path))
		if err != nil {
			t.Fatal(err)
		}
		text, ok := changed[src]
		if !ok {
			b, err := os.ReadFile(src)
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		}
		if n := strings.Count(text, p.old); n != 1 {
			t.Fatalf("patch no longer applies: part %d of %s stands %d times in %s", i+1, m.name, n, p.path)
		}
		changed[src] = strings.Replace(text, p.old, p.new, 1)
		replace[src] = filepath.Join(dir, fmt.Sprintf("%s-%d.go", m.name, i))
	}
	for src, text := range changed {
		if err := os.WriteFile(replace[src], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, m.name+".json")
	if err := os.WriteFile(list, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return list
}

// wantMutants is how many there have to be.
const wantMutants = 28

// mutantRuns bounds the search: a mutant that so many histories don't find
// means that the simulation is too tame.
const mutantRuns = "400"

var found = regexp.MustCompile(`(?m)^\s+([a-z_]+): `)

// TestMutants checks that each patch still applies, and with CHECK_MUTANTS=1
// that the simulation finds each mutant.
func TestMutants(t *testing.T) {
	files, err := filepath.Glob("mutants/*.txt")
	if err != nil || len(files) < wantMutants {
		t.Fatalf("%d mutants instead of %d, %v", len(files), wantMutants, err)
	}
	for _, file := range files {
		m := readMutant(t, file)
		t.Run(m.name, func(t *testing.T) {
			dir := t.TempDir()
			list := m.overlay(t, dir)
			if os.Getenv("CHECK_MUTANTS") == "" {
				t.Skip("the patch applies; whether it is found is played with CHECK_MUTANTS=1, as deploy/check.sh does")
			}
			t.Parallel() // linking uses one core
			m.hunt(t, dir, list)
		})
	}
}

func (m mutant) hunt(t *testing.T, dir, overlay string) {
	bin := filepath.Join(dir, "sim.test")
	build := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", bin, "./server/internal/sim")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("does not compile: %v\n%s", err, out)
	}
	play := func(how ...string) ([]byte, error) {
		run := exec.Command(bin, "-test.run", "^TestSim$")
		run.Env = append(append(os.Environ(), "SIM_SEED=", "SIM_STATE=", "CHECK=ci"), how...)
		return run.CombinedOutput()
	}
	out, err := play("SIM_SEED=" + m.seed)
	if err == nil {
		t.Logf("seed %s does not find it any more: note a new one", m.seed)
		out, err = play("SIM_RUNS=" + mutantRuns)
	}
	if err == nil {
		t.Fatalf("%s: %s histories did not find it", m.what, mutantRuns)
	}
	_, text, ok := strings.Cut(string(out), "breaks an invariant")
	if !ok {
		t.Fatalf("%s: it failed without naming an invariant: %v\n%.2000s", m.what, err, out)
	}
	by := found.FindStringSubmatch(text)
	if by == nil {
		t.Fatalf("no invariant in: %.1000s", text)
	}
	for _, want := range m.by {
		if by[1] == want {
			t.Logf("found by %s%.200s", by[1], text)
			return
		}
	}
	t.Errorf("found by %s, not by %s: %.600s", by[1], strings.Join(m.by, " or "), text)
}
