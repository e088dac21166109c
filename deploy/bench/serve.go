package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
)

// today is the day of the records that are pushed: the real one in UTC+7.
var today = time.Now().In(time.FixedZone("UTC+7", 7*3600)).Format(time.DateOnly)

func buildServer(dir string) (string, error) { return load.Build(".", dir) }

// serve starts the real binary on a fresh folder with n phones signed in.
func (b *bench) serve(ctx context.Context, name string, n int) (*load.Server, []*load.Phone, error) {
	s, _, phones, err := b.serveAs(ctx, name, n)
	return s, phones, err
}

// serveAs returns the province's administrator besides.
func (b *bench) serveAs(ctx context.Context, name string, n int) (*load.Server, *client.Client, []*load.Phone, error) {
	dir, err := b.scratch(name)
	if err != nil {
		return nil, nil, nil, err
	}
	s, err := load.Serve(b.bin, filepath.Join(dir, "data"))
	if err != nil {
		return nil, nil, nil, err
	}
	admin, phones, err := load.Accounts(ctx, s, n)
	for i, p := range phones {
		if err == nil {
			err = p.Reconnect(s.Addr, i) // who says nothing is not kept for long
		}
		if err == nil {
			err = p.Drain()
		}
	}
	if err != nil {
		s.Kill()
		return nil, nil, nil, err
	}
	return s, admin, phones, nil
}

// reconnect opens new connections: the server has closed what was idle
// meanwhile, or is another process now.
func reconnect(s *load.Server, phones []*load.Phone) error {
	for i, p := range phones {
		if err := p.Reconnect(s.Addr, i); err != nil {
			return err
		}
	}
	return nil
}
