package boltstore

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// The child of TestKill is this test binary with killEnv set to a path.
const (
	killEnv     = "BOLTSTORE_KILL_CHILD"
	killWorkers = 16
	killsFull   = 1000
	killsEach   = 50
	killsAFile  = 10
)

func TestMain(m *testing.M) {
	if path := os.Getenv(killEnv); path != "" {
		fmt.Fprintln(os.Stderr, killChild(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// killID is the fixed id of worker w's n-th record.
func killID(w, n int) syncproto.ID {
	var b syncproto.Bytes16
	binary.BigEndian.PutUint64(b[:], uint64(n))
	binary.BigEndian.PutUint64(b[8:], uint64(w)+1)
	return b.ID()
}

func killScope(w int) syncproto.Scope { return syncproto.Scope(fmt.Sprintf("team:%d", w)) }

// killChild writes for ever and says on stdout what became durable.
func killChild(path string) error {
	s, err := Open(path, Options{Now: time.Now, Rand: rand.Reader, Create: true})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make(chan error, killWorkers)
	for w := range killWorkers {
		wg.Go(func() { errs <- killWorker(s, w) })
	}
	err = <-errs
	wg.Wait()
	return err
}

func killWorker(s *Store, w int) error {
	for {
		var n int
		err := s.Update(context.Background(), func(tx store.Tx) error {
			c, err := tx.Client(killID(w, 0), killID(w, 0))
			if err != nil {
				return err
			}
			n = int(c.Last) + 1
			k := store.Key{Type: "activity", ID: killID(w, n)}
			if _, err := tx.Record(k); !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("record %d of %d is there before its turn: %v", n, w, err)
			}
			rec, err := tx.Put(put(k, fmt.Sprint(n), killScope(w), "commune:c"))
			if err != nil {
				return err
			}
			if n > 1 { // an edit of the one before
				k.ID = killID(w, n-1)
				if _, err := tx.Put(put(k, fmt.Sprint(n-1, " edited"), killScope(w), "commune:c")); err != nil {
					return err
				}
			}
			if err := tx.Count(fmt.Sprintf("w/%d", w), 1); err != nil {
				return err
			}
			id, _ := rec.ID.Bytes()
			if err := tx.PutVerdict(killID(w, 0), id, syncproto.Verdict{N: int64(n), V: syncproto.Applied, ID: rec.ID, Rev: rec.Rev}); err != nil {
				return err
			}
			return tx.PutClient(killID(w, 0), killID(w, 0), store.Client{Last: int64(n)})
		})
		if err != nil {
			return err
		}
		if _, err := fmt.Printf("%d %d\n", w, n); err != nil {
			return err
		}
	}
}

// TestKill_NothingAckedIsLost kills a writing process at random moments and
// looks for every write that it had acknowledged, exactly once.
func TestKill_NothingAckedIsLost(t *testing.T) {
	kills := killsEach
	if os.Getenv("CHECK") == "full" {
		kills = killsFull
	}
	if testing.Short() {
		kills = 5
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := mathrand.New(mathrand.NewPCG(seed, 1))
	total := 0
	var path string
	var acked [killWorkers]int
	for i := range kills {
		if i%killsAFile == 0 {
			path, acked = filepath.Join(t.TempDir(), "store.db"), [killWorkers]int{}
		}
		// some die while they start, most some time after their first write
		killOnce(t, path, i%5 == 4, time.Duration(rnd.IntN(100))*time.Millisecond, &acked)
		verifyKilled(t, path, acked)
		for _, n := range acked {
			total += n
		}
	}
	if total < kills {
		t.Errorf("only %d acknowledged writes in %d kills: the test has no teeth", total, kills)
	}
	t.Logf("%d kills", kills)
}

func killOnce(t *testing.T, path string, early bool, after time.Duration, acked *[killWorkers]int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }) // it may have died of itself, which Wait tells
	defer timer.Stop()
	if early {
		timer.Reset(after)
	}
	for sc := bufio.NewScanner(out); sc.Scan(); {
		if !early {
			timer.Reset(after)
			early = true
		}
		var w, n int
		if _, err := fmt.Sscanf(sc.Text(), "%d %d", &w, &n); err == nil && w < killWorkers {
			acked[w] = max(acked[w], n)
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended by itself: %v", err)
	}
}

func verifyKilled(t *testing.T, path string, acked [killWorkers]int) {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if acked != [killWorkers]int{} {
			t.Fatalf("no file, but %v were acknowledged", acked)
		}
		return
	}
	mustCheck(t, path)
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // only read from
	if err := s.View(t.Context(), func(r store.Reader) error {
		for w, n := range acked {
			c, err := r.Client(killID(w, 0), killID(w, 0))
			if err != nil {
				return err
			}
			last := int(c.Last)
			if last < n {
				t.Errorf("worker %d: %d acknowledged, %d there", w, n, last)
			}
			for i := 1; i <= last; i++ {
				if _, err := r.Record(store.Key{Type: "activity", ID: killID(w, i)}); err != nil {
					t.Errorf("worker %d, record %d of %d: %v", w, i, last, err)
				}
				fp, _ := killID(w, i).Bytes()
				if v, err := r.Verdict(killID(w, 0), fp); err != nil || v.N != int64(i) {
					t.Errorf("worker %d, verdict %d: %+v, %v", w, i, v, err)
				}
			}
			key := fmt.Sprintf("w/%d", w)
			if err := r.Counters(key, func(k string, got int64) bool {
				if k == key && got != int64(last) {
					t.Errorf("worker %d: counted %d of %d", w, got, last)
				}
				return true
			}); err != nil {
				return err
			}
			if st, err := r.Scope(killScope(w)); err != nil || st.Count != int64(last) {
				t.Errorf("worker %d: scope %+v, want %d, %v", w, st, last, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
