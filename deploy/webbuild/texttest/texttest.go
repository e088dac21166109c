// Package texttest holds the texts of the project's front ends to one form: the
// same names in both languages, none unused, and no words in the code. An app, and
// what the apps share, calls it in a test of its own.
package texttest

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// Texts reads one language of a folder of strings.
func Texts(t testing.TB, dir, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Sources are the texts of TypeScript files below folders, by path.
func Sources(t testing.TB, dirs ...string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".ts") && !strings.HasSuffix(path, ".tsx") {
				return err
			}
			b, err := os.ReadFile(path)
			m[filepath.ToSlash(path)] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

var hole = regexp.MustCompile(`\{\w+\}`)

// Languages: the same names, none empty, the same holes, NFC.
func Languages(t testing.TB, dir string) {
	t.Helper()
	vi, en := Texts(t, dir, "vi"), Texts(t, dir, "en")
	for k, v := range vi {
		e, ok := en[k]
		switch {
		case !ok:
			t.Errorf("%s: not in English", k)
		case strings.TrimSpace(v) == "" || strings.TrimSpace(e) == "":
			t.Errorf("%s: empty", k)
		case !norm.NFC.IsNormalString(v) || !norm.NFC.IsNormalString(e):
			t.Errorf("%s: not NFC", k)
		case strings.Contains(v, "  ") || strings.Contains(e, "  ") || strings.TrimSpace(v) != v || strings.TrimSpace(e) != e:
			t.Errorf("%s: needless spaces", k)
		}
		holes := func(s string) []string { l := hole.FindAllString(s, -1); slices.Sort(l); return slices.Compact(l) }
		if !slices.Equal(holes(v), holes(e)) {
			t.Errorf("%s: %v in Vietnamese, %v in English", k, holes(v), holes(e))
		}
	}
	for k := range en {
		if _, ok := vi[k]; !ok {
			t.Errorf("%s: not in Vietnamese", k)
		}
	}
}

var (
	named     = regexp.MustCompile(`"([a-z0-9_]+(?:\.[A-Za-z0-9_]+)*)"`)
	templated = regexp.MustCompile("[`\"]([a-z_]+\\.(?:[a-z_]+\\.)?)(?:\\$\\{|\" \\+)")
)

// Used: no text of a folder that no screen below the other folders can show.
func Used(t testing.TB, dir string, sources ...string) {
	t.Helper()
	used, families := map[string]bool{}, map[string]bool{}
	for _, src := range Sources(t, sources...) {
		for _, m := range named.FindAllStringSubmatch(src, -1) {
			used[m[1]] = true
		}
		for _, m := range templated.FindAllStringSubmatch(src, -1) {
			families[m[1]] = true
		}
	}
	for k := range Texts(t, dir, "vi") {
		if used[k] {
			continue
		}
		ok := false
		for f := range families {
			ok = ok || strings.HasPrefix(k, f)
		}
		if !ok {
			t.Errorf("%s: nothing uses it", k)
		}
	}
}

var (
	comment    = regexp.MustCompile(`(?s)/\*.*?\*/|(?m)(?:^|\s)//.*$`)
	vietnamese = regexp.MustCompile(`[ăâđêôơưĂÂĐÊÔƠƯàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]`)
	inMarkup   = regexp.MustCompile(`>\s*([A-Za-zÀ-ỹ][A-Za-zÀ-ỹ]+[^<>{}=;()]*)</`)
)

// OnlyInStrings: no words that people read stand in the code below the folders.
func OnlyInStrings(t testing.TB, dirs ...string) {
	t.Helper()
	for path, src := range Sources(t, dirs...) {
		bare := comment.ReplaceAllString(src, "")
		for _, line := range strings.Split(bare, "\n") {
			if vietnamese.MatchString(line) && !strings.Contains(line, `vi: "Tiếng Việt"`) && !strings.Contains(line, "replace(/đ/g") {
				t.Errorf("%s: Vietnamese in the code: %s", path, strings.TrimSpace(line))
			}
		}
		if strings.HasSuffix(path, ".tsx") {
			for _, m := range inMarkup.FindAllStringSubmatch(bare, -1) {
				t.Errorf("%s: words in the markup: %q", path, m[1])
			}
		}
	}
}
