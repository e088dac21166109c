package e2e

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// healPhones is how many there are, a tenth under -short.
const healPhones = 200

// keeper is a phone with the real sync engine and everything its person ever
// saved.
type keeper struct {
	*client.Engine
	team  syncproto.ID
	saved []syncproto.ID
}

// TestRestore_PhonesHeal: two hundred phones; work is acknowledged after the
// last backup; the disk is lost; the operator restores and starts, nothing
// else. Everything that was ever saved is there again, once.
func TestRestore_PhonesHeal(t *testing.T) {
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	o := &operated{t: t, bin: bin, data: filepath.Join(dir, "data"), place: filepath.Join(dir, "second"), identity: filepath.Join(dir, "identity.txt")}
	o.recipient = regexp.MustCompile(`age1\S+`).FindString(o.run("backup", "key", o.identity))
	o.start()
	n := healPhones
	if testing.Short() {
		n /= 10
	}
	boss, accounts, err := load.Accounts(t.Context(), o.srv, n)
	if err != nil {
		t.Fatal(err)
	}
	phones := make([]*keeper, len(accounts))
	for i, p := range accounts {
		phones[i] = newKeeper(t, "http://"+o.srv.Addr, p)
	}
	for range 2 { // two backups, so that phones forget what the first one holds
		each(t, phones, func(k *keeper) { k.log(t, 2); k.sync(t) })
		if _, err := boss.MakeBackup(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	each(t, phones, func(k *keeper) { k.sync(t) })
	each(t, phones, func(k *keeper) { k.log(t, 2); k.sync(t) }) // acknowledged, in no backup
	var kept, forgot atomic.Int64
	each(t, phones, func(k *keeper) {
		k.log(t, 1) // saved, never sent
		s, err := k.Status()
		if err != nil || s.Unsent != 1 {
			t.Errorf("%d unsent, %v", s.Unsent, err)
		}
		kept.Add(s.Kept)
		if s.Kept < int64(len(k.saved)) {
			forgot.Add(1)
		}
	})
	if int(forgot.Load()) != n {
		t.Errorf("%d phones forgot what two backups hold: the mark did not move", forgot.Load())
	}
	o.srv.Kill()
	if err := os.RemoveAll(o.data); err != nil {
		t.Fatal(err)
	}
	lost := time.Now()
	t.Logf("%s", o.run("backup", "restore", "--data", o.data, "--backup-to", o.place, "--identity", o.identity))
	o.start()
	up := time.Since(lost)
	each(t, phones, func(k *keeper) { k.sync(t) })
	t.Logf("restored and ready in %v, %d phones healed %v later; %d mutations were still kept on them", up, len(phones), time.Since(lost)-up, kept.Load())
	if me, err := boss.Me(t.Context()); err != nil || me.Person == "" {
		t.Errorf("the administrator has to sign in again: %v", err)
	}
	if err := o.srv.Stop(); err != nil {
		t.Fatalf("stop: %v\n%s", err, o.srv.Log())
	}
	o.run("check", "--data", o.data)
	o.run("verify", "--data", o.data)
	everythingOnce(t, o.data, phones)
}

// each lets many phones act, some at a time.
func each(t *testing.T, phones []*keeper, do func(*keeper)) {
	t.Helper()
	var wg sync.WaitGroup
	gate := make(chan struct{}, 8)
	for _, k := range phones {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			do(k)
		})
	}
	wg.Wait()
}

func newKeeper(t *testing.T, base string, p *load.Phone) *keeper {
	t.Helper()
	k := &keeper{team: p.Team}
	var err error
	k.Engine, err = client.New(client.Config{Local: memlocal.New(), Now: time.Now, Rand: rand.Reader, Person: p.Person, App: "1.0.0",
		Transport: &client.HTTP{Base: base, Tokens: client.StaticToken(p.Token), Client: &http.Client{Timeout: 30 * time.Second}}})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// log saves n activities of today.
func (k *keeper) log(t *testing.T, n int) {
	t.Helper()
	for range n {
		id := k.NewID()
		_, err := k.Create(syncproto.TypeActivity, id, syncproto.Doc{"team": syncproto.Str(string(k.team)), "category": syncproto.Str("DVC_NOP_HO_SO"),
			"done_on": syncproto.Str(time.Now().In(domain.Zone).Format(time.DateOnly)), "note": syncproto.Str("Giúp bà con nộp hồ sơ"),
			"measures": []byte(`{"so_ho_so":1,"so_nguoi":1}`)}, nil)
		if err != nil {
			t.Error(err)
			return
		}
		k.saved = append(k.saved, id)
	}
}

// sync goes on until nothing is unsent and the phone's copy agrees.
func (k *keeper) sync(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		_, err := k.Sync(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		if s, err := k.Status(); err != nil || s.Unsent == 0 || ctx.Err() != nil {
			return
		}
	}
}

// everythingOnce reads the file without the server.
func everythingOnce(t *testing.T, data string, phones []*keeper) {
	t.Helper()
	st, err := boltstore.Open(filepath.Join(data, "banso.db"), boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // only read from
	month := string(domain.MonthOf(time.Now()))
	err = st.View(t.Context(), func(r store.Reader) error {
		for i, k := range phones {
			there := map[syncproto.ID]int{}
			if err := r.Members(syncproto.TeamMonthScope(k.team, month), syncproto.TypeActivity, func(rec *store.Record) bool {
				there[rec.ID]++
				return true
			}); err != nil {
				return err
			}
			for _, id := range k.saved {
				if there[id] != 1 {
					t.Errorf("phone %d: a saved activity is there %d times", i, there[id])
				}
				if err := oneVersion(t, r, id); err != nil {
					return err
				}
			}
			if len(there) != len(k.saved) {
				t.Errorf("phone %d: %d activities, %d saved", i, len(there), len(k.saved))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// operated is a server as its operator sees it.
type operated struct {
	t                                           *testing.T
	bin, data, place, identity, recipient, addr string
	srv                                         *load.Server
}

func (o *operated) start() {
	o.t.Helper()
	var err error
	if o.addr == "" { // an origin is for good: phones keep their data under it
		if o.addr, err = load.FreeAddr(); err != nil {
			o.t.Fatal(err)
		}
	}
	o.srv, err = load.Start(o.addr, o.bin, "serve", "--addr", o.addr, "--data", o.data, "--backup-to", o.place, "--backup-recipients", o.recipient, "--backup-every", "1h")
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(o.srv.Kill)
}

// run is one command of the binary that must succeed.
func (o *operated) run(args ...string) string {
	o.t.Helper()
	out, err := exec.Command(o.bin, args...).CombinedOutput()
	if err != nil {
		o.t.Fatalf("banso %v: %v\n%s", args, err, out)
	}
	return string(out)
}
