package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/banso/banso/deploy/load"
	"github.com/banso/banso/syncproto"
)

// What noise can't move, in bytes and counts. Where the product does not reach
// its line yet, the gate stands at what it does reach, so that it only falls.
const (
	gatePush    = 4608 // a push of 10 records with gzip, both ways, heads included
	gateNothing = 400  // bodies of a sync that changes nothing
	gateWritten = 4096 // bytes written into the file per record, 64 clients
)

// gated starts the real binary with phones signed in.
func gated(t *testing.T, phones int) (*bench, *load.Server, []*load.Phone) {
	t.Helper()
	b := &bench{dir: t.TempDir(), rounds: 1, round: time.Second, log: io.Discard}
	var err error
	if b.bin, err = load.Build(filepath.Join("..", ".."), b.dir); err != nil {
		t.Fatal(err)
	}
	s, list, err := b.serve(t.Context(), "gate", phones)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return b, s, list
}

func TestGate_Wire(t *testing.T) {
	_, _, phones := gated(t, 1)
	p := phones[0]
	p.Prepare(perPush, today)
	sent, received := p.Conn.Sent, p.Conn.Received
	if _, _, err := p.Sync(true); err != nil { // one round trip: Sync fails on anything else than ten verdicts
		t.Fatal(err)
	}
	if n := p.Conn.Sent - sent + p.Conn.Received - received; n > gatePush {
		t.Errorf("a push of %d records takes %d bytes", perPush, n)
	}
	for range 2 { // until the cursors have settled
		if err := p.Drain(); err != nil {
			t.Fatal(err)
		}
	}
	a, _, err := p.Sync(true)
	if err != nil {
		t.Fatal(err)
	}
	if n := p.BodyBytes + a.WireBytes; n > gateNothing {
		t.Errorf("a sync that changes nothing takes %d bytes", n)
	}
	p.Rewind(map[syncproto.Scope]int64{})
	if _, r, err := p.Sync(true); err != nil || len(r.Scopes) < 3 {
		t.Fatalf("first sync: %v", err)
	} else {
		for _, s := range r.Scopes {
			if s.More {
				t.Errorf("the first sync of a small team takes more than one round trip")
			}
		}
	}
}

func TestGate_Disk(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed (deploy/check.sh installs it where it may)")
	}
	b, s, phones := gated(t, 64)
	var before, after int64
	for _, p := range phones {
		before += p.N
	}
	tr, err := traced(b.dir, s.Pid, func() error { _, err := b.pushRound(t.Context(), s, phones, 64, b.round); return err })
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range phones {
		after += p.N
	}
	if tr.commits == 0 && after > before {
		if os.Getuid() != 0 {
			t.Skip("strace may not attach here")
		}
		t.Fatal("strace saw nothing")
	}
	if d := tr.syncs - 2*tr.commits; d < -2 || d > 2 { // calls under way while strace attaches and leaves
		t.Errorf("%d fdatasync for %d commits", tr.syncs, tr.commits)
	}
	if n := tr.bytes / (after - before); n > gateWritten {
		t.Errorf("%d bytes written per record", n)
	}
	if share := (after - before) / perPush / tr.commits; share < 4 {
		t.Errorf("only %d pushes share a commit with 64 clients", share)
	}
}
