package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/app"
)

// supervisor starts the server as systemd would: with an open socket as
// descriptor 3, and a socket on which it is told how things are.
type supervisor struct {
	t      *testing.T
	bin    string
	args   []string
	socket *os.File
	addr   string
	notify *net.UnixConn
	told   chan string
}

func newSupervisor(t *testing.T, args ...string) *supervisor {
	t.Helper()
	dir := t.TempDir()
	bin := binary(t)
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	file, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "n") // a socket's path has little room
	if err != nil {
		t.Fatal(err)
	}
	s := &supervisor{t: t, bin: bin, socket: file, addr: l.Addr().String(), told: make(chan string, 1000),
		args: append([]string{"serve", "--data", filepath.Join(dir, "data")}, args...)}
	if s.notify, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(short, "s"), Net: "unixgram"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); file.Close(); s.notify.Close(); os.RemoveAll(short) })
	go func() {
		b := make([]byte, 512)
		for {
			n, err := s.notify.Read(b)
			if err != nil {
				return
			}
			s.told <- string(b[:n])
		}
	}()
	return s
}

// start returns when the server says that it is ready.
func (s *supervisor) start() (stop func() (took time.Duration, err error)) {
	s.t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `LISTEN_PID=$$ exec "$0" "$@"`, s.bin}, s.args...)...)
	cmd.Env = append(os.Environ(), "LISTEN_FDS=1", "LISTEN_FDNAMES=banso.socket", "NOTIFY_SOCKET="+s.notify.LocalAddr().String(), "WATCHDOG_USEC=300000")
	cmd.ExtraFiles = []*os.File{s.socket}
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = cmd.Process.Kill() })
	s.await("READY=1")
	return func() (time.Duration, error) {
		begin := time.Now()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return 0, err
		}
		if err := cmd.Wait(); err != nil {
			return 0, fmt.Errorf("%w\n%s", err, log.Bytes())
		}
		return time.Since(begin), nil
	}
}

func (s *supervisor) await(state string) {
	s.t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		select {
		case got := <-s.told:
			if got == state {
				return
			}
		case <-deadline:
			s.t.Fatalf("the supervisor was not told %s", state)
		}
	}
}

// TestSupervised_RestartRefusesNobody restarts a server on a socket that stays
// open, while requests come on ever new connections: each is answered, the
// ones of the pause a little later.
func TestSupervised_RestartRefusesNobody(t *testing.T) {
	s := newSupervisor(t)
	stop := s.start()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	ctx, end := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var asked, longest atomic.Int64
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				begin := time.Now()
				if err := ask(client, "http://"+s.addr+"/v1/capabilities"); err != nil {
					t.Errorf("a request failed: %v", err)
					return
				}
				asked.Add(1)
				if took := int64(time.Since(begin)); took > longest.Load() {
					longest.Store(took)
				}
			}
		})
	}
	for range 3 {
		time.Sleep(100 * time.Millisecond)
		took, err := stop()
		if err != nil || took > 10*time.Second {
			t.Fatalf("stop by SIGTERM took %v: %v", took, err)
		}
		s.await("STOPPING=1")
		stop = s.start()
		s.await("WATCHDOG=1")
	}
	end()
	wg.Wait()
	if _, err := stop(); err != nil {
		t.Error(err)
	}
	t.Logf("%d requests during 3 restarts, the longest waited %v", asked.Load(), time.Duration(longest.Load()))
	if asked.Load() < 50 {
		t.Errorf("only %d requests were asked", asked.Load())
	}
}

func ask(c *http.Client, url string) error {
	res, err := c.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", res.StatusCode)
	}
	return nil
}

// TestRun_StoppedEarly: a stop that comes while the server starts is a stop,
// not a failure.
func TestRun_StoppedEarly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := app.Run(ctx, app.Config{Addr: "127.0.0.1:0", Data: t.TempDir()}, io.Discard); err != nil {
		t.Error(err)
	}
}

// TestSupervised_StopWithASlowBody ends in less than 10 s although somebody's
// body never ends and somebody has connected and says nothing.
func TestSupervised_StopWithASlowBody(t *testing.T) {
	s := newSupervisor(t)
	stop := s.start()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	silent, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, err := io.WriteString(c, "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	took, err := stop()
	if err != nil || took > 10*time.Second {
		t.Errorf("stop by SIGTERM took %v: %v", took, err)
	}
}

// TestSupervised_Drain: a server that is told to drain says on /readyz that it
// stops, and goes on answering everything else.
func TestSupervised_Drain(t *testing.T) {
	s := newSupervisor(t, "--drain", "1s")
	stop := s.start()
	client := &http.Client{Timeout: 5 * time.Second}
	if err := ask(client, "http://"+s.addr+"/readyz"); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() {
		took, err := stop()
		if err == nil && (took < time.Second || took > 10*time.Second) {
			err = fmt.Errorf("took %v", took)
		}
		stopped <- err
	}()
	s.await("STOPPING=1")
	time.Sleep(100 * time.Millisecond)
	if err := ask(client, "http://"+s.addr+"/readyz"); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("/readyz while draining: %v", err)
	}
	if err := ask(client, "http://"+s.addr+"/v1/capabilities"); err != nil {
		t.Errorf("while draining: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestDebugSocket answers on a socket for its owner alone, and nowhere else.
func TestDebugSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "n")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "debug.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false) // as a killed run leaves it
	left.Close()
	s := newSupervisor(t, "--debug-socket", path)
	stop := s.start()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	inside := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	for _, p := range []string{"/debug/pprof/goroutine", "/debug/pprof/heap", "/metrics"} {
		if err := ask(inside, "http://local"+p); err != nil {
			t.Errorf("%s on the socket: %v", p, err)
		}
		if err := ask(http.DefaultClient, "http://"+s.addr+p); err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("%s at the API: %v", p, err)
		}
	}
	inside.CloseIdleConnections()
	s.consult(path, "fine")
	if _, err := stop(); err != nil {
		t.Error(err)
	}
	s.consult(path, "now")
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is left: %v", err)
	}
}

// consult asks the doctor beside the server, and how he finds it; his exit
// code says how urgent the worst of it is.
func (s *supervisor) consult(socket, want string) {
	s.t.Helper()
	cmd := exec.Command(s.bin, "doctor", "--json", "--data", s.args[2], "--debug-socket", socket)
	out, err := cmd.Output()
	var found []struct{ Check, Level string }
	if e := json.Unmarshal(out, &found, json.MatchCaseInsensitiveNames(true), json.RejectUnknownMembers(false)); e != nil || len(found) < 12 {
		s.t.Fatalf("doctor: %v %v\n%s", err, e, out)
	}
	code := 0
	for _, f := range found {
		if f.Check == "server" && f.Level != want {
			s.t.Errorf("the doctor finds the server %s, want %s", f.Level, want)
		}
		code = max(code, map[string]int{"soon": 3, "now": 4}[f.Level])
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		s.t.Errorf("exit code %d, want %d\n%s", got, code, out)
	}
}
