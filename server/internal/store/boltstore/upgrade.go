package boltstore

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/banso/banso/server/internal/store"
	bolt "go.etcd.io/bbolt"
)

// Schemas returns the schema of the file at path and the newest one that this
// program knows. It changes nothing; errors are those of Open.
func Schemas(path string) (have, newest int, err error) {
	err = withFile(path, func(db *bolt.DB) error {
		return db.View(func(tx *bolt.Tx) (err error) {
			have, err = schemaOf(tx)
			return err
		})
	})
	if err == nil && have > schemaCurrent {
		err = fmt.Errorf("%w: schema %d, this program knows %d", store.ErrNewer, have, schemaCurrent)
	}
	return have, schemaCurrent, err
}

// Copy copies the file of a stopped server as it is, of any schema, to dst,
// which must not exist: whole and durable when it has its name.
func Copy(path, dst string) error {
	return withFile(path, func(*bolt.DB) error { // holds the lock meanwhile
		in, err := os.Open(path)
		if err != nil {
			return err
		}
		defer in.Close() //nolint:errcheck // only read from
		return writeNew(dst, func(w io.Writer) error {
			_, err := io.Copy(w, in)
			return err
		})
	})
}

// withFile opens a file of any schema for reading.
func withFile(path string, do func(*bolt.DB) error) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return store.ErrMissing
	}
	opt := Options{ReadOnly: true}
	opt.fill()
	db, err := openBolt(path, opt)
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}
