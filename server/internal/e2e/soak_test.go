package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/domain"
)

// How long a soak is, and what may differ between its second quarter and its
// last one.
const (
	soakEvery     = 2 * time.Second  // a look at the process
	soakRenew     = 10 * time.Minute // before an access token ends
	slackMemory   = 12 << 20         // bytes: what the collector leaves for later
	slackPerHour  = 1 << 20          // bytes an hour, of a soak of hours
	slackRoutines = 24
	slackFiles    = 12
)

func soakTime(t *testing.T) (time.Duration, int) {
	switch os.Getenv("CHECK") {
	case "full":
		return 20 * time.Minute, 200
	case "soak":
		return 8 * time.Hour, 200
	}
	if testing.Short() {
		return 15 * time.Second, 20
	}
	return 3 * time.Minute, 60
}

// looked is one look at the process.
type looked struct {
	at              time.Duration
	memory          int64 // bytes of its own
	routines, files float64
}

// TestSoak: the real binary under a day's usual load, with new connections,
// dashboards that poll and backups, has after a long time no more goroutines,
// descriptors and memory than soon after its start.
func TestSoak(t *testing.T) {
	long, n := soakTime(t)
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	metrics, err := load.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	s := start(t, bin, data, "--metrics-addr", metrics, "--backup-to", filepath.Join(dir, "backups"), "--backup-every", "1m")
	admin, phones, err := load.Accounts(t.Context(), s, n)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	var wg sync.WaitGroup
	for i, p := range phones {
		wg.Go(func() {
			if err := visits(ctx, s.Addr, p, i, len(phones)); err != nil {
				t.Errorf("phone %d: %v", i, err)
			}
		})
	}
	wg.Go(func() {
		if err := polls(ctx, admin); err != nil {
			t.Errorf("dashboard: %v", err)
		}
	})
	list := watch(ctx, t, s.Pid, "http://"+metrics+"/metrics")
	wg.Wait()
	if err := s.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	flat(t, list, long)
	counted(t, data, phones)
	if out, err := exec.Command(bin, "check", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("banso check: %v\n%s", err, out)
	}
}

// visits is a phone's day: every few seconds something new, now and then over a
// new connection, and new tokens before the old ones end.
func visits(ctx context.Context, addr string, p *load.Phone, k, of int) error {
	pause := time.Duration(of) * 100 * time.Millisecond // ten visits a second by all together
	renew := time.Now().Add(soakRenew)
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause + time.Duration(k)*time.Millisecond):
		}
		if time.Now().After(renew) {
			if err := p.Renew(context.WithoutCancel(ctx)); err != nil {
				return fmt.Errorf("renew: %w", err)
			}
			renew = time.Now().Add(soakRenew)
		}
		if i%3 == 0 || pause > 20*time.Second { // the server closes what is idle
			if err := p.Reconnect(addr, k); err != nil {
				return err
			}
		}
		p.Prepare(1, string(domain.DateOf(time.Now())))
		if a, _, err := p.Sync(true); err != nil || a.Status != http.StatusOK {
			return fmt.Errorf("status %d: %w", a.Status, err)
		}
	}
}

// polls is a dashboard that stays open.
func polls(ctx context.Context, c *client.Client) error {
	month := string(domain.MonthOf(time.Now()))
	etag := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
		_, now, err := c.Board(context.WithoutCancel(ctx), "", month, month, "", etag)
		switch {
		case err == nil:
			etag = now
		case !errors.Is(err, client.ErrNotModified):
			return err
		}
	}
}

func watch(ctx context.Context, t *testing.T, pid int, metrics string) (list []looked) {
	began := time.Now()
	for {
		select {
		case <-ctx.Done():
			return list
		case <-time.After(soakEvery):
		}
		u, err := load.Use(pid)
		if err != nil {
			t.Error(err)
			return list
		}
		l := looked{at: time.Since(began), memory: u.Anon}
		if l.routines, l.files, err = gauges(metrics); err != nil {
			t.Error(err)
			return list
		}
		list = append(list, l)
	}
}

func gauges(url string) (routines, files float64, err error) {
	resp, err := http.Get(url)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(resp.Body)
	if err != nil {
		return 0, 0, err
	}
	for name, to := range map[string]*float64{"go_goroutines": &routines, "process_open_fds": &files} {
		f := families[name]
		if f == nil {
			return 0, 0, fmt.Errorf("no metric %s", name)
		}
		*to = f.Metric[0].GetGauge().GetValue()
	}
	return routines, files, nil
}

// flat compares the middle of the second quarter with that of the last: at the
// start caches fill. Memory is compared at its low, after a collection.
func flat(t *testing.T, list []looked, long time.Duration) {
	t.Helper()
	if len(list) < 4 {
		t.Fatalf("%d looks are too few", len(list))
	}
	q := len(list) / 4
	a, b := list[q:2*q], list[3*q:]
	mem := func(l looked) float64 { return float64(l.memory) }
	grown := low(b, mem) - low(a, mem)
	between := (b[0].at - a[0].at).Hours()
	may := max(slackMemory, slackPerHour*between)
	routines := median(b, func(l looked) float64 { return l.routines }) - median(a, func(l looked) float64 { return l.routines })
	files := median(b, func(l looked) float64 { return l.files }) - median(a, func(l looked) float64 { return l.files })
	t.Logf("in %v: own memory %+.1f MiB (of %.0f) over %.2f h, goroutines %+.0f, descriptors %+.0f", long, grown/(1<<20), low(a, mem)/(1<<20), between, routines, files)
	if grown > may {
		t.Errorf("own memory grew by %.1f MiB", grown/(1<<20))
	}
	if routines > slackRoutines || files > slackFiles {
		t.Errorf("%+.0f goroutines, %+.0f descriptors", routines, files)
	}
}

func low(list []looked, of func(looked) float64) float64 { return sorted(list, of)[len(list)/10] }

func median(list []looked, of func(looked) float64) float64 { return sorted(list, of)[len(list)/2] }

func sorted(list []looked, of func(looked) float64) (out []float64) {
	for _, l := range list {
		out = append(out, of(l))
	}
	slices.Sort(out)
	return out
}
