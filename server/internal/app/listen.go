package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"os"
	"slices"

	"github.com/coreos/go-systemd/v22/activation"

	"github.com/banso/banso/server/internal/httpapi"
)

// metricsSocket names the passed socket, if any, that is for metrics; every
// other one is for the API (FileDescriptorName= of a systemd socket unit).
const metricsSocket = "metrics"

// door is a server and where it listens.
type door struct {
	server *http.Server
	at     []net.Listener
}

// doors opens all of them; the first is the API's. Sockets that a supervisor
// passed come before the settings: they stay open while the server restarts,
// and who connects meanwhile waits instead of being refused.
func (a *App) doors() (all []door, err error) {
	api, metrics, err := passed()
	defer func() {
		if err != nil {
			for _, l := range append(api, metrics...) {
				err = errors.Join(err, l.Close())
			}
		}
	}()
	if err != nil {
		return nil, err
	}
	if len(api) == 0 {
		l, err := net.Listen("tcp", a.cfg.Addr)
		if err != nil {
			return nil, fmt.Errorf("cannot listen on %s: %w", a.cfg.Addr, err)
		}
		api = append(api, l)
	}
	if len(metrics) == 0 && a.cfg.MetricsAddr != "" {
		l, err := net.Listen("tcp", a.cfg.MetricsAddr)
		if err != nil {
			return nil, fmt.Errorf("cannot listen on %s: %w", a.cfg.MetricsAddr, err)
		}
		metrics = append(metrics, l)
	}
	front := a.Server()
	front.Handler, front.ConnState = a.lastAnswers(front.Handler), a.newcomers.follow
	all = []door{{front, api}}
	if len(metrics) > 0 {
		all = append(all, door{httpapi.Server(onlyFrom(a.cfg.MetricsFrom, a.MetricsHandler())), metrics})
	}
	if a.cfg.DebugSocket != "" {
		l, err := listenUnix(a.cfg.DebugSocket)
		if err != nil {
			return nil, err
		}
		all = append(all, door{httpapi.Server(a.debugHandler()), []net.Listener{l}})
	}
	return all, nil
}

// passed are the sockets of a supervisor, by use.
func passed() (api, metrics []net.Listener, err error) {
	byName, err := activation.ListenersWithNames()
	if err != nil {
		return nil, nil, fmt.Errorf("sockets of the supervisor: %w", err)
	}
	for name, list := range byName {
		if name != metricsSocket {
			api = append(api, list...)
			continue
		}
		metrics = append(metrics, list...)
		for _, l := range list {
			if t, ok := l.Addr().(*net.TCPAddr); !ok || !t.IP.IsLoopback() {
				return api, metrics, fmt.Errorf("the passed socket %s is not on a loopback address: metrics stay on this machine", l.Addr())
			}
		}
	}
	return api, metrics, nil
}

// listenUnix opens a socket for its owner alone. What a killed run left in its
// place goes away; anything that is no socket stays.
func listenUnix(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("debug-socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// onlyFrom hides a handler from all but this machine and the networks named.
func onlyFrom(networks []netip.Prefix, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, err := netip.ParseAddrPort(r.RemoteAddr)
		ip := at.Addr().Unmap()
		if err != nil || !ip.IsLoopback() && !slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(ip) }) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// debugHandler shows the inside of the process. It is for a socket that only
// the operator of this machine can open.
func (a *App) debugHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.MetricsHandler())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// serveAll answers at all doors until one fails, which it tells, or all are
// shut. Requests end with ctx.
func serveAll(ctx context.Context, all []door) <-chan error {
	n := 0
	for _, d := range all {
		n += len(d.at)
	}
	failed := make(chan error, n)
	for _, d := range all {
		d.server.BaseContext = func(net.Listener) context.Context { return ctx }
		for _, l := range d.at {
			go func() { failed <- d.server.Serve(l) }()
		}
	}
	return failed
}
