package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/syncproto"
)

// pull measures pages of 500 from cursor 0, alone and while pushes saturate
// the writer, and the first sync of a phone that joins a team of 80 records.
func (b *bench) pull(ctx context.Context) ([]row, error) {
	s, phones, err := b.serve(ctx, "pull", pushPhones)
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	big, small := phones[0], phones[1]
	for range 50 { // 500 records in one month
		big.Prepare(perPush, today)
		if err := pushOnce(big); err != nil {
			return nil, err
		}
	}
	for range 8 {
		small.Prepare(perPush, today)
		if err := pushOnce(small); err != nil {
			return nil, err
		}
	}
	scope := syncproto.TeamMonthScope(big.Team, today[:7])
	saved := big.Cursors()
	atZero := big.Cursors()
	atZero[scope] = 0
	page := func() (time.Duration, error) {
		big.Rewind(atZero)
		start := time.Now()
		_, _, err := big.Sync(false)
		return time.Since(start), err
	}
	var alone []time.Duration
	cpu, err := cpuOf(s, 100, func() error { d, err := page(); alone = append(alone, d); return err })
	if err != nil {
		return nil, err
	}
	under, err := b.pullUnderPush(ctx, s, phones[2:], page)
	if err != nil {
		return nil, err
	}
	big.Rewind(saved)
	small.Rewind(map[syncproto.Scope]int64{})
	sent, received, trips := small.Conn.Sent, small.Conn.Received, 0
	for more := true; more; trips++ {
		_, r, err := small.Sync(true)
		if err != nil {
			return nil, err
		}
		more = false
		for _, sc := range r.Scopes {
			more = more || sc.More
		}
	}
	return []row{
		told("page of 500 records from cursor 0", fmt.Sprintf("median %v, %v of CPU", median(alone).Round(10*time.Microsecond), cpu)),
		judged(fmt.Sprintf("the same, p99, while %d clients push as fast as they can", pullClients), fmt.Sprint(percentile(under, 99).Round(100*time.Microsecond)), "<= 30 ms", percentile(under, 99) <= 30*time.Millisecond),
		told("first sync of a phone, team of 80 records, gzip", fmt.Sprintf("%d round trips, %d B up, %d B down", trips, small.Conn.Sent-sent, small.Conn.Received-received)),
	}, nil
}

// pullClients push while a page is read.
const pullClients = 62

func (b *bench) pullUnderPush(ctx context.Context, s *load.Server, phones []*load.Phone, page func() (time.Duration, error)) (took []time.Duration, err error) {
	if err := reconnect(s, phones); err != nil {
		return nil, err
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	for i := range pullClients {
		wg.Go(func() {
			for k := i; !stop.Load() && ctx.Err() == nil; k += pullClients {
				p := phones[k%len(phones)]
				p.Prepare(perPush, today)
				if pushOnce(p) != nil {
					return
				}
			}
		})
	}
	defer wg.Wait()
	defer stop.Store(true)
	for range 200 {
		d, err := page()
		if err != nil {
			return nil, err
		}
		took = append(took, d)
	}
	return took, nil
}
