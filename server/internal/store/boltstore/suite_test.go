package boltstore

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/storetest"
	bolt "go.etcd.io/bbolt"
)

func TestSuite(t *testing.T) {
	storetest.Run(t, storetest.Engine{
		Open: func(t testing.TB, dir string, now func() time.Time) store.Store {
			s, err := Open(filepath.Join(dir, "store.db"), Options{Now: now, Rand: rand.Reader, Create: true})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		FailNext: failNext,
		Full:     syscall.ENOSPC,
		Broken:   syscall.EIO,
		Verify: func(t testing.TB, dir string) {
			t.Helper()
			mustCheck(t, filepath.Join(dir, "store.db"))
		},
	})
}

// failNext must be called while no update is under way.
func failNext(s store.Store, err error, applied bool) {
	b := s.(*Store)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.commit = func(tx *bolt.Tx) error {
		b.commit = (*bolt.Tx).Commit
		if applied {
			return errors.Join(err, tx.Commit())
		}
		return errors.Join(err, tx.Rollback())
	}
}

func mustCheck(t testing.TB, path string) Report {
	t.Helper()
	rep, err := Check(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range rep.Problems {
		t.Error(p)
	}
	if t.Failed() {
		t.FailNow()
	}
	return rep
}
