package boltstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/banso/banso/server/internal/durable"
	"github.com/banso/banso/server/internal/store"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Store is one open file. It implements store.Store.
type Store struct {
	opt  Options
	db   *bolt.DB
	runs []Run // the last one is this run; fixed after Open

	scopes, people, types, words *dict

	mu      sync.RWMutex // guards closed and the sending side of queue
	closed  bool
	queue   chan *job
	done    chan struct{} // the committer has ended
	stopped atomic.Bool   // a commit ended with unknown outcome
	fatal   chan error

	// Of the committer alone.
	seq    int64 // newest committed
	tickMs int64 // newest entry of bTimes in this run
	canon  canon
	fps    fpCache
	commit func(*bolt.Tx) error
}

// Open opens the store at path, or makes it if it is absent and Create is set.
// It refuses a file that is missing (ErrMissing), empty, truncated or foreign
// (ErrDamaged), of a newer version (ErrNewer) or held by another process
// (ErrInUse), and then changes nothing.
func Open(path string, opt Options) (*Store, error) {
	opt.fill()
	if !opt.ReadOnly && (opt.Now == nil || opt.Rand == nil) {
		return nil, errors.New("store: Now and Rand are required")
	}
	fi, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && opt.Create && !opt.ReadOnly:
		if err := create(path); err != nil {
			return nil, fmt.Errorf("store: create: %w", err)
		}
	case errors.Is(err, fs.ErrNotExist):
		return nil, store.ErrMissing
	case err != nil:
		return nil, err
	case !fi.Mode().IsRegular():
		return nil, fmt.Errorf("%w: not a regular file", store.ErrDamaged)
	}
	db, err := openBolt(path, opt)
	if err != nil {
		return nil, err
	}
	s := &Store{opt: opt, db: db, queue: make(chan *job, opt.QueueLen), done: make(chan struct{}),
		fatal: make(chan error, 1), commit: (*bolt.Tx).Commit,
		scopes: newDict(dictScopes), people: newDict(dictPeople), types: newDict(dictTypes), words: newDict(dictWords)}
	if err := s.begin(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if opt.ReadOnly {
		close(s.done)
	} else {
		go s.loop(nil)
	}
	return s, nil
}

// create makes an empty store beside path and renames it, so that a kill
// leaves either no store or a whole one.
func create(path string) error {
	tmp := path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := bolt.Open(tmp, 0o600, &bolt.Options{Timeout: lockTimeout, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return err
	}
	if err := db.Update(migrate); err != nil {
		return errors.Join(err, db.Close())
	}
	if err := db.Close(); err != nil {
		return err
	}
	return publish(tmp, path)
}

// publish makes a finished file durable under its name.
func publish(tmp, path string) error {
	f, err := os.OpenFile(tmp, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}

// openBolt opens the file after a look at its head: bbolt maps it into memory
// and would die of a page that is beyond its end.
func openBolt(path string, opt Options) (db *bolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", store.ErrDamaged, r)
		}
	}()
	if err := precheck(path); err != nil {
		return nil, err
	}
	db, err = bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, FreelistType: bolt.FreelistMapType,
		InitialMmapSize: opt.MapSize, MaxSize: opt.MaxSize, ReadOnly: opt.ReadOnly, NoStatistics: true})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, store.ErrInUse
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return nil, fmt.Errorf("%w: %w", store.ErrDamaged, err)
	case err != nil:
		return nil, err
	}
	db.AllocSize = allocSize
	return db, nil
}

// Close waits for the updates in the queue and closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		<-s.done
		return nil
	}
	s.closed = true
	close(s.queue)
	s.mu.Unlock()
	<-s.done
	return s.db.Close()
}

// Fatal delivers the one error after which the outcome of a commit is
// unknown; the process should end with a code other than 0.
func (s *Store) Fatal() <-chan error { return s.fatal }

// Path is where the file is.
func (s *Store) Path() string { return s.db.Path() }
