package proxy

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
)

// TestGateway_ThreeShards: three provinces' servers on this machine behind the
// committed gateway; each name reaches its own, and a province without a
// server is down alone.
func TestGateway_ThreeShards(t *testing.T) {
	tool, err := exec.LookPath("caddy")
	if err != nil {
		t.Skip("no caddy on this machine (package caddy)")
	}
	text := read(t, "gateway.Caddyfile")
	if n := strings.Count(text, "\nimport shard "); n != 34 {
		t.Errorf("%d provinces, want 34", n)
	}
	dir := t.TempDir()
	bin, err := load.Build("../..", dir)
	if err != nil {
		t.Fatal(err)
	}
	f := front{name: "laocai.banso.example", addr: freeAddr(t), plain: freeAddr(t), net: "127.0.4"}
	swaps := []string{"\tadmin off\n", fmt.Sprintf("\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n\thttp_port %s\n\thttps_port %s\n", port(f.plain), port(f.addr))}
	codes := map[string]bool{}
	for _, shard := range [][2]string{{"hanoi", "8112"}, {"laocai", "8120"}, {"dongnai", "8109"}} {
		addr := freeAddr(t)
		s, err := load.Start(addr, bin, "serve", "--addr", addr, "--data", filepath.Join(dir, shard[0]), "--trusted-proxies", "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Kill)
		codes[s.Setup()] = true
		swaps = append(swaps, shard[0]+" 127.0.0.1:"+shard[1], shard[0]+" "+addr)
	}
	if len(codes) != 3 {
		t.Errorf("three servers gave %d setup codes", len(codes))
	}
	home := t.TempDir()
	path := edited(t, "gateway.Caddyfile", swaps...)
	child(t, []string{"HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_CONFIG_HOME=" + home}, tool, "run", "--config", path, "--adapter", "caddyfile")
	f.await(t)
	for name, want := range map[string]int{"hanoi": http.StatusOK, "laocai": http.StatusOK, "dongnai": http.StatusOK, "hue": http.StatusBadGateway} {
		g := f
		g.name = name + ".banso.example"
		g.answers(t, want)
	}
}

// answers asks for a name until it answers as it should: its certificate may
// still be under way.
func (f front) answers(t *testing.T, want int) {
	t.Helper()
	c := f.from(f.net+".1", false)
	got := 0
	for range 200 {
		if res, err := c.Get("https://" + f.name + "/readyz"); err == nil {
			res.Body.Close()
			if got = res.StatusCode; got == want {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s answers %d, want %d", f.name, got, want)
}
