package image

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/banso/banso/deploy/load"
)

// TestImage builds it, finds the same bytes in a second build from a copy of
// the binary, and runs what is in the archive as its user in a root of its own.
func TestImage(t *testing.T) {
	dir := t.TempDir()
	bin := linked(t, dir)
	img, err := Build(bin, "amd64", "test")
	if err != nil {
		t.Fatal(err)
	}
	again, err := Build(bin, "amd64", "test")
	if err != nil {
		t.Fatal(err)
	}
	one, _ := img.Digest()
	two, _ := again.Digest()
	if one != two || one.Hex == "" {
		t.Errorf("two builds: %v, %v", one, two)
	}
	archive := filepath.Join(dir, "banso.tar")
	if err := Write(img, archive, "test"); err != nil {
		t.Fatal(err)
	}
	read, err := tarball.ImageFromPath(archive, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := read.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Config.User != "65532:65532" || len(cfg.Config.Volumes) != 1 || cfg.Config.Healthcheck == nil {
		t.Errorf("%+v", cfg.Config)
	}
	fs := filepath.Join(dir, "root")
	unpack(t, mutate.Extract(read), fs)
	if os.Getuid() != 0 {
		t.Skip("only root can give it a root of its own")
	}
	runIn(t, fs, cfg.Config.Env)
}

// linked is a static binary from what is compiled already: Compile itself
// would compile everything anew for some minutes.
func linked(t *testing.T, dir string) string {
	t.Helper()
	bin := filepath.Join(dir, "banso")
	cmd := exec.Command("go", "build", "-ldflags=-s -w -linkmode=external -extldflags=-static", "-o", bin, "./server")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil || dynamic(t, bin) {
		t.Skipf("no static binary can be linked from compiled packages here (gcc, libc6-dev): %v\n%s", err, out)
	}
	return bin
}

// dynamic says whether a binary needs a loader.
func dynamic(t *testing.T, bin string) bool {
	t.Helper()
	f, err := elf.Open(bin)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	libs, err := f.ImportedLibraries()
	return err == nil && len(libs) > 0
}

// TestCompile_Reproducible: two builds from two folders give the same bytes,
// which name neither. Each compiles everything anew.
func TestCompile_Reproducible(t *testing.T) {
	if c := os.Getenv("CHECK"); c != "full" && c != "soak" {
		t.Skip("compiles everything twice: CHECK=full")
	}
	var sums [2][]byte
	for i := range sums {
		root := filepath.Join(t.TempDir(), "source")
		if out, err := exec.Command("git", "clone", "-q", "../..", root).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Setenv("GOCACHE", t.TempDir())
		bin := filepath.Join(t.TempDir(), "banso")
		if err := Compile(root, bin, "amd64"); err != nil {
			t.Fatal(err)
		}
		var err error
		if sums[i], err = os.ReadFile(bin); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(sums[i], []byte(root)) || dynamic(t, bin) {
			t.Error("the binary names where it was built, or needs a loader")
		}
	}
	if !bytes.Equal(sums[0], sums[1]) {
		t.Error("two builds differ")
	}
}

// unpack writes the file system of an image; data belongs to its user.
func unpack(t *testing.T, r io.ReadCloser, fs string) {
	t.Helper()
	defer r.Close()
	names := ""
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names += h.Name + " "
		path := filepath.Join(fs, filepath.Clean("/"+h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, os.FileMode(h.Mode).Perm())
		} else {
			b, e := io.ReadAll(in)
			err = errors.Join(e, os.WriteFile(path, b, os.FileMode(h.Mode).Perm()))
		}
		if err == nil && os.Getuid() == 0 {
			err = os.Chown(path, h.Uid, h.Gid)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(names, "sh ") || strings.Count(names, " ") > 5 {
		t.Errorf("more than needed is in the image: %s", names)
	}
}

func runIn(t *testing.T, fs string, env []string) {
	t.Helper()
	for d := fs; d != os.TempDir() && d != "/"; d = filepath.Dir(d) { // its user must get there
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	addr, err := load.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) *exec.Cmd {
		cmd := exec.Command("/banso", args...)
		cmd.Dir, cmd.Env = "/data", append(env, "BANSO_ADDR="+addr)
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: fs, Credential: &syscall.Credential{Uid: User, Gid: User}, Pdeathsig: syscall.SIGKILL}
		return cmd
	}
	cmd := run("serve")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	ready := false
	for end := time.Now().Add(15 * time.Second); !ready && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		res, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			res.Body.Close()
			ready = res.StatusCode == http.StatusOK
		}
	}
	if out, err := run("ping", "http://"+addr+"/readyz").CombinedOutput(); err != nil || !ready {
		t.Fatalf("health check: %v, ready %t\n%s\n%s", err, ready, out, log.Bytes())
	}
	if out, err := run("ping", "http://127.0.0.1:1/").CombinedOutput(); err == nil {
		t.Errorf("the health check finds nobody healthy: %s", out)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("stop: %v\n%s", err, log.Bytes())
	}
	if _, err := os.Stat(filepath.Join(fs, "data/banso.db")); err != nil {
		t.Error(err)
	}
}
