package e2e

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/app"
	web "github.com/banso/banso/server/internal/e2e/browser"
	"github.com/banso/banso/syncproto"
)

// phoneStart is what the server's clock says when a journey begins: a Monday
// inside the policy's years.
var phoneStart = time.Date(2023, 11, 20, 3, 0, 0, 0, time.UTC)

// phoneFirst is a data folder with everybody in it, made once; each world
// begins with a copy of it, and its clock goes on from there.
type phoneFirst struct {
	dir     string
	began   time.Time
	who     map[string]client.ID
	team    map[string]client.ID
	unit    map[string]client.ID
	session map[string]client.Session
}

var firstPhones struct {
	sync.Mutex
	*phoneFirst
}

// phoneWorld is the real server in this process behind a line that can be cut:
// cutting it cuts pages, their service worker and their photos alike.
type phoneWorld struct {
	*siege
	dir   string
	data  string // the folder in use
	began time.Time
	conf  app.Config // besides folder and clock

	mu     sync.Mutex
	ahead  time.Duration // of the server's clock, besides the time that passes
	app    *app.App
	http   *httptest.Server
	portal http.Handler // answers in the server's place, if any
	line   *line
	base   string // where browsers go: behind the line
	copies int
}

func newPhoneWorld(t *testing.T) *phoneWorld { return newPhoneWorldWith(t, app.Config{}) }

func newPhoneWorldWith(t *testing.T, conf app.Config) *phoneWorld {
	t.Helper()
	web.Need(t)
	f := phonesOnce(t)
	w := &phoneWorld{dir: t.TempDir(), began: f.began, conf: conf}
	w.serve(t)
	w.open(w.copyOf(t, f.dir))
	w.siege = newSiege(t, w.http.Listener.Addr().String())
	w.who, w.team, w.unit = maps.Clone(f.who), maps.Clone(f.team), maps.Clone(f.unit)
	for name, ses := range f.session {
		w.as[name] = client.New(w.http.URL, client.Options{Session: ses})
	}
	return w
}

func newSiege(t testing.TB, addr string) *siege {
	return &siege{t: t, srv: &load.Server{Addr: addr}, as: map[string]*client.Client{}, who: map[string]client.ID{},
		team: map[string]client.ID{}, unit: map[string]client.ID{}, phone: map[string]*attackPhone{}}
}

// phonesOnce makes the first folder, with the first test that asks.
func phonesOnce(t *testing.T) *phoneFirst {
	t.Helper()
	firstPhones.Lock()
	defer firstPhones.Unlock()
	if firstPhones.phoneFirst != nil {
		return firstPhones.phoneFirst
	}
	dir, err := os.MkdirTemp("", "banso-phones-")
	if err != nil {
		t.Fatal(err)
	}
	f := &phoneFirst{dir: dir, began: time.Now(), session: map[string]client.Session{}}
	w := &phoneWorld{dir: dir, began: f.began}
	w.serve(t)
	w.open(filepath.Join(dir, "data"))
	w.siege = newSiege(t, w.http.Listener.Addr().String())
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
	w.signIn(pProv)
	if err := w.app.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range w.as {
		f.session[name] = c.Session()
	}
	f.dir, f.who, f.team, f.unit = filepath.Join(dir, "data"), w.who, w.team, w.unit
	firstPhones.phoneFirst = f
	return f
}

// serve opens the doors; who answers behind them may change.
func (w *phoneWorld) serve(t *testing.T) {
	w.http = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		a, p := w.app, w.portal
		w.mu.Unlock()
		switch {
		case p != nil:
			p.ServeHTTP(rw, r)
		case a == nil:
			panic(http.ErrAbortHandler)
		default:
			a.Handler().ServeHTTP(rw, r)
		}
	}))
	w.line = newLine(t, w.http.Listener.Addr().String())
	w.base = "http://" + w.line.addr()
	t.Cleanup(func() {
		w.line.stop()
		w.http.Close()
		_ = w.app.Close(context.Background())
	})
}

// behind puts somebody else in the server's place, nil: nobody.
func (w *phoneWorld) behind(h http.Handler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.portal = h
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

func (w *phoneWorld) open(data string) {
	w.data = data
	conf := w.conf
	conf.Data, conf.Now, conf.AccessTTL, conf.Log = data, w.now, time.Hour, slog.New(slog.DiscardHandler)
	a, err := app.New(context.Background(), conf)
	if err != nil {
		panic(err)
	}
	w.mu.Lock()
	w.app = a
	w.mu.Unlock()
}

// copyOf copies a data folder.
func (w *phoneWorld) copyOf(t testing.TB, from string) string {
	t.Helper()
	w.copies++
	to := filepath.Join(w.dir, strconv.Itoa(w.copies))
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
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
	for end := time.Now().Add(web.Patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	w.t.Fatalf("waited in vain for: %s", what)
}

// line is a TCP proxy that can be cut, and made bad in other ways.
type line struct {
	l      net.Listener
	target string
	mu     sync.Mutex
	cut    bool
	conns  map[net.Conn]bool
	limit  int64 // if above 0, each connection is cut after so many bytes towards the server
	bits   int   // if above 0, bits a second each way
	loss   int   // of 100 packets, so many come only after they were sent again
	ended  int   // connections cut by limit
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
		if limit == 0 {
			x.carry(s, c)
		} else if n, _ := io.CopyN(s, c, limit); n == limit {
			x.mu.Lock()
			x.ended++
			x.mu.Unlock()
		}
	}()
	x.carry(c, s)
	end()
}

// carry copies as slowly as the line is now.
func (x *line) carry(to io.Writer, from io.Reader) {
	packet := make([]byte, 1400)
	for {
		n, err := from.Read(packet)
		x.mu.Lock()
		bits, loss := x.bits, x.loss
		x.mu.Unlock()
		if bits > 0 {
			wait := time.Duration(n) * 8 * time.Second / time.Duration(bits)
			if rand.IntN(100) < loss {
				wait += 200 * time.Millisecond
			}
			time.Sleep(wait)
		}
		if _, werr := to.Write(packet[:n]); werr != nil || err != nil {
			return
		}
	}
}

// slow makes the line slow and lossy; connections under way stay.
func (x *line) slow(bits, loss int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.bits, x.loss = bits, loss
}

// bound cuts each connection after n bytes towards the server; 0: none.
func (x *line) bound(n int64) {
	x.mu.Lock()
	x.limit = n
	x.mu.Unlock()
	x.set(true)
	x.set(false)
}

// cuts counts the connections that bound has cut.
func (x *line) cuts() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.ended
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

func (x *line) stop() {
	_ = x.l.Close()
	x.set(true)
}

// heldIn are the pieces of evidence whose bytes the server has, by a record.
func heldIn(t testing.TB, doc []byte) []string {
	t.Helper()
	d, err := syncproto.DecodeDoc(doc)
	if err != nil {
		t.Fatal(err)
	}
	return d.Strs("held")
}
