package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/domain"
)

// server is the real app behind a real listener.
type server struct {
	app    *app.App
	clock  *Clock
	push   *farSide // nil: pushes are off
	http   *http.Server
	base   string
	code   string // setup code
	failed chan error
}

// firstDay is when a demo begins.
const firstDay domain.Date = "2023-06-01"

// stopWithin bounds the stop.
const stopWithin = 10 * time.Second

// start opens a fresh folder and serves it.
func start(ctx context.Context, o Options) (*server, error) {
	l, err := net.Listen("tcp", o.Addr) // first: a demo that still runs there keeps its folder
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", o.Addr, err)
	}
	if err := freshFolder(o.Data); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	s := &server{clock: NewClock(o.Wall, firstDay.Start().Add(7*time.Hour)), base: baseOf(l.Addr()), failed: make(chan error, 2)}
	cfg := app.Config{Addr: o.Addr, Data: o.Data, Now: s.clock.Now, Wall: o.Wall, Invented: true, LogTo: o.LogTo, LogLevel: o.LogLevel}
	if o.Push {
		if s.push, err = openFarSide(o); err != nil {
			return nil, errors.Join(err, l.Close())
		}
		cfg.Push = s.push.push
	}
	if s.app, err = app.New(ctx, cfg); err == nil {
		s.code, err = s.app.SetupCode(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close(), s.close())
	}
	s.http = s.app.Server()
	go func() { s.failed <- s.http.Serve(l) }()
	go func() {
		if err, ok := <-s.app.Fatal(); ok {
			s.failed <- err
		}
	}()
	return s, nil
}

// baseOf is where this machine reaches a listener.
func baseOf(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok && t.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", t.Port)
	}
	return "http://" + a.String()
}

// stop ends requests, then the app.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	return errors.Join(s.http.Shutdown(ctx), s.close())
}

func (s *server) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var err error
	if s.app != nil {
		err = s.app.Close(ctx)
	}
	return errors.Join(err, s.push.close(ctx))
}
