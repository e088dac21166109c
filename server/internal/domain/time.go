package domain

import (
	"fmt"
	"time"

	"github.com/banso/banso/syncproto"
)

// Zone is Vietnam's: UTC+7 without daylight saving.
var Zone = time.FixedZone("UTC+7", 7*3600)

// Month is a calendar month in UTC+7 as "yyyy-mm". Months compare as strings.
type Month string

// Date is a calendar day in UTC+7 as "yyyy-mm-dd". Dates compare as strings;
// the empty Date is open (no beginning, or no end).
type Date string

// MonthOf and DateOf are the month and the day in UTC+7 at a moment.
func MonthOf(t time.Time) Month { return Month(t.In(Zone).Format("2006-01")) }

// DateOf is the day in UTC+7 at a moment.
func DateOf(t time.Time) Date { return Date(t.In(Zone).Format(time.DateOnly)) }

// ParseMonth reads yyyy-mm.
func ParseMonth(s string) (Month, error) {
	if !syncproto.ValidMonth(s) {
		return "", fmt.Errorf("month %.10q is not yyyy-mm", s)
	}
	return Month(s), nil
}

// ParseDate reads yyyy-mm-dd.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 2000 || t.Year() > 2199 {
		return "", fmt.Errorf("date %.12q is not yyyy-mm-dd", s)
	}
	return Date(s), nil
}

// Start is the first moment of the month.
func (m Month) Start() time.Time {
	t, _ := time.ParseInLocation("2006-01", string(m), Zone)
	return t
}

// Add moves by n months.
func (m Month) Add(n int) Month { return MonthOf(m.Start().AddDate(0, n, 0)) }

// MonthsBetween counts the months from the first to the last, both included.
func MonthsBetween(from, to Month) int64 {
	a, b := from.Start(), to.Start()
	return int64((b.Year()-a.Year())*12+int(b.Month())-int(a.Month())) + 1
}

// First and Last are the first and last day of the month.
func (m Month) First() Date { return Date(m + "-01") }

// Last is the last day of the month.
func (m Month) Last() Date { return DateOf(m.Add(1).Start().AddDate(0, 0, -1)) }

// Year is the four-digit year.
func (m Month) Year() int { return m.Start().Year() }

// Vi is the month as people read it: "tháng 6/2023".
func (m Month) Vi() string { return m.Start().Format("tháng 1/2006") }

// Day is the n-th day of the month (1 is the first); beyond its end it goes on
// into the next month.
func (m Month) Day(n int) Date { return DateOf(m.Start().AddDate(0, 0, n-1)) }

// Month is the month of a day.
func (d Date) Month() Month {
	if len(d) < 7 {
		return ""
	}
	return Month(d[:7])
}

// Start is the first moment of the day.
func (d Date) Start() time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, string(d), Zone)
	return t
}

// Add moves by n days.
func (d Date) Add(n int) Date { return DateOf(d.Start().AddDate(0, 0, n)) }

// Vi is the day as people read it: "12/10/2023".
func (d Date) Vi() string { return d.Start().Format("02/01/2006") }

// Interval is [From, To], both days included; an empty end is open.
type Interval struct {
	From Date `json:"from,omitzero"`
	To   Date `json:"to,omitzero"`
}

// Has reports whether a day lies in the interval.
func (i Interval) Has(d Date) bool { return (i.From == "" || i.From <= d) && (i.To == "" || d <= i.To) }

// Overlaps reports whether two intervals share a day.
func (i Interval) Overlaps(j Interval) bool {
	return (i.To == "" || j.From <= i.To) && (j.To == "" || i.From <= j.To)
}
