package handbook

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurity_RowsNameTests: each test that SECURITY.md and CAPACITY.md name is
// one of this repository, and each row has one or a reason.
func TestSecurity_RowsNameTests(t *testing.T) {
	there := map[string]bool{}
	decl := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
				return filepath.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		b, err := os.ReadFile(path)
		for _, m := range decl.FindAllSubmatch(b, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`")
	for _, page := range []string{"../SECURITY.md", "../CAPACITY.md"} {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		all := named.FindAllSubmatch(b, -1)
		if len(all) == 0 {
			t.Errorf("%s names no test", page)
		}
		for _, m := range all {
			if !there[string(m[1])] {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
		for line := range strings.Lines(string(b)) {
			cells := strings.Split(strings.TrimSpace(line), "|")
			if strings.HasPrefix(line, "| V") && (len(cells) != 5 || strings.TrimSpace(cells[3]) == "") {
				t.Errorf("%s: neither test nor reason: %s", page, line)
			}
		}
	}
}
