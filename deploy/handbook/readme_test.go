package handbook

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link     = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	runsTest = regexp.MustCompile("go test (\\S+)[^`\\n]* -run (Test\\w+)")
	allSteps = regexp.MustCompile(`(?m)^all="([a-z ]+)"$`)
)

// TestDocuments_Links: what a page of the project points to is there.
func TestDocuments_Links(t *testing.T) {
	pages := []string{"../../README.md", "../../server/ARCHITECTURE.md", "../../syncproto/SPEC.md", "../../syncproto/testdata/vectors/README.md"}
	for _, more := range []string{"../*.md", "../*/*.md", "../../server/adr/*.md", "../../server/internal/*/*.md"} {
		found, err := filepath.Glob(more)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d pages, %v", more, len(found), err)
		}
		pages = append(pages, found...)
	}
	for _, page := range pages {
		for _, to := range link.FindAllStringSubmatch(read(t, page), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), to[1])); err != nil && !strings.Contains(to[1], ":") {
				t.Errorf("%s points to %s, which is not there", page, to[1])
			}
		}
	}
}

// TestREADME_Commands: the tests that README.md names are there, and so are
// the steps of check.sh, all of them.
func TestREADME_Commands(t *testing.T) {
	text := read(t, "../../README.md")
	named := runsTest.FindAllStringSubmatch(text, -1)
	if len(named) < 5 {
		t.Errorf("README.md names only %d tests", len(named))
	}
	for _, n := range named {
		files, err := filepath.Glob(filepath.Join("../..", n[1], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range files {
			found = found || strings.Contains(read(t, f), "\nfunc "+n[2]+"(")
		}
		if !found {
			t.Errorf("README.md: there is no %s in %s", n[2], n[1])
		}
	}
	steps := allSteps.FindStringSubmatch(read(t, "../check.sh"))
	if steps == nil || !strings.Contains(text, "(steps can be named: `"+steps[1]+"`)") {
		t.Errorf("README.md does not name these steps alone: %q", steps)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
