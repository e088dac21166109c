package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/banso/banso/server/internal/store"
	bolt "go.etcd.io/bbolt"
)

// migrations lead from schema i to i+1. The list is append-only: a file of any
// age is brought to the newest schema in one transaction.
var migrations = []func(*bolt.Tx) error{
	func(tx *bolt.Tx) error { // 1: all buckets
		for _, n := range bucketNames {
			if _, err := tx.CreateBucketIfNotExists(n); err != nil {
				return err
			}
		}
		return nil
	},
	packEntries, // 2: entries of the index and verdicts in blocks
}

// Schema is the number of the newest schema.
var schemaCurrent = len(migrations)

// schemaOf returns the schema of a file; a file without one is no store.
func schemaOf(tx *bolt.Tx) (int, error) {
	b := tx.Bucket(bucketNames[bMeta])
	if b == nil {
		return 0, fmt.Errorf("%w: not a file of this program", store.ErrDamaged)
	}
	v := b.Get(keySchema)
	if len(v) != 8 {
		return 0, fmt.Errorf("%w: no schema number", store.ErrDamaged)
	}
	return int(binary.BigEndian.Uint64(v)), nil
}

// migrate brings a file to the newest schema. A file without buckets is new.
func migrate(tx *bolt.Tx) error {
	from := 0
	if tx.Bucket(bucketNames[bMeta]) != nil {
		n, err := schemaOf(tx)
		if err != nil {
			return err
		}
		from = n
	}
	if from == schemaCurrent {
		return nil
	}
	for _, m := range migrations[from:] {
		if err := m(tx); err != nil {
			return fmt.Errorf("store: migration: %w", err)
		}
	}
	return tx.Bucket(bucketNames[bMeta]).Put(keySchema, be64(int64(schemaCurrent)))
}

// Run is one run of the server: every start makes one.
type Run struct {
	Epoch       string
	First, Last int64 // Last is 0 while it goes on
}

const epochLen = 8

// newEpoch draws 40 random bits as 8 lower-case characters.
func newEpoch(rnd io.Reader) (string, error) {
	const alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
	b := make([]byte, epochLen)
	if _, err := io.ReadFull(rnd, b); err != nil {
		return "", fmt.Errorf("store: random source: %w", err)
	}
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return string(b), nil
}

// begin checks the schema, brings it up to date and starts a run.
func (s *Store) begin() error {
	err := s.db.View(func(tx *bolt.Tx) (err error) {
		n, err := schemaOf(tx)
		if err != nil {
			return err
		}
		if n > schemaCurrent {
			return fmt.Errorf("%w: schema %d, this program knows %d", store.ErrNewer, n, schemaCurrent)
		}
		if n < schemaCurrent && s.opt.ReadOnly {
			return fmt.Errorf("store: schema %d is older than %d and the file is opened for reading only", n, schemaCurrent)
		}
		if s.opt.ReadOnly {
			s.seq = fromBE64(tx.Bucket(bucketNames[bMeta]).Get(keySeq))
			s.runs, err = loadRuns(tx)
		}
		return err
	})
	if err != nil || s.opt.ReadOnly {
		return err
	}
	return s.db.Update(s.startRun)
}

func loadRuns(tx *bolt.Tx) (runs []Run, err error) {
	err = tx.Bucket(bucketNames[bRuns]).ForEach(func(k, v []byte) error {
		if len(k) != 8 || len(v) != epochLen+8 {
			return errCorrupt
		}
		runs = append(runs, Run{Epoch: string(v[:epochLen]), First: fromBE64(k), Last: fromBE64(v[epochLen:])})
		return nil
	})
	return runs, err
}

// startRun ends the last run at the newest commit that the file holds and
// appends this one. Its numbers begin at the clock's microseconds, so that
// they do not repeat those of commits that a restored file has lost.
func (s *Store) startRun(tx *bolt.Tx) (err error) {
	if err := migrate(tx); err != nil {
		return err
	}
	meta, b := tx.Bucket(bucketNames[bMeta]), tx.Bucket(bucketNames[bRuns])
	s.runs, err = loadRuns(tx)
	if err != nil {
		return err
	}
	seq := fromBE64(meta.Get(keySeq))
	if n := len(s.runs); n > 0 {
		last := &s.runs[n-1]
		last.Last = seq
		if err := b.Put(be64(last.First), append([]byte(last.Epoch), be64(seq)...)); err != nil {
			return err
		}
	}
	epoch, err := s.freshEpoch()
	if err != nil {
		return err
	}
	now := s.opt.Now()
	s.seq = max(seq+1, now.UnixMicro())
	s.tickMs = now.UnixMilli()
	s.runs = append(s.runs, Run{Epoch: epoch, First: s.seq})
	if err := b.Put(be64(s.seq), append([]byte(epoch), be64(0)...)); err != nil {
		return err
	}
	if err := tx.Bucket(bucketNames[bTimes]).Put(be64(s.seq), be64(s.tickMs)); err != nil {
		return err
	}
	return meta.Put(keySeq, be64(s.seq))
}

// WroteBefore is the epoch of the newest run before this one that wrote
// anything, "" if none did: whoever leaves a mark in each run learns from it
// whether a program that doesn't know the mark has written since.
func (s *Store) WroteBefore() string {
	for i := len(s.runs) - 2; i >= 0; i-- {
		if r := s.runs[i]; r.Last > r.First {
			return r.Epoch
		}
	}
	return ""
}

// freshEpoch draws until the name is not one of the runs before: a seeded
// source repeats itself at every start.
func (s *Store) freshEpoch() (string, error) {
	for range 1000 {
		epoch, err := newEpoch(s.opt.Rand)
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(s.runs, func(r Run) bool { return r.Epoch == epoch }) {
			return epoch, nil
		}
	}
	return "", errors.New("store: the random source repeats itself")
}
