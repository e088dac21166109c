package app_test

import (
	"context"
	"crypto/rand"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/syncproto"
)

var builtIn string // folder, "" if no test has asked

var built = sync.OnceValues(func() (bin string, err error) {
	if builtIn, err = os.MkdirTemp("", "banso"); err != nil {
		return "", err
	}
	return load.Build("../../..", builtIn)
})

// binary is the real one, built once for all tests of this package.
func binary(t *testing.T) string {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

// TestBinary_FromSetUpToRestart starts the real binary on a fresh folder, sets
// it up, signs a phone in, syncs, stops it by SIGTERM, starts it again, kills
// it and starts it once more: sessions and data are there each time.
func TestBinary_FromSetUpToRestart(t *testing.T) {
	dir, bin := t.TempDir(), binary(t)
	start := func() *load.Server {
		t.Helper()
		addr, err := load.FreeAddr()
		if err != nil {
			t.Fatal(err)
		}
		s, err := load.Start(addr, bin, "--addr", addr, "--data", dir+"/data")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Kill)
		return s
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := start()
	admin, phones, err := load.Accounts(ctx, s, 1)
	if err != nil {
		t.Fatal(err)
	}
	p := phones[0]
	phone := func(addr string) *client.Client {
		return client.New("http://"+addr, client.Options{Session: client.Session{Access: p.Token}})
	}
	req := &syncproto.Request{Proto: 1, Schema: 1, App: "test", Client: syncproto.NewRandomID(rand.Reader),
		Push: syncproto.Push{First: 1, List: []syncproto.RawMutation{}}, Pull: []syncproto.Pull{{Scope: syncproto.TeamScope(p.Team)}}}
	first, err := phone(s.Addr).Sync(ctx, req)
	if err != nil || count(first, p.Team) < 2 { // the team and its grant; progress follows in its own time
		t.Fatalf("sync: %v, %d records of the team", err, count(first, p.Team))
	}
	if err := s.Stop(); err != nil {
		t.Fatalf("stop by SIGTERM: %v\n%s", err, s.Log())
	}
	req.Seen = &syncproto.Seen{Epoch: first.Epoch, Commit: first.Commit}
	for _, end := range []func(*load.Server){(*load.Server).Kill, func(s *load.Server) { _ = s.Stop() }} {
		s = start()
		if s.SetupCode != "" {
			t.Error("a setup code is printed though there is an administrator")
		}
		again, err := phone(s.Addr).Sync(ctx, req)
		if err != nil || again.State != syncproto.StateOK || again.Epoch == first.Epoch || count(again, p.Team) < 2 {
			t.Fatalf("sync after a restart: %v, %d records of the team", err, count(again, p.Team))
		}
		back := client.New("http://"+s.Addr, client.Options{Session: admin.Session()})
		if _, err := back.Refresh(ctx); err != nil {
			t.Errorf("refresh after a restart: %v", err)
		}
		end(s)
	}
}

// count is how many records the team's scope holds.
func count(r *syncproto.Response, team client.ID) int64 {
	if r != nil {
		for _, s := range r.Scopes {
			if s.Scope == syncproto.TeamScope(team) {
				return s.Count
			}
		}
	}
	return 0
}
