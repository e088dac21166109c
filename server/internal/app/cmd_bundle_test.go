package app_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
)

// TestBundle_HoldsNobody: a support bundle of a server that people work with
// has what helps and none of their names, logins, passwords, tokens or ids.
func TestBundle_HoldsNobody(t *testing.T) {
	dir, err := os.MkdirTemp("", "n") // a socket's path has little room
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	bin, socket, data := binary(t), filepath.Join(dir, "s"), filepath.Join(dir, "data")
	settings := filepath.Join(dir, "banso.yaml")
	text := "log-level: info\ndoctor-mail: smtp://canary-user:canary-secret@127.0.0.1/?from=a@b.c&to=canary@b.c\n"
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := load.Serve(bin, data, "--debug-socket", socket, "--config", settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	admin, phones, err := load.Accounts(t.Context(), s, 3)
	if err != nil {
		t.Fatal(err)
	}
	canaries := []string{"Quản trị (đo)", "Thành viên đo", "Tổ đo", "canary", admin.Session().Access, admin.Session().Refresh, s.SetupCode}
	for i, p := range phones {
		if err := p.Reconnect(s.Addr, i); err != nil {
			t.Fatal(err)
		}
		p.Prepare(5, time.Now().Format(time.DateOnly))
		if _, _, err := p.Sync(true); err != nil {
			t.Fatal(err)
		}
		canaries = append(canaries, p.Token, string(p.Person), string(p.Team))
	}
	file := filepath.Join(dir, "bundle.tar.gz")
	out, err := exec.CommandContext(context.WithoutCancel(t.Context()), bin, "bundle", file, "--data", data, "--debug-socket", socket, "--config", settings, "--push-contact", "canary").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	parts := unpack(t, file)
	for _, c := range canaries {
		for name, text := range parts {
			if c != "" && strings.Contains(text, c) {
				t.Errorf("%s holds %q", name, c)
			}
		}
		if log := s.Log(); c != "" && c != s.SetupCode && strings.Contains(log, c) {
			t.Errorf("the log holds %q", c)
		}
	}
	for name, want := range map[string]string{"metrics.txt": "banso_sync_verdicts_total", "goroutines.txt": "goroutine profile", "doctor.json": `"check": "push",
    "level": "soon"`,
		"settings.txt": "doctor-mail: (set)", "version.txt": "banso", "host.txt": "linux"} {
		if !strings.Contains(parts["banso-bundle/"+name], want) {
			t.Errorf("%s has no %q: %.200s", name, want, parts["banso-bundle/"+name])
		}
	}
}

// unpack reads a bundle; profiles, which are packed themselves, unpacked too.
func unpack(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		var part io.Reader = r
		if strings.HasSuffix(h.Name, ".gz") {
			if part, err = gzip.NewReader(r); err != nil {
				t.Fatalf("%s: %v", h.Name, err)
			}
		}
		b, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[h.Name] = string(b)
	}
}
