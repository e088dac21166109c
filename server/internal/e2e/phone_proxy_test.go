package e2e

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/app"
)

// behindCaddy runs the real Caddy with the committed Caddyfile in front of an
// address, on ports of its own and with an authority that it makes. It returns
// the https address and how a browser is told to trust that authority alone.
func behindCaddy(t *testing.T, upstream string) (base string, trust chromedp.ExecAllocatorOption) {
	t.Helper()
	tool, err := exec.LookPath("caddy")
	if err != nil {
		t.Skip("no caddy on this machine (package caddy)")
	}
	text, err := os.ReadFile("../../../deploy/proxy/Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	var ports [2]string
	for i := range ports {
		addr, err := load.FreeAddr()
		if err != nil {
			t.Fatal(err)
		}
		_, ports[i], _ = net.SplitHostPort(addr)
	}
	const at = "\tadmin off\n"
	if !strings.Contains(string(text), at) {
		t.Fatal("the Caddyfile has changed")
	}
	home := t.TempDir()
	path := filepath.Join(home, "Caddyfile")
	own := fmt.Sprintf("%s\tlocal_certs\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n\thttp_port %s\n\thttps_port %s\n", at, ports[0], ports[1])
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), at, own, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, "run", "--config", path, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home, "BANSO_UPSTREAM="+upstream)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	keys := awaitProxy(t, filepath.Join(home, "caddy/pki/authorities/local/root.crt"), "https://localhost:"+ports[1])
	return "https://localhost:" + ports[1], chromedp.Flag("ignore-certificate-errors-spki-list", keys)
}

// awaitProxy waits until the proxy serves, for somebody who trusts its
// authority, and returns the hashes of the keys that it shows.
func awaitProxy(t *testing.T, path, base string) (keys string) {
	t.Helper()
	var last error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		text, err := os.ReadFile(path)
		if last = err; err != nil {
			continue
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(text)
		c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}}}
		res, err := c.Get(base + "/readyz")
		if last = err; err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				for _, c := range res.TLS.PeerCertificates {
					sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
					keys += base64.StdEncoding.EncodeToString(sum[:]) + ","
				}
				return strings.TrimSuffix(keys, ",")
			}
		}
	}
	t.Fatalf("the proxy does not serve: %v", last)
	return ""
}

// TestPhone_ThroughCaddy: the app over TLS behind the proxy of the handbook. It
// is activated, works with a photo, goes on while the proxy has nobody behind
// it, and hands in what was logged meanwhile when the server is back.
func TestPhone_ThroughCaddy(t *testing.T) {
	w := newPhoneWorldWith(t, app.Config{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	base, trust := behindCaddy(t, w.line.addr())
	b := phoneBrowser(t, base, t.TempDir(), trust)
	b.activate(w.code(pMember))
	b.ready()
	var secure bool
	b.JS(`isSecureContext && location.protocol === "https:" && performance.getEntriesByType("navigation")[0].nextHopProtocol === "h2"`, &secure)
	if !secure {
		t.Error("not a secure page over HTTP/2")
	}
	b.logOne("DVC_NOP_HO_SO", "Số hồ sơ nộp", 3, picture(t, 3, 800, 600))
	b.screen("#/entries")
	b.Until("the photo with the server", `document.body.innerText.includes("ảnh đã nhận")`)

	w.line.set(true) // the proxy stands, the server doesn't answer it
	b.logOne("AN_TOAN_SO", "Số người", 12, "")
	if n := len(w.queue()); n != 1 {
		t.Fatalf("%d entries while nobody stands behind the proxy", n)
	}
	w.line.set(false)
	b.JS(`dispatchEvent(new Event("online"))`, nil)
	w.waitFor("the second entry", func() bool { return len(w.queue()) == 2 })
	b.See("Đã gửi tất cả")
	b.Silent()
}
