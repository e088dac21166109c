package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
)

// TestCalendar_Shipped: every day of the shipped list says something that its
// weekday does not, and the province's own file has the last word.
func TestCalendar_Shipped(t *testing.T) {
	days, err := data.Holidays()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range days {
		day, err := domain.ParseDate(d.Day)
		if err != nil {
			t.Fatal(err)
		}
		wd := day.Start().Weekday()
		if weekend := wd == time.Saturday || wd == time.Sunday; weekend != d.Working || d.Name == "" || d.English == "" || d.Origin != "S" && d.Origin != "A" {
			t.Errorf("%+v on a %s", d, wd)
		}
	}
	dir := t.TempDir()
	own := filepath.Join(dir, holidaysName)
	if err := os.WriteFile(own, []byte("# ngày của tỉnh\nday,kind\n2026-11-24,off\n2026-02-16,work\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := calendar(dir)
	if err != nil {
		t.Fatal(err)
	}
	// Friday the 13th: Monday the 16th is worked by the province's word, the rest of Tết is not.
	if got := c.After("2026-02-13", 2); got != "2026-02-23" {
		t.Errorf("two working days after 13 February 2026: %s", got)
	}
	if c.Working("2026-11-24") || !c.Working("2026-11-25") {
		t.Error("the province's day off is not in the calendar")
	}
	for _, bad := range []string{"2026-13-01,off\n", "2026-11-24\n", "2026-11-24,maybe\n"} {
		if err := os.WriteFile(own, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := calendar(dir); err == nil {
			t.Errorf("%q is taken for a calendar", bad)
		}
	}
}
