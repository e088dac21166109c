package phone_test

import (
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/deploy/data"
)

func texts(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("src/strings/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// sources are the texts of the app's own files, by path.
func sources(t *testing.T) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := filepath.WalkDir("src", func(path string, d fs.DirEntry, err error) error {
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
	return m
}

var hole = regexp.MustCompile(`\{\w+\}`)

// TestTexts_BothLanguages: the same names, none empty, the same holes, NFC.
func TestTexts_BothLanguages(t *testing.T) {
	vi, en := texts(t, "vi"), texts(t, "en")
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

// TestTexts_Used: no text that no screen can show.
func TestTexts_Used(t *testing.T) {
	used, families := map[string]bool{}, map[string]bool{}
	for _, src := range sources(t) {
		for _, m := range named.FindAllStringSubmatch(src, -1) {
			used[m[1]] = true
		}
		for _, m := range templated.FindAllStringSubmatch(src, -1) {
			families[m[1]] = true
		}
	}
	for k := range texts(t, "vi") {
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

// TestTexts_OnlyInStrings: no words of the app stand in its code.
func TestTexts_OnlyInStrings(t *testing.T) {
	for path, src := range sources(t) {
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

var measured = regexp.MustCompile(`(\w+): [^\[;]+\[([^\]]+)\]`)

// plain is what plain in core/text.ts makes of a unit.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'y':
			return 'i'
		}
		return r
	}, norm.NFD.String(strings.ToLower(s)))
	return s
}

// TestTexts_Catalogue: every kind of activity has a short name and a picture of
// its own, and every group, measure and unit its words.
func TestTexts_Catalogue(t *testing.T) {
	f, err := data.Files.Open("catalogue.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	vi, pictures := texts(t, "vi"), sources(t)["src/ui/pictures.tsx"]
	drawn := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^  ([A-Z0-9_]+): "([^"]+)"`).FindAllStringSubmatch(pictures, -1) {
		if other := drawn[m[2]]; other != "" {
			t.Errorf("%s has the picture of %s", m[1], other)
		}
		drawn[m[2]] = m[1]
		if _, ok := vi["kind."+m[1]]; !ok {
			t.Errorf("a picture of no kind: %s", m[1])
		}
	}
	for _, row := range rows[1:] {
		code := row[col["code"]]
		keys := []string{"kind." + code, "group." + row[col["nhom"]]}
		for _, m := range measured.FindAllStringSubmatch(row[col["so_lieu_ghi_nhan"]], -1) {
			keys = append(keys, "measure."+m[1], "unit."+strings.ReplaceAll(plain(m[2]), " ", "_"))
		}
		for _, k := range keys {
			if vi[k] == "" {
				t.Errorf("no text %s", k)
			}
		}
		if !strings.Contains(pictures, "\n  "+code+": ") {
			t.Errorf("%s has no picture", code)
		}
	}
}
