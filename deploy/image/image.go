package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// User runs the server in the image; nobody else is in it.
const User = 65532

// Compile builds the binary that goes into the image: static, without paths of
// this machine, the same bytes from the same source wherever it is built.
func Compile(root, out, arch string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", out, "./server")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOFLAGS=", "GOAMD64=v1")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("image: %w\n%s", err, text)
	}
	return nil
}

// Build makes an image of the binary alone: no shell, no libraries, one volume.
// The same binary gives the same image, to the byte.
func Build(binary, arch, version string) (v1.Image, error) {
	layer, err := files(binary)
	if err != nil {
		return nil, err
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layer)), nil })
	if err != nil {
		return nil, err
	}
	img, err := mutate.AppendLayers(empty.Image, l)
	if err != nil {
		return nil, err
	}
	cfg := &v1.ConfigFile{
		Architecture: arch, OS: "linux", Created: v1.Time{Time: time.Unix(0, 0).UTC()},
		RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{
			Entrypoint: []string{"/banso"}, Cmd: []string{"serve"}, User: fmt.Sprintf("%d:%[1]d", User), WorkingDir: "/data",
			Env:          []string{"PATH=/", "BANSO_DATA=/data", "BANSO_ADDR=:8080", "BANSO_LOG_FORMAT=json", "BANSO_LOG_LEVEL=info"},
			Volumes:      map[string]struct{}{"/data": {}},
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
			StopSignal:   "SIGTERM",
			Healthcheck:  &v1.HealthConfig{Test: []string{"CMD", "/banso", "ping"}, Interval: 30 * time.Second, Timeout: 5 * time.Second, StartPeriod: 10 * time.Second, Retries: 3},
			Labels: map[string]string{"org.opencontainers.image.title": "Bản Số", "org.opencontainers.image.version": version,
				"org.opencontainers.image.source": "https://github.com/banso/banso"},
		},
	}
	base, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	cfg.RootFS = base.RootFS
	cfg.History = []v1.History{{CreatedBy: "deploy/image", Created: v1.Time{Time: time.Unix(0, 0).UTC()}}}
	return mutate.ConfigFile(img, cfg)
}

// files is the only layer.
func files(binary string) ([]byte, error) {
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	passwd := fmt.Sprintf("banso:x:%d:%[1]d:Bản Số:/data:/none\n", User)
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range []struct {
		name string
		mode int64
		uid  int
		text []byte
	}{
		{"etc/", 0o755, 0, nil}, {"etc/passwd", 0o644, 0, []byte(passwd)},
		{"data/", 0o700, User, nil}, {"tmp/", 0o1777, 0, nil}, {"banso", 0o755, 0, program},
	} {
		h := &tar.Header{Name: f.name, Mode: f.mode, Uid: f.uid, Gid: f.uid, Size: int64(len(f.text)), Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		if strings.HasSuffix(f.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Write makes the archive.
func Write(img v1.Image, out, version string) error {
	tag, err := name.NewTag("banso:" + version)
	if err != nil {
		return err
	}
	return tarball.WriteToFile(out, tag, img)
}

// Run compiles and builds into an archive that docker, podman and containerd
// load.
func Run(root, out, arch, version string) (digest string, err error) {
	dir, err := os.MkdirTemp("", "image")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "banso")
	if err := Compile(root, bin, arch); err != nil {
		return "", err
	}
	img, err := Build(bin, arch, version)
	if err != nil {
		return "", err
	}
	if err := Write(img, out, version); err != nil {
		return "", err
	}
	d, err := img.Digest()
	return d.String(), err
}
