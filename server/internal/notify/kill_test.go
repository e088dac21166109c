package notify_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/notify/pushtest"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// kills is how often the sender dies in TestDeliver_Kills.
func kills() int {
	switch os.Getenv("CHECK") {
	case "full", "soak":
		return 2000
	}
	return 100
}

// TestDeliver_Kills kills a process that tells and sends, with SIGKILL, at
// moments between commit, send and mark. Whatever stands in an inbox was sent
// in the end, and what was sent twice has the same tag and id, which a screen
// shows once.
func TestDeliver_Kills(t *testing.T) {
	k := newKiller(t)
	n := kills()
	for i := range n {
		k.round(i)
	}
	k.stop = nil
	if out, err := k.sender(n, "drain").Output(); err != nil {
		t.Fatalf("the last sender: %v: %s", err, out)
	}
	told, waits := k.left()
	for id := range k.acked {
		if !told[id] {
			t.Errorf("%s was told, and is in no inbox", id)
		}
	}
	for id := range told {
		if k.sent[id] == 0 {
			t.Errorf("%s is in an inbox and was never sent", id)
		}
	}
	again := 0
	for _, times := range k.sent {
		again += times - 1
	}
	if waits > 0 || len(told) < n/2 || again == 0 {
		t.Errorf("%d wait, %d told, %d sent again: the kills hit nothing", waits, len(told), again)
	}
	t.Logf("%d kills, %d told, %d sent once more, none lost", n, len(told), again)
}

// killer is the push service, the phones behind it, and who kills.
type killer struct {
	t   *testing.T
	dir string
	rnd *rand.Rand

	mu     sync.Mutex
	box    *pushtest.Browser
	stop   func(step string)    // is told of each step of the sender
	acked  map[domain.ID]bool   // whose transaction was told to have ended
	sent   map[domain.ID]int    // how often it reached the phone
	screen map[string]domain.ID // what the phone shows, by person and tag
}

// senderFile is what a sender finds in its folder.
type senderFile struct {
	Private, Public, Origin string
	Cert                    []byte
}

func newKiller(t *testing.T) *killer {
	private, public, err := pushtest.Vapid()
	box, err2 := pushtest.NewBrowser()
	k := &killer{t: t, dir: t.TempDir(), rnd: rand.New(rand.NewPCG(3, 3)), box: box,
		acked: map[domain.ID]bool{}, sent: map[domain.ID]int{}, screen: map[string]domain.ID{}}
	srv := httptest.NewUnstartedServer(&pushtest.Service{Public: public, Contact: "mailto:a@example.vn", Now: time.Now, Took: k.took})
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that a kill cut
	srv.StartTLS()
	t.Cleanup(srv.Close)
	raw, err3 := json.Marshal(senderFile{Private: private, Public: public, Origin: srv.URL, Cert: srv.Certificate().Raw})
	if err := errors.Join(err, err2, err3, os.WriteFile(filepath.Join(k.dir, "sender.json"), raw, 0o600)); err != nil {
		t.Fatal(err)
	}
	db, svc, err := openSender(k.dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for i := range senderPeople {
		a := notify.Address{Channel: notify.ChannelWebPush, Token: fmt.Sprint(srv.URL, "/p/", i), P256DH: box.P256DH(), Auth: box.Auth()}
		if err := svc.Register(t.Context(), domain.Caller{Person: senderPerson(i), Device: senderPerson(i)}, a); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return k
}

// took is the phone: it opens a message and shows it.
func (k *killer) took(path string, _ http.Header, body []byte) {
	text, err := k.box.Open(body)
	var p struct {
		I domain.ID `json:"i"`
		G string    `json:"g"`
	}
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.t.Errorf("a message can't be read: %v", err)
		return
	}
	k.sent[p.I]++
	if old, ok := k.screen[path+p.G]; ok && old != p.I {
		k.t.Error("two messages share a tag")
	}
	k.screen[path+p.G] = p.I
	if k.stop != nil {
		k.stop("sent")
	}
}

// sender is this test's binary as the process that is killed.
func (k *killer) sender(run int, how string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestSender$")
	cmd.Env = append(os.Environ(), "BANSO_SENDER="+k.dir, fmt.Sprint("BANSO_SENDER_RUN=", run), "BANSO_SENDER_HOW="+how)
	cmd.Stderr = k.t.Output()
	return cmd
}

// round starts a sender and kills it at, or shortly after, one of its steps.
func (k *killer) round(run int) {
	cmd := k.sender(run, "")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		k.t.Fatal(err)
	}
	at, left := []string{"told", "sent", "sent", "marked"}[k.rnd.IntN(4)], 1+k.rnd.IntN(3)
	wait := time.Duration(k.rnd.IntN(4)) * time.Duration(k.rnd.IntN(1000)) * time.Microsecond
	k.mu.Lock()
	k.stop = func(step string) {
		if step != at {
			return
		}
		if left--; left == 0 && wait == 0 {
			_ = cmd.Process.Kill()
		} else if left == 0 {
			time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		}
	}
	k.mu.Unlock()
	stuck := time.AfterFunc(time.Minute, func() { k.t.Error("a sender did not reach its end"); _ = cmd.Process.Kill() })
	k.read(out)
	_ = cmd.Wait() // killed
	stuck.Stop()
}

func (k *killer) read(out io.Reader) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		step, id, _ := strings.Cut(lines.Text(), " ")
		k.mu.Lock()
		if step == "told" {
			k.acked[domain.ID(id)] = true
		}
		k.stop(step)
		k.mu.Unlock()
	}
}

// left reads the store that the senders leave: what stands in inboxes, and how
// much waits.
func (k *killer) left() (told map[domain.ID]bool, waits int) {
	k.t.Helper()
	db, _, err := openSender(k.dir, time.Now())
	if err != nil {
		k.t.Fatal(err)
	}
	defer db.Close()
	told = map[domain.ID]bool{}
	err = db.View(k.t.Context(), func(r store.Reader) error {
		waits = 0
		var err error
		for i := range senderPeople {
			err = errors.Join(err, r.Members(syncproto.UserScope(senderPerson(i)), syncproto.TypeInbox, func(rec *store.Record) bool {
				told[rec.ID] = true
				return true
			}))
		}
		for _, kind := range []string{"outbox", "outbox_parked"} {
			err = errors.Join(err, r.Credentials(kind, "", func(string, jsonValue) bool { waits++; return true }))
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return told, waits
}
