package backup

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// remote is a place that rsync reaches: host:folder over ssh, a module of a
// daemon, or a folder. How ssh signs in is rsync's business (RSYNC_RSH).
type remote struct{ dest string }

func newRsync(text string) (*remote, error) {
	dest := strings.TrimPrefix(text, "rsync:")
	if strings.HasPrefix(dest, "//") {
		dest = text // a daemon's own form
	}
	if dest == "" || strings.HasPrefix(dest, "-") || strings.ContainsAny(dest, "\x00\n ") {
		return nil, fmt.Errorf("%w: rsync:host:folder or rsync://host/module", ErrTarget)
	}
	return &remote{strings.TrimRight(dest, "/")}, nil
}

func (r *remote) Label() string { return "rsync:" + strings.TrimPrefix(r.dest, "rsync:") }

// run calls rsync and returns what it printed.
func (r *remote) run(ctx context.Context, in io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "rsync", args...)
	var out, bad bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &bad
	if err := cmd.Run(); err != nil {
		text, _, _ := strings.Cut(strings.TrimSpace(bad.String()), "\n")
		if strings.Contains(bad.String(), "No such file or directory") {
			return nil, fmt.Errorf("rsync: %w: %s", fs.ErrNotExist, text)
		}
		return nil, fmt.Errorf("rsync: %w: %s", err, text)
	}
	return out.Bytes(), nil
}

// Put sends the files and then lets both sides compare checksums: a line in
// the answer is a file that differs.
func (r *remote) Put(ctx context.Context, root string, names []string) error {
	args := []string{"--recursive", "--files-from=-", "--mkpath", "--checksum", "--fsync", "--chmod=D700,F600"}
	list := strings.Join(names, "\n")
	if _, err := r.run(ctx, strings.NewReader(list), append(args, root+"/", r.dest+"/")...); err != nil {
		return err
	}
	left, err := r.run(ctx, strings.NewReader(list), append(args, "--dry-run", "--out-format=%n", root+"/", r.dest+"/")...)
	for line := range strings.Lines(string(left)) {
		if !strings.HasSuffix(line, "/\n") && err == nil { // folders are named too
			err = fmt.Errorf("rsync: %s differs after it was sent", strings.TrimSpace(line))
		}
	}
	return err
}

// Get brings the file here first: rsync has no stream.
func (r *remote) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	dir, err := os.MkdirTemp("", "banso-rsync-*")
	if err != nil {
		return nil, err
	}
	if _, err := r.run(ctx, nil, r.dest+"/"+name, dir+"/"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	f, err := os.Open(filepath.Join(dir, path.Base(name)))
	return f, errors.Join(err, os.RemoveAll(dir)) // the open file stays readable
}

// List reads lines of the form "-rw------- 1,234 2026/11/21 15:00:00 name".
func (r *remote) List(ctx context.Context, folder string, yield func(string, int64) error) error {
	out, err := r.run(ctx, nil, "--recursive", "--list-only", "--no-human-readable", r.dest+"/"+folder+"/")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
		f := strings.Fields(sc.Text())
		if len(f) != 5 || !strings.HasPrefix(f[0], "-") {
			continue // folders, and names that are not ours
		}
		size, err := strconv.ParseInt(strings.ReplaceAll(f[1], ",", ""), 10, 64)
		if err != nil {
			return fmt.Errorf("rsync: a size is %q", f[1])
		}
		if err := yield(path.Join(folder, f[4]), size); err != nil {
			return err
		}
	}
	return nil
}

// Remove lets rsync delete, of each folder, exactly the files named: they are
// the only ones that are not excluded, and the sender has none.
func (r *remote) Remove(ctx context.Context, names []string) error {
	empty, err := os.MkdirTemp("", "banso-rsync-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(empty) //nolint:errcheck // an empty folder
	by := map[string][]string{}
	for _, n := range names {
		by[path.Dir(n)] = append(by[path.Dir(n)], "+ /"+path.Base(n))
	}
	for dir, rules := range by {
		rules = append(rules, "- *")
		_, err := r.run(ctx, strings.NewReader(strings.Join(rules, "\n")), "--recursive", "--delete", "--filter=merge -", empty+"/", r.dest+"/"+dir+"/")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
