package domain

// Calendar says which days are working days: Monday to Friday, but for public
// holidays and for days that are moved. The zero Calendar knows weekends only.
type Calendar struct {
	off map[Date]bool // weekdays without work
	on  map[Date]bool // days of a weekend with work
}

// Except adds a day that is not what its weekday says.
func (c *Calendar) Except(d Date, working bool) {
	if c.off == nil {
		c.off, c.on = map[Date]bool{}, map[Date]bool{}
	}
	delete(c.off, d)
	delete(c.on, d)
	if working {
		c.on[d] = true
	} else {
		c.off[d] = true
	}
}

// Working reports whether a day is a working day.
func (c *Calendar) Working(d Date) bool {
	if c.on[d] || c.off[d] {
		return c.on[d]
	}
	wd := d.Start().Weekday()
	return wd != 0 && wd != 6
}

// After is the n-th working day after a day; the day itself does not count.
func (c *Calendar) After(d Date, n int) Date {
	for n > 0 {
		if d = d.Add(1); c.Working(d) {
			n--
		}
	}
	return d
}
