package data_test

import (
	"io/fs"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/deploy/data"
)

func TestUnits_PublishedCounts(t *testing.T) {
	for _, c := range []struct {
		list                string
		districts, communes int
	}{
		{"yenbai_2023", 9, 173}, {"yenbai_2025-03-01", 9, 168}, {"laocai_2023", 9, 152},
		{"bacgiang_2023", 10, 209}, {"dongnai_2023", 11, 170},
		{"laocai_2025", 0, 99}, {"bacninh_2025", 0, 99}, {"dongnai_2025", 0, 95},
	} {
		us, err := data.Units(c.list)
		if err != nil {
			t.Fatal(err)
		}
		n, codes := map[string]int{}, map[string]string{"": "country"}
		for _, u := range us {
			n[u.Level]++
			codes[u.Code] = u.Level
		}
		for _, u := range us {
			if codes[u.Parent] == "" {
				t.Errorf("%s: %s has parent %q, which is not in the list", c.list, u.Code, u.Parent)
			}
		}
		if n["province"] != 1 || n["district"] != c.districts || n["commune"] != c.communes {
			t.Errorf("%s: %v, want %d districts and %d communes", c.list, n, c.districts, c.communes)
		}
	}
}

func TestMerges_EveryNewCommuneIsListed(t *testing.T) {
	for _, p := range []string{"laocai", "bacninh", "dongnai"} {
		us, err := data.Units(p + "_2025")
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		for _, u := range us {
			names[u.Code] = u.Name
		}
		ms, err := data.Merges(p + "_2025_merges")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			if names[m.New] != m.NewName {
				t.Errorf("%s: %s is %q in the merges and %q in the list", p, m.New, m.NewName, names[m.New])
			}
		}
	}
}

func TestTiles_OneSquareEach(t *testing.T) {
	ts, err := data.Tiles()
	if err != nil {
		t.Fatal(err)
	}
	taken := map[[2]int]string{}
	for _, x := range ts {
		at := [2]int{x.Col, x.Row}
		if o := taken[at]; o != "" || x.Col < 0 || x.Col > 18 || x.Row < 0 || x.Row > 16 {
			t.Errorf("%s at %v: taken by %q or off the grid", x.Code, at, o)
		}
		taken[at] = x.Code
	}
	if len(ts) != 173 {
		t.Errorf("%d tiles, want 173", len(ts))
	}
}

func TestCatalogue_CodesAreDistinct(t *testing.T) {
	cs, err := data.Categories()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cs {
		if seen[c.Code] || c.Code == "" || c.Name == "" || c.Measures == "" {
			t.Errorf("category %+v is doubled or incomplete", c)
		}
		seen[c.Code] = true
	}
	if len(cs) < 20 {
		t.Errorf("%d categories", len(cs))
	}
	if ts, err := data.Glossary(); err != nil || len(ts) < 100 {
		t.Errorf("glossary: %d terms, %v", len(ts), err)
	}
}

func TestFiles_TextIsNFC(t *testing.T) {
	err := fs.WalkDir(data.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".csv") && !strings.HasSuffix(path, ".json") {
			return err
		}
		b, err := data.Files.ReadFile(path)
		if !norm.NFC.IsNormal(b) {
			t.Errorf("%s is not in Unicode form NFC", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
