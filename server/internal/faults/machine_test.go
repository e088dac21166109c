package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// small mounts a file system in memory with so much room, or skips.
func small(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("a small file system can't be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestFullDisk: on a disk that fills up writes are told so, what was
// acknowledged stays, and it goes on by itself once there is room.
func TestFullDisk(t *testing.T) {
	dir := small(t, "size=26m")
	ballast := filepath.Join(dir, "ballast")
	path := filepath.Join(dir, storeName)
	r := begin(t, path, 0)
	for fi, err := os.Stat(path); err != nil || fi.Size() == 0; fi, err = os.Stat(path) {
		time.Sleep(10 * time.Millisecond)
	}
	if err := fill(ballast); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(60 * time.Second)
	for full := 0; full == 0; {
		r.mu.Lock()
		full = r.full
		r.mu.Unlock()
		if time.Sleep(20 * time.Millisecond); time.Now().After(deadline) || !alive(r) {
			r.kill()
			t.Fatal("the disk never got full")
		}
	}
	before := r.sum()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for deadline = time.Now().Add(20 * time.Second); r.sum() < before+childWriters; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) || !alive(r) {
			r.kill()
			t.Fatal("it did not go on with room again")
		}
	}
	r.kill()
	r.end()
	t.Logf("%d acknowledged before the disk was full, %d in the end, %d refusals", before, r.sum(), r.full)
	if err := holdsAll(path, r.acked); err != nil {
		t.Error(err)
	}
}

// fill writes until nothing more fits.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	block := make([]byte, 64<<10)
	for err == nil {
		_, err = f.Write(block)
	}
	return f.Close()
}

func alive(r *run) bool {
	select {
	case <-r.done:
		return false
	default:
		return true
	}
}

// TestReadOnlyRemount: the file system turns read-only under a server, as one
// with errors does: it ends with a code or refuses, and loses nothing.
func TestReadOnlyRemount(t *testing.T) {
	dir := small(t, "size=64m")
	path := filepath.Join(dir, storeName)
	r := begin(t, path, 300)
	r.end()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=64m"); err != nil {
		t.Skipf("can't be remounted here: %v", err)
	}
	again := begin(t, path, 10)
	if code := again.end(); code == 0 || again.sum() > 0 {
		t.Errorf("code %d, %d acknowledged on a read-only disk", code, again.sum())
	}
	if rep, err := boltstore.Check(path); err != nil || len(rep.Problems) > 0 { // what can be read is read
		t.Errorf("%v %v", rep.Problems, err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	if err := holdsAll(path, r.acked); err != nil {
		t.Error(err)
	}
}

// TestSyscall_Nth lets the n-th call of a kind fail, for each n, by strace,
// over start, writes, backup and close, and over the migration of an old file:
// whatever happens, what was acknowledged is there, the file is whole, no half
// backup has its name, and nobody ends with code 0 who did not do all.
func TestSyscall_Nth(t *testing.T) {
	if out, err := exec.Command("strace", "-f", "-qq", "-e", "trace=none", "true").CombinedOutput(); err != nil {
		t.Skipf("strace can't be used here: %v %s", err, out)
	}
	old, err := os.ReadFile("../store/boltstore/testdata/schema1.db")
	if err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string][]byte{"fresh": nil, "migration": old} {
		t.Run(name, func(t *testing.T) { nth(t, from) })
	}
}

func nth(t *testing.T, from []byte) {
	hit, whole := 0, 0
	for _, k := range []struct{ call, what string }{{"fdatasync", "error=EIO"}, {"pwrite64", "error=ENOSPC"}, {"pwrite64", "error=EIO"},
		{"pwrite64", "signal=KILL"}, {"fdatasync", "signal=KILL"}, {"fsync", "error=EIO"}, {"renameat", "error=EIO"}, {"renameat", "signal=KILL"},
		{"ftruncate", "error=ENOSPC"}} {
		for n := 1; n <= tier(3, 400, 400, 400); n++ {
			path := filepath.Join(t.TempDir(), storeName)
			if from != nil {
				if err := os.WriteFile(path, from, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r := begin(t, path, 2, "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace="+k.call, "-e", "inject="+k.call+":"+k.what+":when="+strconv.Itoa(n))
			code := r.end()
			done := r.sum()
			if code == 0 && done < 2*childWriters && r.full == 0 {
				t.Errorf("%s %s %d: ended well with %d of %d writes", k.call, k.what, n, done, 2*childWriters)
			}
			if err := healsFrom(path, r.acked); err != nil {
				t.Fatalf("%s %s at call %d: %v", k.call, k.what, n, err)
			}
			if from != nil {
				if err := oldThere(path); err != nil {
					t.Fatalf("%s %s at call %d: %v", k.call, k.what, n, err)
				}
			}
			if _, err := os.Stat(path + ".backup"); err == nil {
				if err := holdsAll(path+".backup", [childWriters]int{}); err != nil {
					t.Errorf("%s %s at call %d: backup: %v", k.call, k.what, n, err)
				}
			}
			if code == 0 && r.full == 0 { // there is no n-th call
				whole++
				break
			}
			hit++
		}
	}
	t.Logf("%d runs were hit, %d were not", hit, whole)
	if hit == 0 {
		t.Error("no call failed: the test saw nothing")
	}
}

// oldThere looks for the one record of the old file.
func oldThere(path string) error {
	s, err := boltstore.Open(path, boltstore.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	n := 0
	err = s.View(context.Background(), func(r store.Reader) error {
		return r.Members("team:x", "activity", func(*store.Record) bool { n++; return true })
	})
	if err == nil && n != 1 {
		err = fmt.Errorf("the old file's record is there %d times", n)
	}
	return errors.Join(err, s.Close())
}

// healsFrom is holdsAll after the next start of a server, which may find a
// store that was never finished: then nothing was acknowledged.
func healsFrom(path string, acked [childWriters]int) error {
	if _, err := os.Stat(path); err != nil && acked == [childWriters]int{} {
		return nil
	}
	return holdsAll(path, acked)
}

// TestDescriptors: a server without descriptors left says so and loses nothing.
func TestDescriptors(t *testing.T) {
	path := filepath.Join(t.TempDir(), storeName)
	r := begin(t, path, 50)
	r.end()
	again := begin(t, path, 50, "sh", "-c", `ulimit -n 4; exec "$0" "$@"`)
	if code := again.end(); code == 0 {
		t.Error("went on with four descriptors")
	}
	if err := holdsAll(path, r.acked); err != nil {
		t.Error(err)
	}
}

// TestOutOfMemory: the kernel kills a server that outgrows its cgroup. That is
// a kill -9 at the worst of moments, and nothing more.
func TestOutOfMemory(t *testing.T) {
	group := filepath.Join("/sys/fs/cgroup/memory", "faults-"+strconv.Itoa(os.Getpid()))
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Skipf("no cgroup for memory can be made here: %v", err)
	}
	t.Cleanup(func() { _ = os.Remove(group) }) // empty once its processes are gone
	if err := os.WriteFile(filepath.Join(group, "memory.limit_in_bytes"), []byte("48m"), 0o600); err != nil {
		t.Skipf("its limit can't be set: %v", err)
	}
	path := filepath.Join(t.TempDir(), storeName)
	r := begin(t, path, -1, "sh", "-c", "echo $$ > "+group+"/cgroup.procs && exec \"$0\" \"$@\"")
	timer := time.AfterFunc(20*time.Second, r.kill)
	code := r.end()
	if !timer.Stop() {
		t.Error("it lived within its limit")
	}
	b, _ := os.ReadFile(filepath.Join(group, "memory.oom_control")) // only told
	t.Logf("code %d, %d acknowledged, %s", code, r.sum(), strings.ReplaceAll(strings.TrimSpace(string(b)), "\n", ", "))
	if err := healsFrom(path, r.acked); err != nil {
		t.Error(err)
	}
}
