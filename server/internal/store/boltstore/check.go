package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/banso/banso/server/internal/store"
)

// Report is what Check found. The counts are of the whole file.
type Report struct {
	Schema                 int
	Bytes                  int64 // size of the file
	Epoch                  string
	Commit, Durable        int64
	Runs                   int
	Scopes                 int64
	Records, Tombstones    int64
	Entries, Changes       int64 // of the change index, of the history
	Verdicts, Clients      int64
	Raws, Waiters          int64
	Decisions, Credentials int64
	Counters, Due          int64
	Chain                  [32]byte // hash of the newest decision
	Fold                   [32]byte // over count and sum of every scope
	Problems               []string // empty: the file is whole
}

// maxProblems ends a report on a file that is wrong everywhere.
const maxProblems = 1000

var errEnough = errors.New("enough problems")

// checker recomputes what the file claims.
type checker struct {
	r   *reader
	rep *Report
	seq int64

	scopes  map[uint32]*scopeState // recomputed
	refs    int64                  // of all records: each needs its own entry
	changes int64                  // reached from records
	revs    []int64                // of the record at hand, newest first
}

// Check opens a file that no process has open, changes nothing, and verifies
// it: every record's hashes, its entry in each scope and every entry's record,
// counts and sums, the links of the history, the chain of decisions, runs,
// and that every other value decodes. The error is one of Open; what is wrong
// inside is in Problems.
func Check(path string) (rep Report, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	fi, err := os.Stat(path)
	if err != nil {
		return rep, err
	}
	rep.Bytes = fi.Size()
	tx, err := s.db.Begin(false)
	if err != nil {
		return rep, err
	}
	defer tx.Rollback() //nolint:errcheck // a read transaction
	c := &checker{r: &reader{s: s, tx: tx}, rep: &rep, scopes: map[uint32]*scopeState{}}
	c.guard("file", c.all)
	if len(rep.Problems) == 0 { // bbolt's own look follows pages without a net
		for e := range tx.Check() {
			if len(rep.Problems) < maxProblems {
				rep.Problems = append(rep.Problems, "page: "+e.Error())
			}
		}
	}
	return rep, nil
}

// guard turns a fault in a torn page into a problem.
func (c *checker) guard(what string, fn func() error) {
	defer func() {
		if r := recover(); r != nil {
			c.rep.Problems = append(c.rep.Problems, fmt.Sprintf("%s: cannot be read: %v", what, r))
		}
	}()
	if err := fn(); err != nil && !errors.Is(err, errEnough) {
		c.rep.Problems = append(c.rep.Problems, fmt.Sprintf("%s: %v", what, err))
	}
}

func (c *checker) problem(format string, a ...any) error {
	if len(c.rep.Problems) >= maxProblems {
		return errEnough
	}
	c.rep.Problems = append(c.rep.Problems, fmt.Sprintf(format, a...))
	return nil
}

func (c *checker) all() error {
	for _, n := range bucketNames {
		if c.r.tx.Bucket(n) == nil {
			return fmt.Errorf("%w: no bucket %s", errCorrupt, n)
		}
	}
	h := c.r.Head()
	c.seq = h.Commit
	c.rep.Schema, c.rep.Epoch, c.rep.Commit, c.rep.Durable = schemaCurrent, h.Epoch, h.Commit, h.Durable
	for _, part := range []struct {
		name string
		fn   func() error
	}{
		{"runs", c.runs}, {"dictionary", c.dictionary}, {"records", c.records}, {"index", c.index},
		{"scopes", c.scopeStates}, {"history", c.history}, {"decisions", c.decisions}, {"verdicts", c.verdicts},
		{"clients", c.clients}, {"rest", c.rest},
	} {
		c.guard(part.name, part.fn)
	}
	return nil
}

// each streams a bucket and counts it.
func (c *checker) each(bucket int, n *int64, fn func(k, v []byte) error) error {
	return c.r.b(bucket).ForEach(func(k, v []byte) error {
		*n++
		return fn(k, v)
	})
}

func (c *checker) runs() error {
	seen := map[string]bool{}
	last := int64(0)
	c.rep.Runs = len(c.r.s.runs)
	for i, r := range c.r.s.runs {
		end := r.Last
		if i == len(c.r.s.runs)-1 && end == 0 {
			end = c.seq
		}
		if seen[r.Epoch] || r.First <= last || end < r.First || end > c.seq {
			if err := c.problem("run %d: %s from %d to %d after %d", i, r.Epoch, r.First, end, last); err != nil {
				return err
			}
		}
		seen[r.Epoch], last = true, end
	}
	if c.rep.Runs == 0 && c.seq != 0 {
		return c.problem("runs: none, but commits up to %d", c.seq)
	}
	if c.rep.Durable > c.seq {
		return c.problem("durable %d is beyond the newest commit %d", c.rep.Durable, c.seq)
	}
	at := int64(0)
	return c.r.b(bTimes).ForEach(func(k, v []byte) error {
		if len(k) != 8 || len(v) != 8 || fromBE64(k) <= at {
			return c.problem("times: at %x", k)
		}
		at = fromBE64(k)
		return nil
	})
}

// dictionary checks that names and numbers lead to each other.
func (c *checker) dictionary() error {
	b := c.r.b(bDict)
	return b.ForEach(func(k, v []byte) error {
		ok := false
		switch {
		case len(k) < 2:
		case k[1] == dictNext:
			ok = len(v) == 4
		case k[1] == dictForward:
			ok = len(v) == 4 && string(b.Get(append([]byte{k[0], dictBack}, v...))) == string(k[2:])
		case k[1] == dictBack && len(k) == 6:
			next := b.Get([]byte{k[0], dictNext})
			ok = string(b.Get(append([]byte{k[0], dictForward}, v...))) == string(k[2:]) &&
				len(next) == 4 && binary.BigEndian.Uint32(k[2:]) <= binary.BigEndian.Uint32(next)
		}
		if !ok {
			return c.problem("dictionary: %x leads nowhere", k)
		}
		return nil
	})
}

// decisions recomputes the hash chain.
func (c *checker) decisions() error {
	var prev store.Decision
	newest := map[string]int64{}
	err := c.each(bDecisions, &c.rep.Decisions, func(k, v []byte) error {
		d, err := decodeDecision(fromBE64(k), v)
		if err != nil || len(k) != 8 {
			return c.problem("decision %x: %v", k, errCorrupt)
		}
		if d.N != prev.N+1 || d.Prev != prev.Hash || d.Hash != d.Sum() {
			if err := c.problem("decision %d: the chain is broken", d.N); err != nil {
				return err
			}
		}
		newest[d.Kind+"\x00"+d.Key] = d.N
		prev = d
		return nil
	})
	if err != nil {
		return err
	}
	err = c.r.b(bDecisionKeys).ForEach(func(k, v []byte) error {
		if newest[string(k)] != fromBE64(v) {
			return c.problem("decision key %q: is not the newest", k)
		}
		delete(newest, string(k))
		return nil
	})
	c.rep.Chain = prev.Hash
	if err == nil && len(newest) > 0 {
		return c.problem("decision keys: %d are missing", len(newest))
	}
	return err
}
