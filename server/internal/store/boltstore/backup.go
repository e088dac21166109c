package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/banso/banso/server/internal/store"
	bolt "go.etcd.io/bbolt"
)

// ErrExists says that a file is there which will not be overwritten.
var ErrExists = errors.New("store: the target exists")

// compactTx bounds the memory of Compact, in bytes a transaction.
const compactTx = 16 << 20

// Backup writes what is committed now to a new file at path while the store
// goes on, and returns the newest commit in it. The file is whole and durable
// when it has its name. Write to a local disk and ship the file afterwards:
// pages that the copy can see are not reused while it runs.
func (s *Store) Backup(ctx context.Context, path string) (commit int64, err error) {
	if s.stopped.Load() {
		return 0, store.ErrStopped
	}
	err = writeNew(path, func(w io.Writer) error {
		return s.View(ctx, func(r store.Reader) error {
			commit = r.Head().Commit
			_, err := r.(*reader).tx.WriteTo(&ctxWriter{ctx, w})
			return err
		})
	})
	if err != nil {
		return 0, fmt.Errorf("store: backup: %w", err)
	}
	return commit, nil
}

// ctxWriter ends a copy when its context ends.
type ctxWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c *ctxWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

// writeNew makes a file that did not exist: whole, durable, or not at all.
func writeNew(path string, fill func(io.Writer) error) (err error) {
	if err := absent(path); err != nil {
		return err
	}
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(fill(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return publish(tmp, path)
}

func absent(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return ErrExists
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

// VerifyBackup checks a backup and that it holds everything up to a commit.
func VerifyBackup(path string, commit int64) (Report, error) {
	rep, err := Check(path)
	if err == nil && rep.Commit < commit {
		rep.Problems = append(rep.Problems, fmt.Sprintf("ends at commit %d, before %d", rep.Commit, commit))
	}
	return rep, wrong(rep, err)
}

// wrong is an error if a check found problems.
func wrong(rep Report, err error) error {
	if err == nil && len(rep.Problems) > 0 {
		return fmt.Errorf("%w: %d problems, the first: %s", store.ErrDamaged, len(rep.Problems),
			strings.TrimSpace(rep.Problems[0]))
	}
	return err
}

// Compact copies a store that no process has open to dst, which must not
// exist, without its free pages, and checks the copy.
func Compact(src, dst string) (rep Report, err error) {
	if err := absent(dst); err != nil {
		return rep, err
	}
	from, err := Open(src, Options{ReadOnly: true})
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	tmp := dst + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return rep, err
	}
	to, err := bolt.Open(tmp, 0o600, &bolt.Options{Timeout: lockTimeout, FreelistType: bolt.FreelistMapType, NoSync: true})
	if err != nil {
		return rep, err
	}
	if err := errors.Join(bolt.Compact(to, from.db, compactTx), to.Close()); err != nil {
		return rep, errors.Join(err, os.Remove(tmp))
	}
	rep, err = Check(tmp)
	if err := wrong(rep, err); err != nil {
		return rep, errors.Join(err, os.Remove(tmp))
	}
	return rep, publish(tmp, dst)
}
