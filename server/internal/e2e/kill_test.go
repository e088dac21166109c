package e2e

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// kills is how often the server is killed, by tier.
func kills(t *testing.T) int {
	switch os.Getenv("CHECK") {
	case "full":
		return 1000
	case "soak":
		return 10_000
	}
	if testing.Short() {
		return 5
	}
	return 50
}

// writer is a phone and what it was told is safe.
type writer struct {
	*load.Phone
	acked []syncproto.ID
}

// TestKill9_NothingLostNothingTwice kills the real binary while phones push,
// starts it again on the same folder, and lets the phones send again what was
// not answered, as they do. In the end the file, read without the server,
// holds every acknowledged record exactly once and nothing else.
func TestKill9_NothingLostNothingTwice(t *testing.T) {
	dir := t.TempDir()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("SIM_SEED"); s != "" {
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	data := filepath.Join(dir, "data")
	s := start(t, bin, data)
	_, phones, err := load.Accounts(context.Background(), s, 8)
	if err != nil {
		t.Fatal(err)
	}
	writers := make([]*writer, len(phones))
	for i, p := range phones {
		writers[i] = &writer{Phone: p}
	}
	for range kills(t) {
		pushUntilKilled(s, writers, time.Duration(5+rnd.IntN(120))*time.Millisecond)
		s = start(t, bin, data)
		for i, w := range writers {
			if err := w.Reconnect(s.Addr, i); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, w := range writers { // what the last kill left unanswered
		if err := w.push(); err != nil {
			t.Fatalf("after the last start: %v", err)
		}
	}
	if err := s.Stop(); err != nil {
		t.Fatalf("stop: %v\n%s", err, s.Log())
	}
	readFile(t, data, writers)
	if out, err := exec.Command(bin, "check", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("banso check: %v\n%s", err, out)
	}
}

func start(t *testing.T, bin, data string, more ...string) *load.Server {
	t.Helper()
	s, err := load.Serve(bin, data, more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// pushUntilKilled lets all phones push until the server dies under them.
func pushUntilKilled(s *load.Server, writers []*writer, after time.Duration) {
	var wg sync.WaitGroup
	for _, w := range writers {
		wg.Go(func() {
			for w.push() == nil {
			}
		})
	}
	time.Sleep(after)
	s.Kill()
	wg.Wait()
}

// push sends what is under way, or something new, and notes what was
// acknowledged. A push that got no answer stays under way.
func (w *writer) push() error {
	if w.PreparedBytes() == 0 {
		w.Prepare(5, time.Now().In(domain.Zone).Format(time.DateOnly))
	}
	if _, r, err := w.Sync(true); err != nil {
		return err
	} else if r != nil {
		w.acked = append(w.acked, w.Prepared...)
	}
	return nil
}

// readFile looks at the file itself: each acknowledged record is there, with
// exactly one version, and there is no other.
func readFile(t *testing.T, data string, writers []*writer) {
	t.Helper()
	st, err := boltstore.Open(filepath.Join(data, "banso.db"), boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	month := string(domain.MonthOf(time.Now()))
	total := 0
	err = st.View(context.Background(), func(r store.Reader) error {
		for i, w := range writers {
			there := map[syncproto.ID]int{}
			err := r.Members(syncproto.TeamMonthScope(w.Team, month), syncproto.TypeActivity, func(rec *store.Record) bool {
				there[rec.ID]++
				return true
			})
			if err != nil {
				return err
			}
			for _, id := range w.acked {
				if there[id] != 1 {
					t.Errorf("phone %d: acknowledged record is there %d times", i, there[id])
				}
				if err := oneVersion(t, r, id); err != nil {
					return err
				}
			}
			if len(there) != len(w.acked) {
				t.Errorf("phone %d: %d records, %d acknowledged", i, len(there), len(w.acked))
			}
			total += len(w.acked)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total < len(writers)*5 {
		t.Fatalf("only %d records were acknowledged: the test saw nothing", total)
	}
	t.Logf("%d records acknowledged", total)
}

func oneVersion(t *testing.T, r store.Reader, id syncproto.ID) error {
	n := 0
	err := r.History(store.Key{Type: syncproto.TypeActivity, ID: id}, func(*store.Version) bool { n++; return true })
	if n != 1 {
		t.Errorf("a record was written %d times", n)
	}
	return err
}
