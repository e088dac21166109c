package phone_test

import (
	"encoding/csv"
	"maps"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/deploy/webbuild/texttest"
)

// kit is what the phone shares with the console.
const kit = "../../../deploy/webbuild/kit"

func TestTexts(t *testing.T) {
	texttest.Languages(t, "src/strings")
	texttest.Used(t, "src/strings", "src")
	texttest.OnlyInStrings(t, "src")
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
	vi, pictures := texttest.Texts(t, "src/strings", "vi"), texttest.Sources(t, "src")["src/ui/pictures.tsx"]
	maps.Copy(vi, texttest.Texts(t, kit+"/strings", "vi"))
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
