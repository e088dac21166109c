package proxy

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
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

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/syncproto"
)

// upstream is the real server on a socket that stays open.
type upstream struct {
	t      *testing.T
	socket *net.TCPListener
	bin    string
	data   string
	*load.Server
}

func newUpstream(t *testing.T) *upstream {
	t.Helper()
	dir := t.TempDir()
	bin, err := load.Build("../..", dir)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	u := &upstream{t: t, socket: socket, bin: bin, data: filepath.Join(dir, "data")}
	u.start()
	return u
}

func (u *upstream) start() {
	u.t.Helper()
	s, err := load.StartOn(u.socket, u.bin, "serve", "--data", u.data, "--trusted-proxies", "127.0.0.1")
	if err != nil {
		u.t.Fatal(err)
	}
	u.t.Cleanup(s.Kill)
	u.Server = s
}

// front is a proxy that runs; name is what callers ask for, net the network
// that they call from.
type front struct {
	name, addr, plain, net string
}

func freeAddr(t *testing.T) string {
	t.Helper()
	addr, err := load.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// child runs a proxy until the test ends.
func child(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		done := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		defer done.Stop()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", name, log.Bytes())
		}
	})
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// edited writes a committed file with some of its lines replaced; each must be
// there, so that the test stays a test of that file.
func edited(t *testing.T, name string, swaps ...string) string {
	t.Helper()
	text := read(t, name)
	for i := 0; i < len(swaps); i += 2 {
		if !strings.Contains(text, swaps[i]) {
			t.Fatalf("%s has no %q", name, swaps[i])
		}
		text = strings.ReplaceAll(text, swaps[i], swaps[i+1])
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// caddy runs the committed Caddyfile, with ports of its own and a certificate
// of an authority that it makes.
func caddy(t *testing.T, up string) front {
	t.Helper()
	tool, err := exec.LookPath("caddy")
	if err != nil {
		t.Skip("no caddy on this machine (package caddy)")
	}
	f := front{net: "127.0.2", name: "localhost", addr: freeAddr(t), plain: freeAddr(t)}
	home := t.TempDir()
	path := edited(t, "Caddyfile", "\tadmin off\n", fmt.Sprintf("\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n\thttp_port %s\n\thttps_port %s\n",
		port(f.plain), port(f.addr)))
	child(t, []string{"HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_CONFIG_HOME=" + home, "BANSO_UPSTREAM=" + up},
		tool, "run", "--config", path, "--adapter", "caddyfile")
	return f
}

func port(addr string) string { _, p, _ := net.SplitHostPort(addr); return p }

// nginx runs the committed server blocks inside the least of a main file.
func nginx(t *testing.T, up string) front {
	t.Helper()
	tool, err := exec.LookPath("nginx")
	if err != nil {
		if tool, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Skip("no nginx on this machine (package nginx-light)")
		}
	}
	f := front{net: "127.0.3", name: "banso.example", addr: freeAddr(t), plain: freeAddr(t)}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // its workers are another user
		t.Fatal(err)
	}
	certificate(t, dir, f.name)
	blocks := edited(t, "nginx.conf", "listen 443 ssl http2;", "listen "+f.addr+" ssl http2;", "listen 80;", "listen "+f.plain+";",
		"listen [::]:443 ssl http2;", "", "listen [::]:80;", "", "http://127.0.0.1:8080", "http://"+up, "/etc/ssl/banso/", dir+"/")
	main := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf("daemon off;\npid %[1]s/pid;\nerror_log stderr;\nevents {}\nhttp {\n"+
		"client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;\n"+
		"include %[2]s;\n}\n", dir, blocks)
	if err := os.WriteFile(main, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	child(t, nil, tool, "-p", dir, "-c", main)
	return f
}

// from is somebody at an address of the loopback network.
func (f front) from(ip string, kept bool) *http.Client {
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
	return &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableKeepAlives: !kept, ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: f.name}, // of an authority that nobody knows
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				if strings.HasSuffix(addr, ":80") {
					return d.DialContext(ctx, network, f.plain)
				}
				return d.DialContext(ctx, network, f.addr)
			}}}
}

func (f front) await(t *testing.T) {
	t.Helper()
	c := f.from("127.0.0.1", false)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		res, err := c.Get("https://" + f.name + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
			err = fmt.Errorf("status %d", res.StatusCode)
		}
		if time.Now().After(end) {
			t.Fatalf("the proxy does not serve: %v", err)
		}
	}
}

// TestProxies: each of them with the same server behind.
func TestProxies(t *testing.T) {
	up := newUpstream(t)
	for name, start := range map[string]func(*testing.T, string) front{"caddy": caddy, "nginx": nginx} {
		t.Run(name, func(t *testing.T) {
			f := start(t, up.Addr)
			f.await(t)
			t.Run("headers", f.headers)
			t.Run("caller", f.caller)
			t.Run("restart", func(t *testing.T) { f.restart(t, up) })
		})
	}
}

// headers of the front end come through as they are, and TLS is for ever.
func (f front) headers(t *testing.T) {
	c := f.from("127.0.0.1", false)
	res, err := c.Get("https://" + f.name + "/")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	h := res.Header
	if res.StatusCode != http.StatusOK || !bytes.Contains(page, []byte("<!doctype html")) && !bytes.Contains(page, []byte("<!DOCTYPE html")) {
		t.Errorf("%d %.80q", res.StatusCode, page)
	}
	if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(h.Get("Strict-Transport-Security"), "max-age=31536000") || h.Get("ETag") == "" {
		t.Errorf("headers: %v", h)
	}
	if n := len(h.Values("Content-Security-Policy")); n != 1 {
		t.Errorf("%d policies", n)
	}
	plain, err := c.Get("http://" + f.name + "/v1/capabilities")
	if err != nil {
		t.Fatal(err)
	}
	plain.Body.Close()
	if plain.StatusCode != http.StatusPermanentRedirect || !strings.HasPrefix(plain.Header.Get("Location"), "https://"+f.name) {
		t.Errorf("without TLS: %d to %s", plain.StatusCode, plain.Header.Get("Location"))
	}
	hidden, err := c.Get("https://" + f.name + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	hidden.Body.Close()
	if hidden.StatusCode != http.StatusNotFound {
		t.Errorf("/metrics from outside: %d", hidden.StatusCode)
	}
}

// caller: who guesses is known by his own address, whatever he claims, and
// who comes from another one is left alone.
func (f front) caller(t *testing.T) {
	guess := func(c *http.Client, i int) int {
		t.Helper()
		body := fmt.Sprintf(`{"login":"ai.do%d","password":"sai hoàn toàn nhé","install":%q}`, i, syncproto.NewRandomID(rand.Reader))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+f.name+"/v1/auth/login", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		for _, h := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"} {
			req.Header.Set(h, fmt.Sprintf("198.51.100.%d", i))
		}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	guesser := f.from(f.net+".2", true)
	last := 0
	for i := range 80 {
		if last = guess(guesser, i); last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Fatalf("80 guesses from one address were let through: %d", last)
	}
	if got := guess(f.from(f.net+".3", false), 99); got == http.StatusTooManyRequests {
		t.Error("somebody else pays for the guesser: the server sees the proxy's address")
	}
}

// restart of the server behind the proxy fails no request, on kept connections
// and new ones, with bodies and without.
func (f front) restart(t *testing.T, up *upstream) {
	ctx, end := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var asked atomic.Int64
	for i := range 6 {
		c := f.from(fmt.Sprintf("%s.%d", f.net, i+10), i%2 == 0)
		wg.Go(func() {
			for ctx.Err() == nil {
				if err := ask(c, "https://"+f.name, i); err != nil {
					t.Errorf("a request failed: %v", err)
					return
				}
				asked.Add(1)
			}
		})
	}
	for range 2 {
		time.Sleep(200 * time.Millisecond)
		begin := time.Now()
		if err := up.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("the stop took %v", took)
		}
		up.start()
	}
	end()
	wg.Wait()
	if asked.Load() < 20 {
		t.Errorf("only %d requests", asked.Load())
	}
	t.Logf("%d requests through 2 restarts, none failed", asked.Load())
}

// ask reads, or posts what is refused for what is in it: both are answers.
func ask(c *http.Client, base string, i int) error {
	var res *http.Response
	var err error
	want := http.StatusOK
	if i < 3 {
		res, err = c.Get(base + "/v1/capabilities")
	} else {
		want = http.StatusUnauthorized
		res, err = c.Post(base+"/v1/sync", "application/json", strings.NewReader(strings.Repeat(" ", 1000)+"{}"))
	}
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != want {
		return fmt.Errorf("status %d, want %d", res.StatusCode, want)
	}
	return nil
}
