package doctor

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxPart bounds what a part of a bundle takes in from the server.
const maxPart = 32 << 20

// shown are the settings whose value is in a bundle; of all others only that
// they are set: they may hold secrets or names of people's machines.
var shown = []string{"access-ttl", "addr", "backup-every", "drain", "log-format", "log-level", "max-bytes", "metrics-addr", "photos", "team-photo-bytes"}

// Bundle writes what somebody far away needs to understand a problem: a
// tar.gz of findings, figures, stacks and settings, and nothing of people. A
// part that can't be had is replaced by the reason.
func Bundle(ctx context.Context, w io.Writer, p Patient, version string, settings map[string]string) error {
	zipped := gzip.NewWriter(w)
	out := tar.NewWriter(zipped)
	found, err := json.Marshal(Look(ctx, p), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	parts := []part{{"version.txt", []byte(version + "\n")}, {"doctor.json", found}, {"settings.txt", settingsText(settings)}, {"host.txt", hostText()}}
	for name, path := range map[string]string{"metrics.txt": "/metrics", "goroutines.txt": "/debug/pprof/goroutine?debug=1",
		"heap.pb.gz": "/debug/pprof/heap", "allocs.pb.gz": "/debug/pprof/allocs"} {
		b, err := inside(ctx, p.Socket, path)
		if err != nil {
			b = []byte("not to be had: " + reason(err) + "\n")
		}
		parts = append(parts, part{name, b})
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	for _, f := range parts {
		head := &tar.Header{Name: "banso-bundle/" + f.name, Mode: 0o600, Size: int64(len(f.text)), ModTime: p.Now()}
		if err := out.WriteHeader(head); err != nil {
			return err
		}
		if _, err := out.Write(f.text); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), zipped.Close())
}

type part struct {
	name string
	text []byte
}

func inside(ctx context.Context, socket, path string) ([]byte, error) {
	if socket == "" {
		return nil, errors.New("no debug socket was named")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://inside"+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := Inside(socket).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(io.LimitReader(res.Body, maxPart))
}

func settingsText(settings map[string]string) []byte {
	var b strings.Builder
	names := make([]string, 0, len(settings))
	for n := range settings {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		value := "(set)"
		if slices.Contains(shown, n) {
			value = settings[n]
		}
		fmt.Fprintf(&b, "%s: %s\n", n, value)
	}
	return []byte(b.String())
}

func hostText() []byte {
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		kernel = []byte("unknown\n")
	}
	return fmt.Appendf(nil, "%s/%s, %d CPUs\nkernel %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), kernel)
}
