package handbook

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestSecurity_RowsNameTests: each test that SECURITY.md and CAPACITY.md name is
// one of this repository.
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
	}
}

// TestSecurity_EveryRequirement: each number of ASVS 5.0, levels 1 and 2
// (testdata/asvs.txt, by section), has one row of three cells that says something.
func TestSecurity_EveryRequirement(t *testing.T) {
	list, err := os.ReadFile("testdata/asvs.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for line := range strings.Lines(string(list)) {
		section, numbers, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for n := range strings.FieldsSeq(numbers) {
			rows[section+"."+n] = 0
		}
	}
	if len(rows) != 253 {
		t.Fatalf("%d requirements", len(rows))
	}
	page, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 2 || !regexp.MustCompile(`^ \d+\.\d+\.\d+`).MatchString(cells[1]) {
			continue
		}
		if len(cells) != 5 || strings.TrimSpace(cells[2]) == "" || strings.TrimSpace(cells[3]) == "" {
			t.Errorf("neither test nor reason: %s", line)
		}
		for part := range strings.SplitSeq(cells[1], ",") {
			for _, no := range numbersOf(t, strings.TrimSpace(part)) {
				if _, ok := rows[no]; !ok {
					t.Errorf("%s is none of levels 1 and 2: %s", no, line)
				}
				rows[no]++
			}
		}
	}
	for no, n := range rows {
		if n != 1 {
			t.Errorf("%s has %d rows", no, n)
		}
	}
}

// numbersOf reads "1.2.6" or "1.2.6–1.2.8".
func numbersOf(t *testing.T, part string) (all []string) {
	t.Helper()
	first, last, many := strings.Cut(part, "–")
	if !many {
		return []string{first}
	}
	dot := strings.LastIndex(first, ".")
	from, err := strconv.Atoi(first[dot+1:])
	to, err2 := strconv.Atoi(strings.TrimPrefix(last, first[:dot+1]))
	if err != nil || err2 != nil || to <= from {
		t.Fatalf("%q is no range", part)
	}
	for n := from; n <= to; n++ {
		all = append(all, first[:dot+1]+strconv.Itoa(n))
	}
	return all
}
