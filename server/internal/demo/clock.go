package demo

import (
	"sync"
	"time"
)

// Clock is a clock that runs like the wall's and can be moved forward. It is
// safe for concurrent use.
type Clock struct {
	wall func() time.Time

	mu    sync.Mutex
	shift time.Duration
}

// NewClock starts a clock at a moment.
func NewClock(wall func() time.Time, start time.Time) *Clock {
	return &Clock{wall: wall, shift: start.Sub(wall())}
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall().Add(c.shift)
}

// posting is a clock that lets pushes leave before it jumps, as they would have
// in the days that it leaves out.
type posting struct {
	*Clock
	post func()
}

// Jump sends what is due, then jumps.
func (p posting) Jump(to time.Time) {
	p.post()
	p.Clock.Jump(to)
}

// Jump moves the clock forward to a moment; it never goes back.
func (c *Clock) Jump(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ahead := to.Sub(c.wall().Add(c.shift)); ahead > 0 {
		c.shift += ahead
	}
}
