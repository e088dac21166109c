package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/banso/banso/deploy/load"
)

// today is the day of the records that are pushed: the real one in UTC+7.
var today = time.Now().In(time.FixedZone("UTC+7", 7*3600)).Format(time.DateOnly)

func buildServer(dir string) (string, error) { return load.Build(".", dir) }

// serve starts the real binary on a fresh folder with n phones signed in.
func (b *bench) serve(ctx context.Context, name string, n int) (*load.Server, []*load.Phone, error) {
	dir, err := b.scratch(name)
	if err != nil {
		return nil, nil, err
	}
	s, err := b.start(filepath.Join(dir, "data"))
	if err != nil {
		return nil, nil, err
	}
	_, phones, err := load.Accounts(ctx, s, n)
	if err != nil {
		s.Kill()
		return nil, nil, err
	}
	for i, p := range phones {
		err := p.Reconnect(s.Addr, i) // the server has closed what was idle meanwhile
		if err == nil {
			err = p.Drain()
		}
		if err != nil {
			s.Kill()
			return nil, nil, err
		}
	}
	return s, phones, nil
}

func (b *bench) start(data string) (*load.Server, error) {
	addr, err := load.FreeAddr()
	if err != nil {
		return nil, err
	}
	return load.Start(addr, b.bin, "serve", "--addr", addr, "--data", data)
}
