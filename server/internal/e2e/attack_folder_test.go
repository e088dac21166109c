package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/syncproto"
)

// freshServer starts an empty server; end kills it.
func freshServer(t *testing.T, data string, extra ...string) *load.Server {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, bin, data, extra...)
}

// refused starts the binary on a folder and wants one sentence, an exit code
// that is not 0, and every file as it was.
func refused(t *testing.T, name, dir string, args ...string) {
	t.Helper()
	before := folder(t, dir)
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, bin, append(args, "--data", dir)...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case !errors.As(err, &exit) || exit.ExitCode() <= 0:
		t.Errorf("%s: %v\n%s", name, err, out)
	case bytes.Contains(out, []byte("goroutine ")) || bytes.Contains(out, []byte("panic")) || bytes.Count(bytes.TrimSpace(out), []byte("\n")) > 1:
		t.Errorf("%s: no sentence:\n%s", name, out)
	case folder(t, dir) != before:
		t.Errorf("%s: the folder was changed:\n%s\n%s\n%s", name, before, folder(t, dir), out)
	}
}

// folder is names, sizes and a mark of the content of a folder.
func folder(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.IsDir() {
			fmt.Fprintln(&out, e.Name())
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fp := syncproto.Fingerprint(b)
		fmt.Fprintln(&out, e.Name(), len(b), fp.String())
	}
	return out.String()
}

// TestAttack_Folder: a damaged folder, or one in use, is refused in a sentence
// and left as it is.
func TestAttack_Folder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	srv := freshServer(t, data)
	refused2 := func(name string) { // a lock is no change of the file
		t.Helper()
		bin, _ := binary()
		out, err := exec.Command(bin, "serve", "--addr", "127.0.0.1:0", "--data", data).CombinedOutput()
		if err == nil || bytes.Contains(out, []byte("goroutine ")) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	refused2("a second server")
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	if list := folder(t, data); strings.Count(list, "\n") < 2 {
		t.Fatalf("store and keys are missing:\n%s", list)
	}
	files, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() == "lock" || f.IsDir() { // folders of photos are only made when missing
			continue
		}
		b, err := os.ReadFile(filepath.Join(data, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(path string) error{
			"missing":  os.Remove,
			"empty":    func(p string) error { return os.WriteFile(p, nil, 0o600) },
			"noise":    func(p string) error { return os.WriteFile(p, bytes.Repeat([]byte("x"), len(b)), 0o600) },
			"zeros":    func(p string) error { return os.WriteFile(p, make([]byte, len(b)), 0o600) },
			"a folder": func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) },
			"one page": func(p string) error { return os.WriteFile(p, b[:min(len(b)/2, 4096)], 0o600) },
			"three":    func(p string) error { return os.WriteFile(p, b[:min(len(b)/3, 3*4096)], 0o600) },
		} {
			dir := filepath.Join(t.TempDir(), "d")
			if err := os.CopyFS(dir, os.DirFS(data)); err != nil {
				t.Fatal(err)
			}
			if err := change(filepath.Join(dir, f.Name())); err != nil {
				t.Fatal(err)
			}
			if name == "a folder" {
				bin, _ := binary()
				if out, err := exec.Command(bin, "serve", "--addr", "127.0.0.1:0", "--data", dir).CombinedOutput(); err == nil || bytes.Contains(out, []byte("goroutine ")) {
					t.Errorf("%s a folder: %v\n%s", f.Name(), err, out)
				}
				continue
			}
			refused(t, f.Name()+" "+name, dir, "serve", "--addr", "127.0.0.1:0")
		}
	}
}

// TestAttack_FullDisk: pushes get 507 and lose nothing, reads go on, and a
// larger file heals it.
func TestAttack_FullDisk(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	srv := freshServer(t, data, "--max-bytes", "16777216")
	admin, phones, err := load.Accounts(t.Context(), srv, 2)
	if err != nil {
		t.Fatal(err)
	}
	p, full, acked := phones[0], false, 0
	for range 400 {
		if p.PreparedBytes() == 0 {
			p.Prepare(100, string(today()))
		}
		a, _, err := p.Sync(true)
		if err != nil {
			t.Fatal(err)
		}
		if full = a.Status == 507; full {
			break
		}
		acked += 100
	}
	if !full {
		t.Fatal("the file never filled up")
	}
	if _, err := admin.Me(t.Context()); err != nil {
		t.Errorf("a read while full: %v", err)
	}
	q := phones[1]
	if a, _, err := q.Sync(false); err != nil || a.Status != 200 {
		t.Errorf("a pull while full: %v %d %.200s", err, a.Status, a.Body)
	}
	if _, err := admin.Refresh(t.Context()); err != nil {
		t.Errorf("a refresh while full: %v", err)
	}
	if err := srv.Stop(); err != nil {
		t.Errorf("stop while full: %v\n%s", err, srv.Log())
	}
	srv = freshServer(t, data, "--max-bytes", "67108864")
	if err := p.Reconnect(srv.Addr, 0); err != nil {
		t.Fatal(err)
	}
	if a, _, err := p.Sync(true); err != nil || a.Status != 200 { // the same push again
		t.Fatalf("after it healed: %v %d", err, a.Status)
	}
	p.Rewind(map[syncproto.Scope]int64{syncproto.TeamMonthScope(p.Team, string(today().Month())): 0})
	got, more := 0, true
	for more {
		a, r, err := p.Sync(true)
		if err != nil || a.Status != 200 {
			t.Fatal(err, a.Status)
		}
		more = false
		for _, sc := range r.Scopes {
			if sc.Scope == syncproto.TeamMonthScope(p.Team, string(today().Month())) {
				got, more = got+len(sc.Changes), more || sc.More
			}
		}
	}
	if got != acked+100 {
		t.Errorf("%d records are there, %d were acknowledged", got, acked+100)
	}
}

// TestAttack_Drain: a SIGTERM under load ends in less than 10 s, and no
// request that was taken goes without its answer.
func TestAttack_Drain(t *testing.T) {
	srv := freshServer(t, filepath.Join(t.TempDir(), "data"))
	_, phones, err := load.Accounts(t.Context(), srv, 16)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var lost, done atomic.Int64
	for _, p := range phones {
		wg.Go(func() {
			for {
				p.Prepare(10, string(today()))
				a, _, err := p.Sync(true)
				if err == nil && a.Status == 200 {
					done.Add(1)
					continue
				}
				if err == nil {
					lost.Add(1)
					t.Logf("answered %d", a.Status)
				} else if !closedBetween(err) {
					lost.Add(1)
					t.Log(err)
				}
				return
			}
		})
	}
	wait, cancel := context.WithCancel(t.Context())
	defer cancel()
	go client.New("http://"+srv.Addr, client.Options{Session: client.Session{Access: phones[0].Token}}).Wait(wait, "x", 0)
	time.Sleep(400 * time.Millisecond)
	start := time.Now()
	if err := srv.Stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, srv.Log())
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("the stop took %v", d)
	}
	wg.Wait()
	if done.Load() == 0 || lost.Load() > 0 {
		t.Errorf("%d answered, %d failed", done.Load(), lost.Load())
	}
}

// closedBetween: the connection ended between two requests, or was closed
// before the request was read, and nobody listens for another one any more; a
// phone sends again.
func closedBetween(err error) bool {
	s := err.Error()
	return strings.Contains(s, "EOF") || strings.Contains(s, "reset") || strings.Contains(s, "broken pipe") || strings.Contains(s, "refused")
}

// TestAttack_LargeImport: a file that would hold the writer for long, or that is
// longer than a job may be, is refused before it begins.
func TestAttack_LargeImport(t *testing.T) {
	s := besieged(t)
	var b strings.Builder
	b.WriteString("ref,name,role,team_ref,from,to\n")
	row := func(i int) { fmt.Fprintf(&b, "big%d,Người Thử %d,member,T2,2022-01-01,\n", i, i) }
	refused := func(query string) {
		t.Helper()
		if st, body := s.post(s.as[pSys].Token(), "/v1/imports/members"+query, "text/csv", []byte(b.String())); st != 413 {
			t.Errorf("import: %d %.300s", st, body)
		}
	}
	for i := range 50_000 {
		row(i)
	}
	refused("") // in one transaction
	row(50_000)
	refused("?dry_run=true")
	p := s.phone[pForeign]
	p.push(p.activity(recordID(), s.team["T3"], string(today())))
}
