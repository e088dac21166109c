package e2e

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/syncproto"
)

// phoneStart is what the server's clock says when a journey begins: a Monday
// inside the policy's years.
var phoneStart = time.Date(2023, 11, 20, 3, 0, 0, 0, time.UTC)

// phoneWorld is the real server in this process behind a line that can be cut:
// cutting it cuts pages, their service worker and their photos alike.
type phoneWorld struct {
	*siege
	dir   string
	began time.Time
	ahead time.Duration // of the server's clock, besides the time that passes

	mu   sync.Mutex
	app  *app.App
	http *httptest.Server
	line *line
	base string // where browsers go: behind the line
}

func newPhoneWorld(t *testing.T) *phoneWorld {
	t.Helper()
	w := &phoneWorld{dir: t.TempDir(), began: time.Now()}
	w.http = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		a := w.app
		w.mu.Unlock()
		a.Handler().ServeHTTP(rw, r)
	}))
	w.open(t, filepath.Join(w.dir, "first"))
	w.line = newLine(t, w.http.Listener.Addr().String())
	w.base = "http://" + w.line.addr()
	t.Cleanup(func() {
		w.line.stop()
		w.http.Close()
		_ = w.app.Close(context.Background())
	})
	w.siege = &siege{t: t, srv: &load.Server{Addr: w.http.Listener.Addr().String()}, as: map[string]*client.Client{}, who: map[string]client.ID{},
		team: map[string]client.ID{}, unit: map[string]client.ID{}, phone: map[string]*attackPhone{}}
	code, err := w.app.SetupCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sys := w.client(pSys)
	ses, err := sys.Setup(t.Context(), client.Setup{Code: code, Name: "Quản Trị (thử)", Login: "admin", Password: attackPassword, Install: newID()})
	if err != nil {
		t.Fatalf("setup: %v", err)
	}
	w.as[pSys], w.who[pSys] = sys, ses.Person
	w.roster(sys)
	w.imports(sys, "registrations", "commune_code,year,standard,decision,decided_on,origin", "A1,2023,standard,1/QĐ,2023-01-01,S")
	w.signIn(pChair)
	return w
}

func (w *phoneWorld) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return phoneStart.Add(w.ahead + time.Since(w.began))
}

// jump moves the server's clock.
func (w *phoneWorld) jump(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

func (w *phoneWorld) open(t *testing.T, data string) {
	t.Helper()
	a, err := app.New(context.Background(), app.Config{Data: data, Now: w.now, AccessTTL: time.Hour, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.app = a
	w.mu.Unlock()
}

// code makes an activation code.
func (w *phoneWorld) code(name string) string {
	w.t.Helper()
	codes, err := w.as[pSys].NewCodes(w.t.Context(), []client.ID{w.who[name]})
	if err != nil || codes[0].Code == "" {
		w.t.Fatalf("code for %s: %v %+v", name, err, codes)
	}
	return codes[0].Code
}

// queue is what the chair of commune A sees waiting this month.
func (w *phoneWorld) queue() []client.QueueItem {
	w.t.Helper()
	q, err := w.as[pChair].ReviewQueue(w.t.Context(), w.unit["A"], w.month(), "", 200)
	if err != nil {
		w.t.Fatalf("queue: %v", err)
	}
	return q.Items
}

// month is the current one by the server's clock.
func (w *phoneWorld) month() string { return w.now().Add(7 * time.Hour).Format("2006-01") }

// decideAll decides on everything that waits.
func (w *phoneWorld) decideAll(decision, reason string) int {
	w.t.Helper()
	n := 0
	for _, i := range w.queue() {
		w.decideOne(i, decision, reason)
		n++
	}
	return n
}

func (w *phoneWorld) decideOne(i client.QueueItem, decision, reason string) {
	w.t.Helper()
	out, err := w.as[pChair].Review(w.t.Context(), []client.Decision{{Key: newID(), Type: i.Type, ID: i.ID, Seen: i.C, Decision: decision, Reason: reason}})
	if err != nil || len(out) != 1 || out[0].V != syncproto.Applied {
		w.t.Fatalf("%s: %v %+v", decision, err, out)
	}
}

// waitFor polls until ok or fails.
func (w *phoneWorld) waitFor(what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(phonePatience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	w.t.Fatalf("waited in vain for: %s", what)
}

// line is a TCP proxy that can be cut.
type line struct {
	l      net.Listener
	target string
	mu     sync.Mutex
	cut    bool
	conns  map[net.Conn]bool
	// limit, if above 0, cuts each connection after so many bytes towards the server.
	limit int64
}

func newLine(t *testing.T, target string) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &line{l: l, target: target, conns: map[net.Conn]bool{}}
	go x.serve()
	return x
}

func (x *line) addr() string { return x.l.Addr().String() }

func (x *line) serve() {
	for {
		c, err := x.l.Accept()
		if err != nil {
			return
		}
		if !x.take(c) {
			_ = c.Close()
			continue
		}
		go x.pipe(c)
	}
}

func (x *line) take(c net.Conn) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.cut {
		return false
	}
	x.conns[c] = true
	return true
}

func (x *line) pipe(c net.Conn) {
	s, err := net.Dial("tcp", x.target)
	if err != nil || !x.take(s) {
		_ = c.Close()
		return
	}
	x.mu.Lock()
	limit := x.limit
	x.mu.Unlock()
	end := func() {
		_, _ = c.Close(), s.Close()
		x.mu.Lock()
		delete(x.conns, c)
		delete(x.conns, s)
		x.mu.Unlock()
	}
	go func() {
		defer end()
		if limit > 0 {
			_, _ = io.CopyN(s, c, limit)
			return
		}
		_, _ = io.Copy(s, c)
	}()
	_, _ = io.Copy(c, s)
	end()
}

// set cuts or mends the line; a cut ends what is under way.
func (x *line) set(cut bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.cut = cut; cut {
		for c := range x.conns {
			_ = c.Close()
		}
		clear(x.conns)
	}
}

// bound cuts each connection after n bytes towards the server; 0: none.
func (x *line) bound(n int64) {
	x.mu.Lock()
	x.limit = n
	x.mu.Unlock()
	x.set(true)
	x.set(false)
}

func (x *line) stop() {
	_ = x.l.Close()
	x.set(true)
}
