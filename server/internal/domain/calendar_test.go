package domain

import "testing"

func TestCalendar_After(t *testing.T) {
	var c Calendar
	for _, d := range []Date{"2025-01-27", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-05-01", "2025-05-02"} {
		c.Except(d, false)
	}
	c.Except("2025-04-26", true) // a Saturday that is worked
	for _, tt := range []struct {
		from, want Date
		n          int
	}{
		{"2025-03-03", "2025-03-05", 2}, // Monday: Wednesday
		{"2025-03-07", "2025-03-11", 2}, // Friday: Tuesday
		{"2025-03-08", "2025-03-11", 2}, // Saturday too
		{"2025-01-24", "2025-02-04", 2}, // over Tết
		{"2025-04-24", "2025-04-26", 2}, // Friday and the Saturday that is worked
		{"2025-04-30", "2025-05-06", 2}, // two days off and a weekend
		{"2025-03-03", "2025-03-03", 0},
	} {
		if got := c.After(tt.from, tt.n); got != tt.want {
			t.Errorf("%d working days after %s: %s, want %s", tt.n, tt.from, got, tt.want)
		}
	}
	c.Except("2025-05-02", true)
	if !c.Working("2025-05-02") || c.Working("2025-05-01") || (&Calendar{}).Working("2025-04-26") {
		t.Error("an exception that is taken back, or the zero calendar, is wrong")
	}
}
