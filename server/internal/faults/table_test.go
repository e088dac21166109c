package faults

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTable: every test that deploy/FAULTS.md names exists, and every test of
// this room is in it.
func TestTable(t *testing.T) {
	b, err := os.ReadFile("../../../deploy/FAULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	there, own := map[string]bool{}, map[string]bool{}
	decl := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	err = filepath.WalkDir("../../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range decl.FindAllStringSubmatch(string(text), -1) {
			there[m[1]] = true
			if strings.Contains(filepath.ToSlash(path), "internal/faults/") && m[1] != "TestTable" {
				own[m[1]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(b), -1)
	if len(named) < 30 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, m := range named {
		if !there[m[1]] {
			t.Errorf("%s does not exist", m[1])
		}
		delete(own, m[1])
	}
	for name := range own {
		t.Errorf("%s is not in the table", name)
	}
}
