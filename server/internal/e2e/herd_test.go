package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// TestHerd: after an outage all phones come back at once, with more than the
// server takes in at a time. Each is served or told when to come again, the
// server's memory stays small, and every record is there once.
func TestHerd(t *testing.T) {
	n, window := 400, time.Second
	switch os.Getenv("CHECK") {
	case "full", "soak":
		n, window = 5000, 20*time.Second
	}
	if testing.Short() {
		n = 150
	}
	const pushes, size, most = 2, 20, 256 << 20
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, bin, data)
	_, phones, err := load.Accounts(t.Context(), s, n)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil { // setting up is not the herd's memory
		t.Fatal(err)
	}
	s = start(t, bin, data)
	h, err := load.ComeBack(s, phones, window, pushes, size, string(domain.DateOf(time.Now())))
	if err != nil || h.Failed > 0 {
		t.Errorf("%d phones failed, the first one: %v", h.Failed, err)
	}
	if h.Own > most {
		t.Errorf("%d MiB of the server's own memory", h.Own>>20)
	}
	t.Logf("%d phones within %v: told to come again %d times, all served after %v, %d MiB of own memory", n, window, h.Told, h.Took.Round(time.Millisecond), h.Own>>20)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	counted(t, data, phones)
	if out, err := exec.Command(bin, "check", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("banso check: %v\n%s", err, out)
	}
}

// counted wants as many activities of each phone in the file, read without the
// server, as it was told are safe.
func counted(t *testing.T, data string, phones []*load.Phone) {
	t.Helper()
	st, err := boltstore.Open(filepath.Join(data, "banso.db"), boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	now := domain.MonthOf(time.Now())
	if err := st.View(t.Context(), func(r store.Reader) error {
		for i, p := range phones {
			var there int64
			for _, m := range []domain.Month{now.Add(-1), now} { // it may have turned meanwhile
				if err := r.Members(syncproto.TeamMonthScope(p.Team, string(m)), syncproto.TypeActivity, func(*store.Record) bool {
					there++
					return true
				}); err != nil {
					return err
				}
			}
			if there != p.N {
				t.Errorf("phone %d: %d records there, %d acknowledged", i, there, p.N)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
