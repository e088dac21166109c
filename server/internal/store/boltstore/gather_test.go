package boltstore

import (
	"testing"
	"testing/synctest"
	"time"
)

// A group waits for as many as came together lately, while they keep coming.
func TestGather_Companions(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		name  string
		want  int             // came together lately
		took  time.Duration   // the commit before
		come  []time.Duration // after the first
		jobs  int
		waits time.Duration
		next  int // wanted by the next group
	}{
		{"alone", 1, 8 * ms, []time.Duration{ms}, 1, 0, 1},
		{"all come", 4, 8 * ms, []time.Duration{ms, 2 * ms, 3 * ms, 4 * ms}, 4, 3 * ms, 4},
		{"nobody comes", 4, 8 * ms, nil, 1, 2 * ms, 3},
		{"one is late", 4, 8 * ms, []time.Duration{ms, 4 * ms}, 2, 3 * ms, 3},
		{"a quick disk", 4, ms, []time.Duration{ms}, 1, ms / 2, 3},
		{"more come at once", 2, 8 * ms, []time.Duration{0, 0, 0}, 4, 0, 4},
		{"they keep coming", 100, 6 * ms, every(ms, 50), 13, 12 * ms, 87},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &group{s: &Store{queue: make(chan *job, 100)}, want: c.want, took: c.took}
				start := time.Now()
				for _, at := range c.come {
					if at == 0 {
						g.s.queue <- &job{}
						continue
					}
					time.AfterFunc(at, func() { g.s.queue <- &job{} })
				}
				g.take(&job{})
				g.gather()
				if len(g.jobs) != c.jobs || time.Since(start) != c.waits || g.want != c.next {
					t.Errorf("%d jobs after %v, next %d; expected %d after %v, next %d", len(g.jobs), time.Since(start), g.want, c.jobs, c.waits, c.next)
				}
			})
		})
	}
}

// every is n moments, d apart; half a moment late, so that no two timers of a
// case end together.
func every(d time.Duration, n int) (out []time.Duration) {
	for i := range n {
		out = append(out, time.Duration(i+1)*d-d/2)
	}
	return out
}
