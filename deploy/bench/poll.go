package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/banso/banso/deploy/load"
)

// poll compares what asks without changing anything (a sync with nothing new,
// a dashboard's poll with ETag) with an Echo handler that does nothing.
func (b *bench) poll(ctx context.Context) ([]row, error) {
	s, phones, err := b.serve(ctx, "poll", 1)
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	addr, err := load.FreeAddr()
	if err != nil {
		return nil, err
	}
	null, err := load.Start(addr, b.self, "-null", addr)
	if err != nil {
		return nil, err
	}
	defer null.Kill()
	nc, err := load.Dial(addr, 1)
	if err != nil {
		return nil, err
	}
	p := phones[0]
	month := today[:7]
	stats := load.Request{Method: "GET", Path: "/v1/teams/" + string(p.Team) + "/months/" + month, Token: p.Token}
	first, err := p.Conn.Do(stats)
	if err != nil || first.Status != http.StatusOK {
		return nil, fmt.Errorf("poll: %d %w", first.Status, err)
	}
	stats.Extra = "If-None-Match: " + first.Header.Get("ETag") + "\r\n"
	const times = 4000
	var syncs, polls []float64
	var syncCPU, nullCPU []time.Duration
	for range b.rounds {
		n, err := cpuOf(null, times, func() error {
			_, err := nc.Do(load.Request{Method: "POST", Path: "/null", Body: []byte("{}")})
			return err
		})
		if err != nil {
			return nil, err
		}
		y, err := cpuOf(s, times, func() error { _, _, err := p.Sync(false); return err })
		if err != nil {
			return nil, err
		}
		g, err := cpuOf(s, times, func() error {
			a, err := p.Conn.Do(stats)
			if err == nil && a.Status != http.StatusNotModified {
				err = fmt.Errorf("status %d, not 304", a.Status)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		syncs, polls = append(syncs, float64(y)/float64(n)), append(polls, float64(g)/float64(n))
		syncCPU, nullCPU = append(syncCPU, y), append(nullCPU, n)
	}
	return []row{
		judged("CPU of a sync that changes nothing against a null Echo handler", fmt.Sprintf("%.1fx (%v against %v)", median(syncs), median(syncCPU), median(nullCPU)), "<= 3x", median(syncs) <= 3),
		judged("CPU of a poll of a month answered 304 against the same", fmt.Sprintf("%.1fx", median(polls)), "<= 3x", median(polls) <= 3),
	}, nil
}

// cpuOf is the CPU that a server used for each of n calls.
func cpuOf(s *load.Server, n int, call func() error) (time.Duration, error) {
	before, err := load.Use(s.Pid)
	if err != nil {
		return 0, err
	}
	for range n {
		if err := call(); err != nil {
			return 0, err
		}
	}
	after, err := load.Use(s.Pid)
	return (after.CPU - before.CPU) / time.Duration(n), err
}
