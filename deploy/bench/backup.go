package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/banso/banso/deploy/load"
)

// backupRecords make a file of about 1 GB.
const backupRecords = 600_000

// backup fills a shard, then makes, reads, tries and restores an encrypted
// backup of it with the operator's own verbs, and starts the server on what
// came back: what a lost disk costs in minutes. -records says how much, up to
// backupRecords.
func (b *bench) backup(ctx context.Context) ([]row, error) {
	s, phones, err := b.serve(ctx, "backup", sizeTeams)
	if err != nil {
		return nil, err
	}
	defer func() { s.Kill() }()
	if _, err := b.fillUp(ctx, phones, min(b.fill, backupRecords)); err != nil {
		return nil, err
	}
	data := s.Args[len(s.Args)-1]
	place, identity, again := filepath.Join(b.dir, "place"), filepath.Join(b.dir, "identity.txt"), filepath.Join(b.dir, "again")
	recipient, err := b.identity(ctx, identity)
	if err != nil {
		return nil, err
	}
	if err := s.Stop(); err != nil {
		return nil, err
	}
	verbs := []struct {
		what string
		args []string
	}{
		{"backup now: copied, checked, packed, encrypted, read back", []string{"backup", "now", "--data", data}},
		{"backup verify: all bytes read and decrypted", []string{"backup", "verify", "--data", data}},
		{"backup drill: restored aside, folded, every decision again", []string{"backup", "drill", "--data", data}},
		{"backup restore into an empty folder", []string{"backup", "restore", "--data", again, "--identity", identity}},
	}
	var rows []row
	for _, v := range verbs {
		cmd := exec.CommandContext(ctx, b.bin, append(v.args, "--backup-to", place, "--backup-recipients", recipient)...)
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%v: %w\n%s", v.args, err, out)
		}
		rows = append(rows, told(v.what, fmt.Sprintf("%v, %v of CPU", time.Since(start).Round(100*time.Millisecond),
			(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()).Round(100*time.Millisecond))))
	}
	file, err := os.Stat(filepath.Join(data, "banso.db"))
	if err != nil {
		return nil, err
	}
	packed, err := filepath.Glob(filepath.Join(place, "snaps", "*.age"))
	if err != nil || len(packed) != 1 {
		return nil, errors.Join(err, fmt.Errorf("%d packed files", len(packed)))
	}
	small, err := os.Stat(packed[0])
	if err != nil {
		return nil, err
	}
	if s, err = load.Serve(b.bin, again); err != nil {
		return nil, err
	}
	empty, err := load.Serve(b.bin, filepath.Join(b.dir, "empty"))
	if err != nil {
		return nil, err
	}
	defer empty.Kill()
	return append(rows,
		told("the file and its packed form", fmt.Sprintf("%d MiB, %d MiB (%d %%)", file.Size()>>20, small.Size()>>20, 100*small.Size()/file.Size())),
		judged("start to ready on what was restored", s.Ready.Round(time.Millisecond).String(), "<= 2 s at 1 GB", s.Ready <= 2*time.Second),
		judged("start to ready with an empty folder", empty.Ready.Round(time.Millisecond).String(), "< 250 ms", empty.Ready < 250*time.Millisecond)), nil
}

var ageRecipient = regexp.MustCompile(`age1[0-9a-z]+`)

// identity makes one as an operator does and returns whom to encrypt to.
func (b *bench) identity(ctx context.Context, path string) (string, error) {
	out, err := exec.CommandContext(ctx, b.bin, "backup", "key", path).CombinedOutput()
	to := ageRecipient.Find(bytes.TrimSpace(out))
	if err != nil || to == nil {
		return "", fmt.Errorf("backup key: %w\n%s", err, out)
	}
	return string(to), nil
}
