package demo

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto/client"
)

// wire is the network of one phone or desk: an address of its own on the
// loopback, so that the server's limits per address apply as they would in the
// field, and connections that last for a visit only.
type wire struct {
	from net.IP // nil: the system chooses

	mu sync.Mutex
	tr *http.Transport // nil between visits
}

// spreads reports whether clients of a server may use addresses all over
// 127.0.0.0/8: the server is on the loopback, and the system lets them (Linux
// does, others often do not).
func spreads(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname()).To4()
	if ip == nil || !ip.IsLoopback() {
		return false
	}
	l, err := net.Listen("tcp", net.JoinHostPort(addressOf(1).String(), "0"))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// address is the source address of a client, nil where all share one.
func (w *world) address(n int) net.IP {
	if w.spread {
		return addressOf(n)
	}
	return nil
}

// addressOf spreads numbers over 127.1.0.0–127.250.255.254.
func addressOf(n int) net.IP {
	return net.IPv4(127, byte(1+n/(250*250)%250), byte(1+n/250%250), byte(1+n%250))
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	if w.tr == nil {
		d := &net.Dialer{Timeout: 10 * time.Second}
		if w.from != nil {
			d.LocalAddr = &net.TCPAddr{IP: w.from}
		}
		w.tr = &http.Transport{DialContext: d.DialContext, DisableCompression: true, MaxIdleConnsPerHost: 4}
	}
	tr := w.tr
	w.mu.Unlock()
	return tr.RoundTrip(req)
}

// hangUp ends the visit.
func (w *wire) hangUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tr != nil {
		w.tr.CloseIdleConnections()
		w.tr = nil
	}
}

// tokens lets the sync engine use the session of a typed client.
type tokens struct{ api *api.Client }

func (t tokens) Token(context.Context) (string, error) { return t.api.Token(), nil }

func (t tokens) Refresh(ctx context.Context, refused string) (string, error) {
	if now := t.api.Token(); now != refused {
		return now, nil
	}
	s, err := t.api.Refresh(ctx)
	if p := api.AsProblem(err); p != nil && p.Status == http.StatusUnauthorized {
		return "", client.ErrSignIn
	}
	return s.Access, err
}

// errLost stands for an answer that the server gave and the phone never saw.
var errLost = errors.New("demo: the answer was lost")

// lossy loses a share of the answers.
type lossy struct {
	client.Transport
	rnd   *rand.Rand // used by one sync at a time
	share float64
	lost  int
}

func (l *lossy) Sync(ctx context.Context, body []byte) (*client.Reply, error) {
	reply, err := l.Transport.Sync(ctx, body)
	if err == nil && l.rnd.Float64() < l.share {
		l.lost++
		return nil, errLost
	}
	return reply, err
}
