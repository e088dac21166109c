package main

import (
	"context"
	"fmt"
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
	const window, pushes, size = 20 * time.Second, 2, 20
	h, err := load.ComeBack(s, phones, window, pushes, size, today)
	if err != nil {
		fmt.Fprintln(b.log, "herd: first error:", err)
	}
	return []row{
		judged(fmt.Sprintf("%d phones within %v, %d pushes of %d each: errors", len(phones), window, pushes, size),
			fmt.Sprintf("%d (told to come again %d times, all served after %v)", h.Failed, h.Told, h.Took.Round(time.Second)), "0", h.Failed == 0),
		judged("peak memory of the server's own", fmt.Sprintf("%d MiB (%d before)", h.Own>>20, h.Before>>20), "<= 256 MiB", h.Own <= 256<<20),
		told("the same with the mapped pages of the data file, which the kernel may take back", fmt.Sprintf("%d MiB", h.Peak>>20)),
	}, nil
}
