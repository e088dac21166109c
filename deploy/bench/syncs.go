package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// trace is what strace saw of a server's data file.
type trace struct{ commits, syncs, growths, bytes int64 }

// pwrite matches a call by its length and offset, also where strace splits it
// in two lines.
var pwrite = regexp.MustCompile(`pwrite64\(.*, ([0-9]+), ([0-9]+)(?:\)\s| <unfinished)`)

// syncs counts fdatasync calls and commits while 64 phones push, by looking
// at the system calls: nothing that the server says of itself.
func (b *bench) syncs(ctx context.Context) ([]row, error) {
	if _, err := exec.LookPath("strace"); err != nil {
		return []row{told("fdatasync per commit", "not measured: strace is not installed")}, nil
	}
	s, phones, err := b.serve(ctx, "syncs", pushPhones)
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	var before, after int64
	for _, p := range phones {
		before += p.N
	}
	t, err := traced(b.dir, s.Pid, func() error { _, err := b.pushRound(ctx, s, phones, 64, b.round); return err })
	if err != nil {
		return nil, err
	}
	for _, p := range phones {
		after += p.N
	}
	pushes := (after - before) / perPush
	ratio := float64(t.syncs) / float64(t.commits)
	return []row{
		judged("fdatasync per commit, by strace", fmt.Sprintf("%.2f (%d commits)", ratio, t.commits), "2", t.commits > 0 && t.syncs-2*t.commits <= 1 && 2*t.commits-t.syncs <= 1),
		// one call may fall outside while strace attaches
		told("pushes that share one commit, 64 clients under strace", fmt.Sprintf("%.1f", float64(pushes)/float64(t.commits))),
		told("besides, fsync because the file grew (8 MiB at a time)", fmt.Sprint(t.growths)),
		told("bytes written into the file per record, by strace", fmt.Sprint(t.bytes/(after-before))),
	}, nil
}

// traced runs fn with strace attached to a process.
func traced(dir string, pid int, fn func() error) (t trace, err error) {
	out := filepath.Join(dir, "strace.out")
	cmd := exec.Command("strace", "-f", "-qq", "-s", "0", "-e", "trace=pwrite64,fdatasync,fsync", "-o", out, "-p", strconv.Itoa(pid))
	if err := cmd.Start(); err != nil {
		return t, err
	}
	time.Sleep(500 * time.Millisecond) // until it is attached
	err = fn()
	_ = cmd.Process.Signal(os.Interrupt) // detaches
	_ = cmd.Wait()                       // ends by that signal
	if err != nil {
		return t, err
	}
	f, err := os.Open(out)
	if err != nil {
		return t, err
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		t.line(sc.Text())
	}
	return t, nil
}

// line reads one line of strace. A commit of bbolt ends with one page at
// offset 0 or 4096.
func (t *trace) line(s string) {
	switch {
	case strings.Contains(s, "fdatasync("):
		t.syncs++
	case strings.Contains(s, "fsync("):
		t.growths++
	}
	m := pwrite.FindStringSubmatch(s)
	if m == nil {
		return
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	t.bytes += n
	if n == 4096 && (m[2] == "0" || m[2] == "4096") {
		t.commits++
	}
}
