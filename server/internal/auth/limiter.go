package auth

import (
	"sync"
	"time"
)

// Limiter slows guessing down. Take spends one try of a key and returns 0, or
// how long to wait; Give returns a try that turned out to be honest. Nothing
// is ever locked for good: waiting always helps.
type Limiter interface {
	Take(key string) (wait time.Duration)
	Give(key string)
}

// Buckets is a Limiter: each key may spend Burst tries at once and gets one
// back each Every. At most maxKeys keys are remembered; full ones are
// forgotten first.
type Buckets struct {
	every time.Duration
	burst int
	now   func() time.Time

	mu sync.Mutex
	at map[string]time.Time // when the key's bucket is full again
}

const maxKeys = 1 << 16

// NewBuckets makes a limiter that reads the time from now.
func NewBuckets(burst int, every time.Duration, now func() time.Time) *Buckets {
	return &Buckets{every: every, burst: burst, now: now, at: map[string]time.Time{}}
}

// Take implements Limiter.
func (b *Buckets) Take(key string) time.Duration {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.at[key]
	if full.Before(now) {
		full = now
	}
	if wait := full.Add(b.every).Sub(now) - time.Duration(b.burst)*b.every; wait > 0 {
		return wait
	}
	if len(b.at) >= maxKeys {
		b.forget(now)
	}
	b.at[key] = full.Add(b.every)
	return 0
}

// Give implements Limiter.
func (b *Buckets) Give(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if full, ok := b.at[key]; ok {
		b.at[key] = full.Add(-b.every)
	}
}

// forget drops keys whose bucket is full, and if none is, any half: somebody
// is flooding, and memory matters more than their count.
func (b *Buckets) forget(now time.Time) {
	for k, full := range b.at {
		if !full.After(now) {
			delete(b.at, k)
		}
	}
	for k := range b.at {
		if len(b.at) < maxKeys/2 {
			break
		}
		delete(b.at, k)
	}
}
