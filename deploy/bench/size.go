package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/banso/banso/deploy/load"
)

// Shape of the filled shard: so many teams, each with work in so many months,
// as a province has after some years.
const (
	sizeTeams  = 2000
	sizeMonths = 35
	// sizeTeamMonth is how much a team logs in a month at least.
	sizeTeamMonth = 4
)

// size fills one shard and compares it with an empty one in the same run:
// push rate, cost of a dashboard poll, file against JSON, start to ready.
func (b *bench) size(ctx context.Context) ([]row, error) {
	full, boss, phones, err := b.serveAs(ctx, "full", b.teams())
	if err != nil {
		return nil, err
	}
	defer func() { full.Kill() }()
	empty, chief, few, err := b.serveAs(ctx, "empty", b.teams())
	if err != nil {
		return nil, err
	}
	defer empty.Kill()
	sent, err := b.fillUp(ctx, phones, b.fill)
	if err != nil {
		return nil, err
	}
	data := full.Args[len(full.Args)-1]
	info, err := os.Stat(filepath.Join(data, "banso.db"))
	if err != nil {
		return nil, err
	}
	if err := full.Stop(); err != nil {
		return nil, err
	}
	if full, err = load.Serve(b.bin, data); err != nil {
		return nil, err
	}
	var rate, page, dash, board, idle []float64
	var sum, poll, smallSum, smallPoll []time.Duration
	for range b.rounds {
		e, err := b.pushRound(ctx, empty, few, 64, b.round)
		if err != nil {
			return nil, err
		}
		f, err := b.pushRound(ctx, full, phones, 64, b.round)
		if err != nil {
			return nil, err
		}
		err = errors.Join(settle(ctx, full), settle(ctx, empty), reconnect(full, phones[:1]), reconnect(empty, few[:1]))
		if err != nil {
			return nil, err
		}
		m, err := cpuOfBoth(full, empty, 1000, monthPage(phones[0]), monthPage(few[0]))
		if err != nil {
			return nil, err
		}
		d, err := cpuOfBoth(full, empty, 1000, summary(phones[0].Conn, boss.Token()), summary(few[0].Conn, chief.Token()))
		if err != nil {
			return nil, err
		}
		w, err := cpuOfBoth(full, empty, 1000, whole(phones[0].Conn, boss.Token()), whole(few[0].Conn, chief.Token()))
		if err != nil {
			return nil, err
		}
		i, err := cpuOfPolls(full, empty, phones[0].Conn, boss.Token(), few[0].Conn, chief.Token())
		if err != nil {
			return nil, err
		}
		rate, page, dash = append(rate, f.perSecond/e.perSecond), append(page, m.ratio()), append(dash, d.ratio())
		board, idle = append(board, w.ratio()), append(idle, i.ratio())
		sum, poll = append(sum, d.full), append(poll, i.full)
		smallSum, smallPoll = append(smallSum, d.small), append(smallPoll, i.small)
	}
	var small int64 // pushed by the rounds
	for _, p := range few {
		small += p.N
	}
	perJSON := float64(info.Size()) / float64(sent)
	return []row{
		judged(fmt.Sprintf("push rate at %d stored records against an empty store", b.fill), fmt.Sprintf("%.2f", median(rate)), ">= 0.85", median(rate) >= 0.85),
		judged("CPU of a province's summary at that size against the empty one", fmt.Sprintf("%.1fx", median(dash)), "<= 2x", median(dash) <= 2),
		judged("CPU of a dashboard's whole answer at that size against the empty one", fmt.Sprintf("%.1fx", median(board)), "<= 2x", median(board) <= 2),
		judged("CPU of a dashboard's poll answered 304, likewise", fmt.Sprintf("%.1fx", median(idle)), "<= 2x", median(idle) <= 2),
		told(fmt.Sprintf("CPU of a province's summary at %d records of %d teams, and at up to %d of %d", b.fill, b.teams(), small, len(few)), median(sum).String()+", "+median(smallSum).String()),
		told("CPU of a dashboard's poll answered 304, likewise", median(poll).String()+", "+median(smallPoll).String()),
		judged("CPU of a month's page for a team at that size against the empty one", fmt.Sprintf("%.1fx", median(page)), "<= 2x", median(page) <= 2),
		judged("file against the JSON of the mutations", fmt.Sprintf("%.2fx (%d MiB)", perJSON, info.Size()>>20), "<= 1.6x", perJSON <= 1.6),
		judged("start to ready with that file", full.Ready.Round(time.Millisecond).String(), "<= 2 s at 1 GB", full.Ready <= 2*time.Second),
		told("start to ready with an empty folder", empty.Ready.Round(time.Millisecond).String()),
	}, nil
}

// teams are those of the filled shard: fewer where -records asks for little.
func (b *bench) teams() int { return min(sizeTeams, max(64, b.fill/sizeMonths/sizeTeamMonth)) }

// fillUp pushes n records, spread over teams and the months before this one, in
// which both shards begin with nothing, and returns the bytes of JSON that were
// pushed.
func (b *bench) fillUp(ctx context.Context, phones []*load.Phone, n int) (int64, error) {
	const batch = 100
	var sent, records atomic.Int64
	var failed atomic.Value
	var wg sync.WaitGroup
	gate := make(chan struct{}, 64)
	start := time.Now()
	first := time.Now().AddDate(0, 0, 1-time.Now().Day()) // of this month
	for m := range sizeMonths {
		day := first.AddDate(0, -1-m, 0).Format(time.DateOnly)
		for _, p := range phones {
			gate <- struct{}{}
			wg.Go(func() {
				defer func() { <-gate }()
				per := n / len(phones) / sizeMonths
				for done := 0; done < per && ctx.Err() == nil && failed.Load() == nil; done += batch {
					p.Prepare(min(batch, per-done), day)
					sent.Add(int64(p.PreparedBytes()))
					if err := pushOnce(p); err != nil {
						failed.Store(err)
						return
					}
					records.Add(int64(len(p.Prepared)))
				}
			})
		}
		wg.Wait()
		fmt.Fprintf(b.log, "size: %d records after %v\n", records.Load(), time.Since(start).Round(time.Second))
	}
	if err, ok := failed.Load().(error); ok {
		return 0, err
	}
	return sent.Load(), nil
}

// settle waits until a server has done what follows pushes, so that it doesn't
// count for what is measured next.
func settle(ctx context.Context, s *load.Server) error {
	const window, idle = 2500 * time.Millisecond, 50 * time.Millisecond
	for range 60 {
		before, err := load.Use(s.Pid)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(window):
		}
		after, err := load.Use(s.Pid)
		if err != nil {
			return err
		}
		if after.CPU-before.CPU < idle {
			return nil
		}
	}
	return errors.New("the server did not come to rest")
}

// spent is the CPU of a call to the full shard and to the small one.
type spent struct{ full, small time.Duration }

func (s spent) ratio() float64 { return float64(s.full) / float64(max(s.small, 1)) }

// cpuOfBoth takes the CPU of n calls to two servers.
func cpuOfBoth(a, b *load.Server, n int, callA, callB func() error) (spent, error) {
	ca, errA := cpuOf(a, n, callA)
	cb, errB := cpuOf(b, n, callB)
	return spent{ca, cb}, errors.Join(errA, errB)
}

// monthPage asks for the phone's own month in full, without ETag.
func monthPage(p *load.Phone) func() error {
	return asks(p.Conn, load.Request{Method: "GET", Path: "/v1/teams/" + string(p.Team) + "/months/" + today[:7], Token: p.Token})
}

// summary asks for the province's figures of this year, without ETag.
func summary(c *load.Conn, token string) func() error {
	return asks(c, load.Request{Method: "GET", Path: "/v1/stats/summary?from=" + today[:4] + "-01&to=" + today[:7], Token: token})
}

// boardPath is what an open dashboard asks.
func boardPath() string { return "/v1/stats/board?from=" + today[:4] + "-01&to=" + today[:7] }

// whole asks for the dashboard without ETag.
func whole(c *load.Conn, token string) func() error {
	return asks(c, load.Request{Method: "GET", Path: boardPath(), Token: token})
}

// cpuOfPolls takes that of the polls of two dashboards that find nothing new.
func cpuOfPolls(full, empty *load.Server, a *load.Conn, tokenA string, b *load.Conn, tokenB string) (spent, error) {
	pollA, errA := polls(a, tokenA)
	pollB, errB := polls(b, tokenB)
	if err := errors.Join(errA, errB); err != nil {
		return spent{}, err
	}
	return cpuOfBoth(full, empty, 1000, pollA, pollB)
}

// polls reads a dashboard and returns the poll that follows. A figure that
// depends on the moment may change once in a while: it takes the new tag then.
func polls(c *load.Conn, token string) (func() error, error) {
	q := load.Request{Method: "GET", Path: boardPath(), Token: token}
	first, err := c.Do(q)
	if err != nil || first.Status != http.StatusOK {
		return nil, fmt.Errorf("board: %d %w", first.Status, err)
	}
	tag := first.Header.Get("ETag")
	return func() error {
		q.Extra = "If-None-Match: " + tag + "\r\n"
		a, err := c.Do(q)
		if err == nil && a.Status != http.StatusNotModified {
			if tag = a.Header.Get("ETag"); a.Status != http.StatusOK {
				err = fmt.Errorf("board: %d", a.Status)
			}
		}
		return err
	}, nil
}

func asks(c *load.Conn, q load.Request) func() error {
	return func() error {
		a, err := c.Do(q)
		if err == nil && a.Status != http.StatusOK {
			err = fmt.Errorf("status %d: %.200s", a.Status, a.Body)
		}
		return err
	}
}
