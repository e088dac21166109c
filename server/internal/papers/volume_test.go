package papers

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var lookAt = flag.String("look", "", "folder to write all samples to, to be looked at as pictures")

// TestVolume renders the papers of a commune with 40 teams and of a province
// with 173 communes and 1,356 teams, and bounds what they weigh.
func TestVolume(t *testing.T) {
	all := volumes()
	if *lookAt != "" {
		maps.Copy(all, samples())
	}
	for name, doc := range all {
		for ext := range writers {
			out := render(t, ext, doc)
			if most := map[string]int{"pdf": 500 << 10, "xlsx": 150 << 10, "csv": 250 << 10}[ext]; len(out) > most {
				t.Errorf("%s.%s has %d bytes, at most %d are expected", name, ext, len(out), most)
			}
			if *lookAt == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(*lookAt, name+"."+ext), out, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, most := range map[string]int{"payment_40": 5, "eligibility_40": 6, "summary_40": 4, "province_173": 9, "province_12": 18} {
		if n := len(textPDF(t, render(t, "pdf", all[name]))); n > most {
			t.Errorf("%s takes %d pages, %d before", name, n, most)
		}
	}
}

// TestPages: whatever the number of teams, each row stands once, rows stay
// within the margins and the signatures stand with at least one row.
func TestPages(t *testing.T) {
	for teams := 1; teams <= 30; teams++ {
		p := samplePayment(teams)
		if teams%3 == 0 {
			p.Rows[teams/2].Note = strings.Repeat("Ghi chú rất dài cần nhiều dòng. ", teams)
		}
		pages := textPDF(t, render(t, "pdf", p))
		next := 1
		for i, pg := range pages {
			rows := 0
			for _, d := range pg {
				// Row numbers stand in the first column, below the head.
				if d.x < 39 && d.y > marginTop+5 && d.text == fmt.Sprint(next) {
					next, rows = next+1, rows+1
				}
				if d.y > 210-9 {
					t.Fatalf("%d teams: page %d goes over its end with %q", teams, i+1, d.text)
				}
				if d.y > 210-marginBottom && !strings.Contains(d.text, p.Head.Print) {
					t.Errorf("%d teams: page %d: %q stands in the margin", teams, i+1, d.text)
				}
			}
			if pg.has("Nơi nhận:") && rows == 0 {
				t.Errorf("%d teams: the signatures stand alone on page %d", teams, i+1)
			}
		}
		if next != teams+1 || !pages[len(pages)-1].has("Nơi nhận:") {
			t.Errorf("%d teams: %d rows on %d pages", teams, next-1, len(pages))
		}
	}
}

// TestPages_TallRow: a row higher than a page goes on over the next ones and
// loses nothing.
func TestPages_TallRow(t *testing.T) {
	p := samplePayment(2)
	p.Rows[0].Note = strings.Repeat("dòng ", 900) + "cuối"
	pages := textPDF(t, render(t, "pdf", p))
	words := 0
	for i, pg := range pages {
		for _, d := range pg {
			words += strings.Count(d.text, "dòng")
			if d.y > 210-9 {
				t.Fatalf("page %d goes over its end with %q", i+1, d.text)
			}
		}
	}
	if words != 900 || len(pages) < 4 {
		t.Errorf("%d of 900 words on %d pages", words, len(pages))
	}
}
