package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// A graceful stop takes less than 10 s, besides Config.Drain.
const (
	lastWords     = 250 * time.Millisecond // busy connections are told to close
	newcomerGrace = time.Second            // who has just connected sends his request
	pollGrace     = time.Second            // long polls may still be answered
	drainDeadline = 6 * time.Second        // of requests under way
	closeDeadline = 2 * time.Second        // of the worker and the store
)

// newcomers are connections that were accepted and have not sent anything yet.
// http.Server.Shutdown drops the request of a connection that is read while it
// begins, so a stop first stops accepting and lets these come to an end.
type newcomers struct {
	mu   sync.Mutex
	here map[net.Conn]struct{}
}

// follow is a ConnState hook.
func (n *newcomers) follow(c net.Conn, state http.ConnState) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if state == http.StateNew {
		n.here[c] = struct{}{}
		return
	}
	delete(n.here, c)
}

func (n *newcomers) none() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.here) == 0
}

// drain lets requests under way finish. For Config.Drain it goes on taking new
// ones while /readyz already sends them elsewhere; then nothing is accepted
// any more, kept connections end with their next answer, and only what is
// still silent is closed. A stop after a failure has no time for all that.
func (a *App) drain(ctx context.Context, all []door, endPolls context.CancelFunc) error {
	a.draining.Store(true)
	var err error
	if ctx.Err() != nil {
		time.Sleep(a.cfg.Drain)
		for _, d := range all {
			for _, l := range d.at {
				err = errors.Join(err, l.Close())
			}
		}
		time.AfterFunc(pollGrace, endPolls)
		time.Sleep(lastWords)
		for end := time.Now().Add(newcomerGrace); !a.newcomers.none() && time.Now().Before(end); {
			time.Sleep(lastWords / 10)
		}
	}
	endIfFailed := time.AfterFunc(pollGrace, endPolls)
	defer endIfFailed.Stop()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainDeadline)
	defer cancel()
	for _, d := range all {
		e := d.server.Shutdown(stop)
		if errors.Is(e, context.DeadlineExceeded) { // a slow uplink: its phone resumes where it was
			a.cfg.Log.Warn("requests were cut off by the stop")
			e = d.server.Close()
		}
		if !errors.Is(e, net.ErrClosed) { // closed above
			err = errors.Join(err, e)
		}
	}
	return err
}

// lastAnswers tells kept connections, while the server stops, that this answer
// is their last.
func (a *App) lastAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
