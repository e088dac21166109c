package oracle

import "time"

func addDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

func monthOf(day string) string {
	if len(day) < 7 {
		return ""
	}
	return day[:7]
}
