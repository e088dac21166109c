package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/banso/banso/server/internal/durable"
)

// Folder is a place on a disk of this machine. Its last element is made when
// missing, its parent never: a disk that is not mounted must not be taken for
// an empty one.
type Folder string

// partSuffix ends the name of a file that is being written.
const partSuffix = ".part"

// Label implements Target.
func (f Folder) Label() string { return string(f) }

func (f Folder) path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// Put implements Target: each file is whole and durable when it has its name.
func (f Folder) Put(ctx context.Context, root string, names []string) error {
	if err := os.Mkdir(string(f), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, name := range names {
		if err := errors.Join(ctx.Err(), f.put(filepath.Join(root, filepath.FromSlash(name)), f.path(name))); err != nil {
			return err
		}
	}
	return nil
}

func (f Folder) put(from, to string) error {
	if err := durable.MkdirAll(filepath.Dir(to)); err != nil {
		return err
	}
	want, err := copyFile(from, to+partSuffix)
	if err != nil {
		return errors.Join(err, os.Remove(to+partSuffix))
	}
	got, _, err := sumFile(to + partSuffix)
	if err == nil && got != want {
		err = fmt.Errorf("%s reads back with other bytes", to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(to+partSuffix))
	}
	if err := os.Rename(to+partSuffix, to); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(to))
}

// copyFile writes a durable copy and returns the hash of what it read.
func copyFile(from, to string) (sum [32]byte, err error) {
	in, err := os.Open(from)
	if err != nil {
		return sum, err
	}
	defer in.Close() //nolint:errcheck // only read from
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, h), in)
	return [32]byte(h.Sum(nil)), errors.Join(err, out.Sync(), out.Close())
}

func sumFile(path string) (sum [32]byte, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, 0, err
	}
	defer f.Close() //nolint:errcheck // only read from
	h := sha256.New()
	size, err = io.Copy(h, f)
	return [32]byte(h.Sum(nil)), size, err
}

// Get implements Target.
func (f Folder) Get(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(f.path(name))
}

// List implements Target. What a kill left half-written is no file.
func (f Folder) List(ctx context.Context, folder string, yield func(string, int64) error) error {
	return filepath.WalkDir(f.path(folder), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil || d.IsDir() || strings.HasSuffix(path, partSuffix) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(string(f), path)
		if err != nil {
			return err
		}
		return yield(filepath.ToSlash(name), info.Size())
	})
}

// Remove implements Target.
func (f Folder) Remove(_ context.Context, names []string) (err error) {
	for _, name := range names {
		if rerr := os.Remove(f.path(name)); !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}
	return err
}
