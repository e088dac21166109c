package faults

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// The child is this test binary with childEnv set to the path of a store. It
// writes for ever, or until childMost and then makes a backup, and says on
// stdout what became durable. A negative childMost eats memory meanwhile.
const (
	childEnv     = "FAULTS_CHILD"
	childMost    = "FAULTS_CHILD_MOST"
	childWriters = 8
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		most, _ := strconv.Atoi(os.Getenv(childMost))
		if err := child(path, most); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func idOf(w, n int) syncproto.ID {
	var b syncproto.Bytes16
	binary.BigEndian.PutUint64(b[:], uint64(n))
	binary.BigEndian.PutUint64(b[8:], uint64(w)+1)
	return b.ID()
}

func child(path string, most int) error {
	s, err := boltstore.Open(path, boltstore.Options{Now: time.Now, Rand: rand.Reader, Create: true, MapSize: 64 << 20})
	if err != nil {
		return err
	}
	errs := make([]error, childWriters)
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() { errs[w] = write(s, w, most) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err // as a server does: the outcome of a commit is unknown, so end
	}
	if most > 0 {
		if err := copyOut(s, path+".backup"); err != nil {
			return err
		}
	}
	return s.Close()
}

// copyOut makes a backup, checked; a half one never has the name.
func copyOut(s *boltstore.Store, path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	commit, err := s.Backup(context.Background(), path)
	if err == nil {
		_, err = boltstore.VerifyBackup(path, commit)
	}
	return err
}

func write(s *boltstore.Store, w, most int) error {
	var eaten [][]byte
	for done := 0; most <= 0 || done < most; done++ {
		if most < 0 {
			eaten = append(eaten, bytes.Repeat([]byte{1}, 64<<10))
		}
		var n int
		err := s.Update(context.Background(), func(tx store.Tx) error {
			c, err := tx.Client(idOf(w, 0), idOf(w, 0))
			if err != nil {
				return err
			}
			n = int(c.Last) + 1
			if _, err := tx.Put(store.Put{Key: store.Key{Type: "activity", ID: idOf(w, n)}, Doc: syncproto.Doc{"note": syncproto.Str(fmt.Sprint("ghi ", n))},
				Scopes: []syncproto.Scope{syncproto.Scope(fmt.Sprintf("team:%d", w))}}); err != nil {
				return err
			}
			return tx.PutClient(idOf(w, 0), idOf(w, 0), store.Client{Last: int64(n)})
		})
		if errors.Is(err, store.ErrFull) {
			fmt.Println("full")
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		if _, err := fmt.Printf("%d %d\n", w, n); err != nil {
			return err
		}
	}
	runtime.KeepAlive(eaten)
	return nil
}

// run is a child at work.
type run struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	acked [childWriters]int
	full  int
	done  chan struct{}
}

// sum is how many writes were acknowledged.
func (r *run) sum() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.acked {
		n += a
	}
	return n
}

// begin starts a child, perhaps under another command.
func begin(t *testing.T, path string, most int, under ...string) *run {
	t.Helper()
	args := append(under, os.Args[0])
	r := &run{cmd: exec.Command(args[0], args[1:]...), done: make(chan struct{})}
	r.cmd.Env = append(os.Environ(), childEnv+"="+path, childMost+"="+strconv.Itoa(most))
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.done)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			var w, n int
			r.mu.Lock()
			if _, err := fmt.Sscan(sc.Text(), &w, &n); err == nil {
				r.acked[w] = n
			} else if sc.Text() == "full" {
				r.full++
			}
			r.mu.Unlock()
		}
	}()
	return r
}

// end waits for the child and returns its exit code.
func (r *run) end() int {
	<-r.done
	_ = r.cmd.Wait() // its code is what counts
	return r.cmd.ProcessState.ExitCode()
}

func (r *run) kill() { _ = r.cmd.Process.Signal(syscall.SIGKILL) }

// holdsAll opens a store and looks for all that was acknowledged. Nothing but
// the one write under way of each writer may be there besides.
func holdsAll(path string, acked [childWriters]int) (err error) {
	none := acked == [childWriters]int{}
	if _, serr := os.Stat(path); serr != nil && none {
		return nil
	}
	s, err := boltstore.Open(path, boltstore.Options{Now: time.Now, Rand: rand.Reader, MapSize: 64 << 20})
	if err != nil {
		return err
	}
	err = s.View(context.Background(), func(r store.Reader) error {
		for w, want := range acked {
			c, err := r.Client(idOf(w, 0), idOf(w, 0))
			if err != nil {
				return err
			}
			if int(c.Last) < want {
				return fmt.Errorf("writer %d: %d is there, %d was acknowledged", w, c.Last, want)
			}
			for n := 1; n <= int(c.Last); n++ {
				if _, err := r.Record(store.Key{Type: "activity", ID: idOf(w, n)}); err != nil {
					return fmt.Errorf("writer %d: record %d: %w", w, n, err)
				}
			}
		}
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	rep, err := boltstore.Check(path)
	if err == nil && len(rep.Problems) > 0 {
		err = fmt.Errorf("%d problems, the first: %s", len(rep.Problems), rep.Problems[0])
	}
	return err
}

// lay writes an image of a disk into a real folder.
func lay(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const storeName = "banso.db"

// seeded is a source of chance whose seed the test tells.
func seeded(t *testing.T) *mathrand.Rand {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("FAULT_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("seed %d (FAULT_SEED plays it again)", seed)
	return mathrand.New(mathrand.NewPCG(seed, 7))
}

// tier picks a count by the tier of tests.
func tier(short, ci, full, soak int) int {
	switch os.Getenv("CHECK") {
	case "full":
		return full
	case "soak":
		return soak
	}
	if testing.Short() {
		return short
	}
	return ci
}

// outage lets a child write to a disk until the power fails, and returns what
// the disk holds then and what was acknowledged.
func outage(t *testing.T, rnd *mathrand.Rand, from map[string][]byte, lies bool) (map[string][]byte, [childWriters]int) {
	t.Helper()
	d := newDisk(from)
	d.lies, d.cutAt = lies, 1+rnd.IntN(400)
	if rnd.IntN(4) == 0 {
		d.cutAt = 1 + rnd.IntN(40) // while it starts or is made
	}
	dir, end := d.mount(t)
	r := begin(t, filepath.Join(dir, storeName), 0)
	if code := r.end(); code == 0 {
		t.Error("a server whose disk is gone ended with code 0")
	}
	end()
	return d.crash(rnd), r.acked
}

// TestPowerLoss_NothingAckedIsLost: the power fails at any write, sync or
// rename; unsynced sectors are dropped or torn. All that was acknowledged is
// there, and the file is whole.
func TestPowerLoss_NothingAckedIsLost(t *testing.T) {
	rnd := seeded(t)
	var image map[string][]byte
	var acked [childWriters]int
	total := 0
	cuts := tier(5, 50, 1000, 10_000)
	for i := range cuts {
		if i%10 == 0 {
			image, acked = nil, [childWriters]int{}
		}
		var more [childWriters]int
		image, more = outage(t, rnd, image, false)
		for w, n := range more {
			acked[w] = max(acked[w], n)
		}
		path := filepath.Join(lay(t, image), storeName)
		if err := holdsAll(path, acked); err != nil {
			t.Fatalf("cut %d: %v", i, err)
		}
		for _, n := range more {
			total += n
		}
		if b, err := os.ReadFile(path); err == nil { // go on from what the check has opened, as a restart does
			image[storeName] = b
		}
	}
	t.Logf("%d power cuts, %d acknowledged writes", cuts, total)
	if total == 0 {
		t.Error("nothing was written: the test saw nothing")
	}
}

// TestPowerLoss_FindsLies: on a disk whose syncs of files do nothing the same test finds
// losses. Killing the process would not.
func TestPowerLoss_FindsLies(t *testing.T) {
	rnd := seeded(t)
	for range 10 {
		image, acked := outage(t, rnd, nil, true)
		if acked == [childWriters]int{} {
			continue
		}
		if err := holdsAll(filepath.Join(lay(t, image), storeName), acked); err != nil {
			t.Logf("found: %v", err)
			return
		}
	}
	t.Error("a disk that lies was not found in ten power cuts")
}

// TestDisk_SyncFails: when a sync fails the outcome is unknown: the process
// ends with a code, and what was acknowledged before is there.
func TestDisk_SyncFails(t *testing.T) {
	d := newDisk(nil)
	dir, end := d.mount(t)
	r := begin(t, filepath.Join(dir, storeName), 0)
	time.Sleep(300 * time.Millisecond)
	d.mu.Lock()
	d.onSync = syscall.EIO
	d.mu.Unlock()
	if code := r.end(); code != 3 {
		t.Errorf("ended with code %d", code)
	}
	end()
	if err := holdsAll(filepath.Join(lay(t, d.crash(seeded(t))), storeName), r.acked); err != nil {
		t.Error(err)
	}
}

// TestDisk_Slow: on a disk whose syncs take long, writes that wait share them.
func TestDisk_Slow(t *testing.T) {
	d := newDisk(nil)
	d.syncFor = 10 * time.Millisecond
	dir, end := d.mount(t)
	r := begin(t, filepath.Join(dir, storeName), 20)
	if code := r.end(); code != 0 || r.sum() != 20*childWriters {
		t.Errorf("code %d, %d writes", code, r.sum())
	}
	end()
	t.Logf("%d writes, %d syncs", r.sum(), d.syncs)
	if d.syncs > r.sum() {
		t.Errorf("%d syncs for %d writes of %d writers: they do not share", d.syncs, r.sum(), childWriters)
	}
}

// TestDisk_ReadFails: on a disk that can't be read a check or a start ends with
// a sentence, not with a crash or a store made anew.
func TestDisk_ReadFails(t *testing.T) {
	d := newDisk(nil)
	dir, _ := d.mount(t)
	path := filepath.Join(dir, storeName)
	r := begin(t, path, 20)
	r.end()
	image := d.crash(seeded(t))
	d = newDisk(image)
	d.onRead = syscall.EIO
	dir, end := d.mount(t)
	again := begin(t, filepath.Join(dir, storeName), 1)
	if code := again.end(); code != 3 || again.sum() != 0 { // 2 would be a crash of Go's
		t.Errorf("code %d, %d acknowledged", code, again.sum())
	}
	end()
	if err := holdsAll(filepath.Join(lay(t, d.crash(seeded(t))), storeName), r.acked); err != nil {
		t.Error(err)
	}
}
