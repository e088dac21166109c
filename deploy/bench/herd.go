package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/banso/banso/deploy/load"
)

// herd lets thousands of phones come back in the same minute, each with two
// pushes of 20 records: each is served, or told when to come again.
func (b *bench) herd(ctx context.Context) ([]row, error) {
	s, phones, err := b.serve(ctx, "herd", b.phones)
	if err != nil {
		return nil, err
	}
	defer func() { s.Kill() }()
	for _, p := range phones {
		p.Conn.Close()
	}
	if err := s.Stop(); err != nil { // setting up is not the herd's cost
		return nil, err
	}
	if s, err = load.Serve(b.bin, s.Args[len(s.Args)-1]); err != nil {
		return nil, err
	}
	quiet, err := load.Use(s.Pid)
	if err != nil {
		return nil, err
	}
	const window, pushes, size = 20 * time.Second, 2, 20
	var wg sync.WaitGroup
	var told503, failed atomic.Int64
	var firstErr atomic.Value
	anon := watchAnon(s.Pid)
	start := time.Now()
	for i, p := range phones {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * window / time.Duration(len(phones)))
			if err := p.Reconnect(s.Addr, i); err != nil {
				failed.Add(1)
				firstErr.Store(err)
				return
			}
			defer p.Conn.Close()
			for range pushes {
				p.Prepare(size, today)
				n, err := herdPush(p)
				told503.Add(n)
				if err != nil {
					failed.Add(1)
					firstErr.Store(err)
					return
				}
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	after, err := load.Use(s.Pid)
	if err != nil {
		return nil, err
	}
	if e, ok := firstErr.Load().(error); ok {
		fmt.Fprintln(b.log, "herd: first error:", e)
	}
	own := anon() >> 20
	return []row{
		judged(fmt.Sprintf("%d phones within %v, %d pushes of %d each: errors", len(phones), window, pushes, size),
			fmt.Sprintf("%d (told to come again %d times, all served after %v)", failed.Load(), told503.Load(), elapsed.Round(time.Second)), "0", failed.Load() == 0),
		judged("peak memory of the server's own", fmt.Sprintf("%d MiB (%d before)", own, quiet.Anon>>20), "<= 256 MiB", own <= 256),
		told("the same with the mapped pages of the data file, which the kernel may take back", fmt.Sprintf("%d MiB", after.Peak>>20)),
	}, nil
}

// herdPush is one push with as many tries as the server asks for.
func herdPush(p *load.Phone) (told int64, err error) {
	for {
		a, _, err := p.Sync(true)
		if err != nil {
			return told, err
		}
		switch a.Status {
		case 200:
			return told, nil
		case 429, 503:
			if a.RetryAfter < 1 {
				return told, fmt.Errorf("status %d without Retry-After", a.Status)
			}
			told++
			time.Sleep(time.Duration(a.RetryAfter) * time.Second)
		default:
			return told, fmt.Errorf("status %d: %.200s", a.Status, a.Body)
		}
	}
}

// watchAnon samples a process's own memory until the function that it returns
// is called, which tells the most that was seen, in bytes.
func watchAnon(pid int) (stop func() int64) {
	quit, most := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		for {
			if u, err := load.Use(pid); err == nil {
				peak = max(peak, u.Anon)
			}
			select {
			case <-quit:
				most <- peak
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(quit); return <-most }
}
