package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/banso/banso/deploy/load"
)

// Shape of the load: so many records a push, and so many phones, each of a
// team of its own, that take turns on the clients. One phone a client would
// log more in a round than a team does in years.
const (
	perPush    = 10
	pushPhones = 2048
)

// pushed is what one side of a round came to.
type pushed struct {
	perSecond float64
	cpu       time.Duration // of the server, per record
	written   int64         // bytes handed to the disk, per record
	p50, p99  time.Duration // of a push
}

// push compares pushes of 10 records from closed-loop clients with raw bbolt
// that writes the same bytes in the same run.
func (b *bench) push(ctx context.Context, clients int) ([]row, error) {
	s, phones, err := b.serve(ctx, "push", pushPhones)
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	if _, err := b.pushRound(ctx, s, phones, clients, b.round/2); err != nil { // warm up
		return nil, err
	}
	var rate, cpu, rawRate, banso []float64
	var written []int64
	var p50, p99 []time.Duration
	var used []time.Duration
	for range b.rounds {
		r, err := raw(b.dir, clients, perPush, load.RecordBytes, b.round)
		if err != nil {
			return nil, err
		}
		p, err := b.pushRound(ctx, s, phones, clients, b.round)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(b.log, "%d clients: raw %.0f/s %v/rec, banso %.0f/s %v/rec %d B/rec\n", clients, r.perSecond, r.cpu, p.perSecond, p.cpu, p.written)
		rate = append(rate, p.perSecond/r.perSecond)
		cpu = append(cpu, float64(p.cpu)/float64(r.cpu))
		rawRate, banso = append(rawRate, r.perSecond), append(banso, p.perSecond)
		written, used = append(written, p.written), append(used, p.cpu)
		p50, p99 = append(p50, p.p50), append(p99, p.p99)
	}
	w := median(written)
	return []row{
		judged(fmt.Sprintf("durable records/s, %d clients, 10 a push, against raw bbolt", clients),
			fmt.Sprintf("%.0f %% (%.0f/s against %.0f/s)", 100*median(rate), median(banso), median(rawRate)), ">= 25 %", median(rate) >= 0.25),
		judged("CPU of the server per record against raw bbolt's",
			fmt.Sprintf("%.1fx (%v)", median(cpu), median(used)), "<= 4x", median(cpu) <= 4),
		judged("bytes written per record", fmt.Sprint(w), "<= 4096", w <= 4096 || clients != 64),
		told("a push, median and p99", fmt.Sprintf("%v, %v", median(p50).Round(100*time.Microsecond), median(p99).Round(100*time.Microsecond))),
	}, nil
}

// pushRound lets clients push as fast as they are answered, each for its share
// of the phones in turn. Making mutations costs the generator a little of the
// cores that it shares with the server.
func (b *bench) pushRound(ctx context.Context, s *load.Server, phones []*load.Phone, clients int, d time.Duration) (p pushed, err error) {
	if err := reconnect(s, phones); err != nil {
		return p, err
	}
	before, err := load.Use(s.Pid)
	if err != nil {
		return p, err
	}
	var wg sync.WaitGroup
	var records atomic.Int64
	var failed atomic.Value
	took := make([][]time.Duration, clients)
	start := time.Now()
	for i := range clients {
		wg.Go(func() {
			for k := i; ctx.Err() == nil && time.Since(start) < d; k += clients {
				ph := phones[k%len(phones)]
				ph.Prepare(perPush, today)
				sent := time.Now()
				if err := pushOnce(ph); err != nil {
					failed.Store(err)
					return
				}
				took[i] = append(took[i], time.Since(sent))
				records.Add(perPush)
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	if err, ok := failed.Load().(error); ok {
		return p, err
	}
	after, err := load.Use(s.Pid)
	if err != nil {
		return p, err
	}
	var all []time.Duration
	for _, t := range took {
		all = append(all, t...)
	}
	n := records.Load()
	if n == 0 {
		return p, fmt.Errorf("nothing was pushed in %v", d)
	}
	return pushed{
		perSecond: float64(n) / elapsed.Seconds(),
		cpu:       (after.CPU - before.CPU) / time.Duration(n),
		written:   (after.Written - before.Written) / n,
		p50:       percentile(all, 50), p99: percentile(all, 99),
	}, nil
}

// pushOnce pushes what is prepared until the server takes it; when it is told
// to come again it waits as long as it was told.
func pushOnce(ph *load.Phone) error {
	for {
		a, _, err := ph.Sync(false)
		if err != nil {
			return err
		}
		switch a.Status {
		case 200:
			return nil
		case 429, 503:
			time.Sleep(time.Duration(max(a.RetryAfter, 1)) * time.Second)
		default:
			return fmt.Errorf("status %d: %.300s", a.Status, a.Body)
		}
	}
}
