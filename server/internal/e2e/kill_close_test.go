package e2e

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// closeKills is how often the server dies while months are closed, by tier;
// each takes a month that nobody has closed yet.
func closeKills(t *testing.T) int {
	switch {
	case os.Getenv("CHECK") == "full" || os.Getenv("CHECK") == "soak":
		return 40
	case testing.Short():
		return 3
	}
	return 6
}

// slowDisk makes each sync to disk end late, so that a kill falls between the
// record of a close and its answer more often than not.
const slowDisk = 90 * time.Millisecond

// TestKill9_AtClose kills the real binary while a chair closes two months,
// before the record is on the disk, between record and answer, and after it.
// Asked again with what he had seen, the chair gets one close for each, the
// one that was there if there was one; the chain holds each once.
func TestKill9_AtClose(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed: syncs can't be slowed down")
	}
	s := attack(t)
	t.Cleanup(func() { s.srv.Kill() })
	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	months, answered, silent := map[string]string{}, 0, 0
	wait := 2 * slowDisk // until the kill: later while nothing is there, sooner while the answer comes
	for i := 0; i < closeKills(t) || silent == 0 && i < 40; i++ {
		month := string(domain.Month("2023-01").Add(i))
		s.slowly()
		items := []client.CloseItem{{Team: s.team["T1"], Csum: s.seen("T1", month).Csum}, {Team: s.team["T2"], Csum: s.seen("T2", month).Csum}}
		told := make(chan []client.CloseResult, 1)
		go func() {
			res, _ := s.as[pChair].CloseCommuneMonth(context.Background(), s.unit["A"], month, items)
			told <- res
		}()
		time.Sleep(wait + time.Duration(rnd.Int64N(int64(slowDisk/2))))
		s.srv.Kill()
		before := <-told
		s.start()
		there := s.seen("T1", month).Closed
		after, err := s.as[pChair].CloseCommuneMonth(t.Context(), s.unit["A"], month, items)
		if err != nil || len(after) != 2 {
			t.Fatalf("asked again: %+v, %v", after, err)
		}
		for k, r := range after {
			if !r.Closed || len(before) == 2 && before[k].Closed && before[k].Hash != r.Hash {
				t.Errorf("%s: before the kill %+v, after it %+v", month, before, r)
			}
			months[string(items[k].Team)+"/"+month] = r.Hash
		}
		switch {
		case len(before) == 2:
			answered++
			wait = wait * 2 / 3
		case there:
			silent++
		default:
			wait += slowDisk / 2
		}
		if len(before) == 2 && !there {
			t.Errorf("%s: the answer came, the close was lost", month)
		}
		s.srv.Kill()
	}
	t.Logf("%d months closed; %d kills came after the answer, %d between record and answer", len(months), answered, silent)
	if silent == 0 {
		t.Error("no kill fell between record and answer")
	}
	s.onceEach(months)
}

func (s *siege) seen(team, month string) client.TeamMonth {
	s.t.Helper()
	m, _, err := s.as[pChair].TeamMonth(s.t.Context(), s.team[team], month, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// slowly starts the server under a tracer that delays each sync. The tracer is
// no parent of it: a kill hits the server itself.
func (s *siege) slowly() {
	s.t.Helper()
	bin, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	s.srv.Kill()
	s.srv, err = load.Start(s.srv.Addr, "strace", "-D", "-f", "-qq", "-o", os.DevNull, "-e", "trace=fdatasync", "-e",
		"inject=fdatasync:delay_exit="+strconv.FormatInt(slowDisk.Microseconds(), 10), bin, "serve", "--addr", s.srv.Addr, "--data", s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
}

// onceEach reads the file: the chain holds one close for each team-month, with
// the hash that was told.
func (s *siege) onceEach(want map[string]string) {
	t := s.t
	st, err := boltstore.Open(filepath.Join(s.dir, "banso.db"), boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	times := map[string]int{}
	if err := st.View(context.Background(), func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			if d.Kind == "close" {
				times[d.Key]++
				if hash, ok := want[d.Key]; ok && hash != hex.EncodeToString(d.Hash[:]) {
					t.Errorf("%s was told as %s, stands as %s", d.Key, hash, hex.EncodeToString(d.Hash[:]))
				}
			}
			return true
		})
	}); err != nil {
		t.Fatal(err)
	}
	for k := range want {
		if times[k] != 1 {
			t.Errorf("%s is closed %d times", k, times[k])
		}
	}
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"check", "verify"} {
		if out, err := exec.Command(bin, verb, "--data", s.dir).CombinedOutput(); err != nil {
			t.Errorf("banso %s: %v\n%s", verb, err, out)
		}
	}
}
