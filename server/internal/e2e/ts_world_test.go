package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/syncproto"
)

// tsStart is when a history of TypeScript phones begins on the server's clock.
var tsStart = time.Date(2023, 6, 20, 3, 0, 0, 0, time.UTC)

// tsWorld is the real server in this process, for phones in Node. It can be
// put back to a backup, as an operator would, while the phones go on.
type tsWorld struct {
	t     *testing.T
	dir   string
	began time.Time
	http  *httptest.Server

	mu      sync.Mutex
	app     *app.App
	folders int
	place   backup.Folder // where backups go; a new one for each history
	backups []tsBackup    // newest last
	told    int64         // highest durable that phones may have been told

	People []tsPerson `json:"people"`
	Team   client.ID  `json:"team"`
	Unit   client.ID  `json:"unit"`
	Base   string     `json:"base"`
}

type tsPerson struct {
	Person client.ID `json:"person"`
	Token  string    `json:"token"`
	Chair  bool      `json:"chair"`
}

type tsBackup struct {
	id     string
	commit int64
}

func newTSWorld(t *testing.T) *tsWorld {
	t.Helper()
	base := "/dev/shm" // a history has hundreds of commits
	if _, err := os.Stat(base); err != nil {
		base = ""
	}
	dir, err := os.MkdirTemp(base, "banso-ts-")
	if err != nil {
		t.Fatal(err)
	}
	w := &tsWorld{t: t, dir: dir, began: time.Now()}
	w.http = httptest.NewServer(http.HandlerFunc(w.serve))
	w.Base = w.http.URL
	t.Cleanup(func() {
		w.http.Close()
		if w.app != nil {
			_ = w.app.Close(context.Background())
		}
		_ = os.RemoveAll(dir)
	})
	w.open(filepath.Join(dir, "first"))
	w.settle()
	if err := w.app.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.app = nil
	return w
}

func (w *tsWorld) now() time.Time { return tsStart.Add(time.Since(w.began)) }

func (w *tsWorld) open(data string) {
	if w.place == "" {
		w.place = backup.Folder(w.folder())
	}
	a, err := app.New(context.Background(), app.Config{Data: data, BackupTo: []string{string(w.place)}, Now: w.now, Handful: true, AccessTTL: time.Hour,
		Log: slog.New(slog.DiscardHandler), Jitter: func(int) int { return 0 }})
	if err != nil {
		panic(err) // of a handler: the phones see a broken connection, the test a failed control call
	}
	w.app = a
}

// settle sets up a commune with one team and signs four people in.
func (w *tsWorld) settle() {
	s := &siege{t: w.t, srv: &load.Server{Addr: strings.TrimPrefix(w.Base, "http://")}, as: map[string]*client.Client{}, who: map[string]client.ID{},
		team: map[string]client.ID{}, unit: map[string]client.ID{}, phone: map[string]*attackPhone{}}
	code, err := w.app.SetupCode(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	sys := s.client(pSys)
	ses, err := sys.Setup(w.t.Context(), client.Setup{Code: code, Name: "Quản Trị (thử)", Login: "admin", Password: attackPassword, Install: newID()})
	if err != nil {
		w.t.Fatalf("setup: %v", err)
	}
	s.as[pSys], s.who[pSys] = sys, ses.Person
	s.roster(sys)
	for _, name := range []string{pMember, pMate, pLeader, pChair} {
		s.signIn(name)
		w.People = append(w.People, tsPerson{s.who[name], s.as[name].Token(), name == pChair})
	}
	w.Team, w.Unit = s.team["T1"], s.unit["A"]
}

func (w *tsWorld) serve(rw http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Control") == "" {
		w.mu.Lock()
		a := w.app
		w.mu.Unlock()
		if a == nil {
			panic(http.ErrAbortHandler)
		}
		a.Handler().ServeHTTP(rw, r)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var in tsReport
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	out, err := w.control(r.URL.Path, &in)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(rw).Encode(out)
}

// control is what the histories ask of the operator.
func (w *tsWorld) control(path string, in *tsReport) (any, error) {
	ctx := context.Background()
	switch path {
	case "/ctl/reset":
		w.backups, w.told, w.place = nil, 0, backup.Folder(w.folder())
		if w.app != nil {
			if err := w.app.Close(ctx); err != nil {
				return nil, err
			}
		}
		w.open(w.copyOf(filepath.Join(w.dir, "first")))
		return nil, nil
	case "/ctl/backup":
		m, err := w.app.Backup(ctx)
		if n := len(w.backups); err == nil && n > 0 {
			w.told = max(w.told, w.backups[n-1].commit)
		}
		w.backups = append(w.backups, tsBackup{m.ID, m.Commit})
		return nil, err
	case "/ctl/restore":
		return w.restore(in.Second), nil
	case "/ctl/follow":
		return nil, w.app.Follow(ctx)
	case "/ctl/check":
		return w.check(in), nil
	}
	return nil, fmt.Errorf("no control %q", path)
}

// restore goes on from the newest or the second-newest backup, never from one
// that lacks what phones were told is durable.
func (w *tsWorld) restore(second bool) bool {
	n := len(w.backups) - 1
	if second && n > 0 && w.backups[n-1].commit >= w.told && w.kept(n-1) { // of an hour only the last stays
		n--
	}
	if n < 0 || w.backups[n].commit < w.told {
		return false
	}
	if err := w.app.Close(context.Background()); err != nil {
		panic(err)
	}
	w.backups = w.backups[:n+1]
	_, m, err := backup.Find(context.Background(), []backup.Target{w.place}, w.backups[n].id)
	if err != nil {
		panic(err)
	}
	data := w.folder()
	if _, err := backup.Restore(context.Background(), w.place, m, data, nil); err != nil {
		panic(err)
	}
	w.open(data)
	return true
}

// kept reports whether the place still has a backup.
func (w *tsWorld) kept(n int) bool {
	_, _, err := backup.Find(context.Background(), []backup.Target{w.place}, w.backups[n].id)
	return err == nil
}

func (w *tsWorld) folder() string {
	w.folders++
	return filepath.Join(w.dir, fmt.Sprint(w.folders))
}

func (w *tsWorld) copyOf(from string) string {
	to := w.folder()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		panic(err)
	}
	return to
}

// tsReport is what a history says in the end.
type tsReport struct {
	Second bool       `json:"second"`
	Made   []tsMade   `json:"made"`
	Phones []tsCopies `json:"phones"`
}

// tsMade is a mutation that a phone kept to the end or was told of.
type tsMade struct {
	Person syncproto.ID `json:"person"`
	FP     string       `json:"fp"`
	Type   string       `json:"type"`
	ID     syncproto.ID `json:"id"`
	Token  string       `json:"token"` // element that it adds, "" if none
	Raw    string       `json:"raw"`
}

// tsCopies is what a phone shows of each scope: "type/id" to rev and document.
type tsCopies struct {
	Person syncproto.ID                 `json:"person"`
	Scopes map[string]map[string]string `json:"scopes"`
}
