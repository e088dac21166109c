package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/banso/banso/server/internal/httpapi"
)

// stopDeadline bounds a graceful stop.
const stopDeadline = 10 * time.Second

// Run serves until ctx ends or the store fails, and prints to out where it
// listens and, on a first start, the setup code. An error after a commit with
// unknown outcome is returned: the process must not exit with 0.
func Run(ctx context.Context, cfg Config, out io.Writer) error {
	paceGC()
	a, err := New(ctx, cfg)
	if err != nil {
		return err
	}
	err = a.listenAndServe(ctx, out)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopDeadline)
	defer cancel()
	return errors.Join(err, a.Close(stop))
}

// gcPercent lets the heap grow to four times what lives, some tens of
// megabytes: collecting costs a third less CPU, and a herd stays below its
// line (deploy/bench, herd).
const gcPercent = 300

// paceGC leaves an operator's own GOGC alone.
func paceGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

func (a *App) listenAndServe(ctx context.Context, out io.Writer) error {
	l, err := net.Listen("tcp", a.cfg.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", a.cfg.Addr, err)
	}
	servers := []*http.Server{a.Server()}
	listeners := []net.Listener{l}
	if a.cfg.MetricsAddr != "" {
		ml, err := net.Listen("tcp", a.cfg.MetricsAddr)
		if err != nil {
			return errors.Join(fmt.Errorf("cannot listen on %s: %w", a.cfg.MetricsAddr, err), l.Close())
		}
		servers, listeners = append(servers, httpapi.Server(a.MetricsHandler())), append(listeners, ml)
	}
	// Long polls end with this context, so that a stop has not to wait for them.
	polls, endPolls := context.WithCancel(context.WithoutCancel(ctx))
	defer endPolls()
	failed := make(chan error, len(servers))
	for i, s := range servers {
		s.BaseContext = func(net.Listener) context.Context { return polls }
		go func() { failed <- s.Serve(listeners[i]) }()
	}
	if err := a.greet(ctx, out, l.Addr()); err != nil {
		return err
	}
	a.cfg.Log.Info("serving", "addr", l.Addr().String())
	select {
	case <-ctx.Done():
		err = nil
	case err = <-a.Fatal():
		err = fmt.Errorf("the outcome of a commit is unknown, phones will send again: %w", err)
	case err = <-failed:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopDeadline)
	defer cancel()
	endWaits(servers, endPolls)
	for _, s := range servers {
		err = errors.Join(err, s.Shutdown(stop))
	}
	return err
}

// endWaits lets requests under way finish and ends long polls when a server
// begins to shut down.
func endWaits(servers []*http.Server, end context.CancelFunc) {
	servers[0].RegisterOnShutdown(func() { time.AfterFunc(stopDeadline/5, end) })
}

// greet tells the operator where the server is.
func (a *App) greet(ctx context.Context, out io.Writer, addr net.Addr) error {
	code, err := a.SetupCode(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Bản Số is serving on http://%s (data in %s)\n", addr, a.cfg.Data)
	if code != "" {
		fmt.Fprintf(out, "Nobody administers this server yet. Setup code (good once): %s\n", code)
		fmt.Fprintf(out, "Máy chủ chưa có quản trị viên. Mã thiết lập (dùng một lần): %s\n", code)
	}
	return nil
}
