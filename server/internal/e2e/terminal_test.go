package e2e

import (
	"bytes"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/admin/phone"
	"github.com/banso/banso/deploy/load"
)

// TestTerminalPhone_LogOfflineThenSync uses the phone in a terminal as a
// member would: activate, log while the server is down, sync when it is back.
func TestTerminalPhone_LogOfflineThenSync(t *testing.T) {
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir() + "/data"
	s := start(t, bin, data)
	admin, people, err := load.Accounts(t.Context(), s, 1)
	if err != nil {
		t.Fatal(err)
	}
	codes, err := admin.NewCodes(t.Context(), []client.ID{people[0].Person})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run := func(want string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		c := phone.Command()
		c.SetArgs(append([]string{"--dir", dir, "--lang", "en"}, args...))
		c.SetOut(&out)
		c.SetErr(&out)
		if err := c.ExecuteContext(t.Context()); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		if !strings.Contains(out.String(), want) {
			t.Fatalf("%v printed %q, not %q", args, out.String(), want)
		}
	}
	run("Signed in", "activate", codes[0].Code, "--url", "http://"+s.Addr)
	run("Everything was sent", "sync")
	run("DVC_NOP_HO_SO", "kinds")
	addr := s.Addr
	s.Kill()
	run("2 to be sent", "log", "DVC_NOP_HO_SO", "-m", "so_ho_so=2", "--paper", "Sổ tiếp dân, trang 14")
	run("to be sent", "list")
	run("no network", "sync")
	s, err = load.Start(addr, bin, "serve", "--addr", addr, "--data", data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	run("Everything was sent", "sync")
	run("waiting for review", "list")
}
