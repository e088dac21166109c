package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/notify/pushtest"
)

func of(found []Finding, check string) Finding {
	for _, f := range found {
		if f.Check == check {
			return f
		}
	}
	return Finding{}
}

// TestLook_ThisMachine: every check runs here and comes to a conclusion, and
// leaves nothing behind.
func TestLook_ThisMachine(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	found := Look(t.Context(), Patient{Data: dir, Now: time.Now})
	for _, check := range []string{"file_system", "fast_commit", "fsync", "disk_room", "inodes", "folder", "open_files", "memory", "clock", "reach", "push", "server"} {
		if f := of(found, check); f.Check == "" {
			t.Errorf("%s was not looked at", check)
		} else {
			t.Logf("%s %s: %s", f.Check, f.Level, f.En)
		}
	}
	if f := of(found, "folder"); f.Level != Fine {
		t.Errorf("an empty folder: %+v", f)
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("left behind: %v", list)
	}
	if err := os.WriteFile(filepath.Join(dir, storeFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if f := folder(dir); f.Level != Now {
		t.Errorf("a store without keys: %+v", f)
	}
	if err := os.WriteFile(filepath.Join(dir, keysFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if f := folder(dir); f.Level != Soon {
		t.Errorf("a store that all can read: %+v", f)
	}
	if f := honesty(filepath.Join(dir, "gone")); f.Level != Now {
		t.Errorf("no folder: %+v", f)
	}
}

// TestLook_Origin asks a real TLS server: one that phones trust, one that they
// don't, and none.
func TestLook_Origin(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=1")
	}))
	t.Cleanup(srv.Close)
	known := x509.NewCertPool()
	known.AddCert(srv.Certificate())
	p := Patient{Origin: srv.URL, Now: time.Now, tls: &tls.Config{RootCAs: known}}
	found := p.reach(t.Context())
	for _, check := range []string{"reach", "certificate", "clock_offset"} {
		if of(found, check).Level != Fine {
			t.Errorf("%s: %+v", check, of(found, check))
		}
	}
	p.tls = nil
	if f := p.Certificate(t.Context()); f.Level != Now {
		t.Errorf("an unknown authority: %+v", f)
	}
	srv.Close()
	if f := of(p.reach(t.Context()), "reach"); f.Level != Now {
		t.Errorf("nobody there: %+v", f)
	}
	p.Origin = "http://banso.example"
	if f := of(p.reach(t.Context()), "reach"); f.Level != Now {
		t.Errorf("no TLS: %+v", f)
	}
}

// TestTell says something once, again after a day, and once that all is well;
// a webhook that fails is tried again the next time.
func TestTell(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	status := http.StatusOK
	var got []Report
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var rep Report
		if err := json.UnmarshalRead(r.Body, &rep); err != nil {
			t.Error(err)
		}
		if status == http.StatusOK {
			got = append(got, rep)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(srv.Close)
	bad := []Finding{judgeRoom(0, gib, 0), judgeMemory(4 * gib)}
	tell := func(found []Finding, after time.Duration, told int) {
		t.Helper()
		now = now.Add(after)
		err := Tell(t.Context(), dir, found, Ears{Webhook: srv.URL + "/?key=geheim"}, now)
		if (err != nil) != (status != http.StatusOK) {
			t.Errorf("tell: %v", err)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("the error names the secret: %v", err)
		}
		if len(got) != told {
			t.Fatalf("told %d times, want %d", len(got), told)
		}
	}
	tell(bad[1:], 0, 0) // all is well from the start: nothing to say
	status = http.StatusBadGateway
	tell(bad, time.Hour, 0)
	status = http.StatusOK
	tell(bad, time.Hour, 1)
	tell(bad, time.Hour, 1)
	tell(bad, again, 2)
	tell(bad[1:], time.Hour, 3)
	tell(bad[1:], time.Hour, 3)
	if got[0].Level != Now || len(got[0].Findings) != 1 || got[2].Level != Fine || len(got[2].Findings) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestTell_Mail sends a letter to a small mail server.
func TestTell_Mail(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var box pushtest.Mailbox
	go box.Serve(l)
	to := fmt.Sprintf("smtp://%s/?from=banso@example.org&to=so.tttt@example.org", l.Addr())
	if err := Tell(context.Background(), t.TempDir(), []Finding{judgeRoom(0, gib, 0)}, Ears{Mail: to}, time.Now()); err != nil {
		t.Fatal(err)
	}
	got := box.Letters()[0]
	for _, want := range []string{"To: <so.tttt@example.org>", "=?UTF-8?q?B=E1=BA=A3n_S", "text/plain; charset=UTF-8"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if err := Tell(context.Background(), t.TempDir(), []Finding{judgeRoom(0, gib, 0)}, Ears{Mail: "nobody"}, time.Now()); err == nil {
		t.Error("a setting that is no address was taken")
	}
}
