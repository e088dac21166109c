package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Server is a child process that serves on a loopback address.
type Server struct {
	Addr      string // host:port
	Pid       int
	SetupCode string // printed at the first start of a folder; read it with Setup
	Ready     time.Duration
	Args      []string // of the command

	cmd  *exec.Cmd
	mu   sync.Mutex
	log  []string
	done chan struct{}
	err  error
}

// Build compiles the server (and nothing else) into dir and returns its path.
// root is the project's folder. "go run" keeps what it has linked, which "go
// build" does not: many tests want this binary.
func Build(root, dir string) (string, error) {
	cmd := exec.Command("go", "run", "-exec", "cp -t "+dir, "./server")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("load: build: %w\n%s", err, out)
	}
	bin := filepath.Join(dir, "banso")
	return bin, os.Rename(filepath.Join(dir, "server"), bin)
}

var setupCode = regexp.MustCompile(`(?i)setup code[^:]*:\s*(\S+)`)

// Start runs a command that listens on addr and waits until /readyz answers.
func Start(addr string, name string, args ...string) (*Server, error) {
	return run(addr, exec.Command(name, args...))
}

// Serve runs the server on a data folder and a free address.
func Serve(bin, data string, more ...string) (*Server, error) {
	addr, err := FreeAddr()
	if err != nil {
		return nil, err
	}
	return Start(addr, bin, append([]string{"serve", "--addr", addr, "--data", data}, more...)...)
}

// StartOn is Start on a socket that stays open when the command ends, as a
// supervisor passes it: descriptor 3.
func StartOn(socket *net.TCPListener, name string, args ...string) (*Server, error) {
	file, err := socket.File()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	cmd := exec.Command("sh", append([]string{"-c", `LISTEN_PID=$$ exec "$0" "$@"`, name}, args...)...)
	cmd.Env = append(os.Environ(), "LISTEN_FDS=1")
	cmd.ExtraFiles = []*os.File{file}
	return run(socket.Addr().String(), cmd)
}

func run(addr string, cmd *exec.Cmd) (*Server, error) {
	s := &Server{Addr: addr, Args: cmd.Args[1:], cmd: cmd, done: make(chan struct{})}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.cmd.Stderr = s.cmd.Stdout
	start := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.Pid = s.cmd.Process.Pid
	read := make(chan struct{})
	go func() {
		defer close(read)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			s.line(sc.Text())
		}
	}()
	go func() {
		<-read
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	if err := s.await(30 * time.Second); err != nil {
		s.Kill()
		return nil, fmt.Errorf("%w\n%s", err, s.Log())
	}
	s.Ready = time.Since(start)
	return s, nil
}

func (s *Server) line(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := setupCode.FindStringSubmatch(text); m != nil {
		s.SetupCode = m[1]
	}
	if len(s.log) < 1000 {
		s.log = append(s.log, text)
	}
}

// Setup is the setup code; what a process prints may arrive after it answers.
func (s *Server) Setup() string {
	for range 200 {
		s.mu.Lock()
		code := s.SetupCode
		s.mu.Unlock()
		if code != "" {
			return code
		}
		time.Sleep(10 * time.Millisecond)
	}
	return ""
}

// Log is what the process has printed, its first 1,000 lines.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.log, "\n")
}

func (s *Server) await(d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	for {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr+"/readyz", nil)
		if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.done:
			return fmt.Errorf("load: the server ended: %v", s.err)
		case <-ctx.Done():
			return errors.New("load: the server did not become ready")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Kill is kill -9; it returns when the process is gone.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// Stop is SIGTERM and waits for the end.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.done:
		return s.err
	case <-time.After(15 * time.Second):
		s.Kill()
		return errors.New("load: the server did not stop within 15 s")
	}
}
