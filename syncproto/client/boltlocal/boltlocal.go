package boltlocal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/banso/banso/syncproto/client"
)

// Errors of Open.
var (
	ErrInUse   = errors.New("boltlocal: the file is in use")
	ErrDamaged = errors.New("boltlocal: the file is damaged")
	ErrNewer   = errors.New("boltlocal: the file was written by a newer app")
)

var (
	bMeta    = []byte("meta")
	bRecords = []byte("records")
	bMembers = []byte("members")
	bScopes  = []byte("scopes")
	bOutbox  = []byte("outbox")
	bSent    = []byte("sent")
	bLog     = []byte("log")

	kMeta    = []byte("meta")
	kVersion = []byte("version")
)

// version of the file's layout.
const version = 1

// Local is a local database in a file.
type Local struct{ db *bbolt.DB }

// Open opens or creates the file. Only one process may have it open.
func Open(path string) (l *Local, err error) {
	defer func() { // a cut file makes bbolt panic
		if p := recover(); p != nil {
			l, err = nil, fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	if err := checkSize(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 3 * time.Second, FreelistType: bbolt.FreelistMapType})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return nil, err
	}
	if err := db.Update(prepare); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Local{db}, nil
}

func prepare(tx *bbolt.Tx) error {
	for _, name := range [][]byte{bMeta, bRecords, bMembers, bScopes, bOutbox, bSent, bLog} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	b := tx.Bucket(bMeta)
	if v := b.Get(kVersion); v != nil {
		if len(v) != 8 {
			return ErrDamaged
		}
		if binary.BigEndian.Uint64(v) > version {
			return ErrNewer
		}
	}
	return b.Put(kVersion, num(version))
}

// View implements client.Local.
func (l *Local) View(fn func(client.LocalReader) error) error {
	return l.db.View(func(t *bbolt.Tx) error { return fn(reader{t}) })
}

// Update implements client.Local; nil means that it is on the disk.
func (l *Local) Update(fn func(client.LocalTx) error) error {
	return l.db.Update(func(t *bbolt.Tx) error { return fn(tx{reader{t}}) })
}

// Close closes the file once all transactions have ended.
func (l *Local) Close() error { return l.db.Close() }

func num(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
