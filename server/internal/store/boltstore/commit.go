package boltstore

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/banso/banso/server/internal/store"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// job is one Update on its way.
type job struct {
	fn    func(store.Tx) error
	state atomic.Int32 // jobWaits, then jobTaken or jobGone
	err   error        // of the outcome, set before done is closed
	done  chan struct{}
}

const (
	jobWaits int32 = iota
	jobTaken       // the committer has it
	jobGone        // its caller gave up before
)

// Update implements store.Store. A full queue is ErrBusy at once. When ctx
// ends before fn began, fn never runs; after that Update waits for the
// outcome.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.opt.ReadOnly {
		return store.ErrReadOnly
	}
	j := &job{fn: fn, done: make(chan struct{})}
	if err := s.enqueue(j); err != nil {
		return err
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaits, jobGone) {
			return ctx.Err()
		}
		<-j.done
		return j.err
	}
}

func (s *Store) enqueue(j *job) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed || s.stopped.Load() {
		return store.ErrStopped
	}
	select {
	case s.queue <- j:
		return nil
	default:
		return store.ErrBusy
	}
}

// loop is the committer. group is what is left of a group whose committer was
// ended by one of its closures (runtime.Goexit, as testing's FailNow does).
func (s *Store) loop(group *group) {
	alive := false
	defer func() {
		if alive {
			close(s.done)
			return
		}
		group.abandon()
		go s.loop(group)
	}()
	if group == nil {
		group = newGroup(s)
	} else {
		group.settle()
	}
	for j := range s.queue {
		group.take(j)
		group.gather()
		n, start := len(group.jobs), time.Now()
		group.settle()
		group.took = time.Since(start)
		s.opt.OnGroup(n, group.took)
	}
	alive = true
}

// gather takes what waits. Callers of the commits before come back about now,
// and together they cost little more than one alone: the group waits for as
// many as came together lately, but no longer than twice what a commit takes,
// and not when nobody came for a while. Who writes alone never waits.
func (g *group) gather() {
	for len(g.jobs) < maxGroup && len(g.s.queue) > 0 {
		g.take(<-g.s.queue)
	}
	if len(g.jobs) < g.want {
		g.await()
	}
	g.want = max(len(g.jobs), g.want*7/8)
}

func (g *group) await() {
	patience := min(g.took/2, maxPause)
	pause, end := time.NewTimer(patience), time.NewTimer(min(2*g.took, maxGather))
	defer pause.Stop()
	defer end.Stop()
	for len(g.jobs) < g.want {
		select {
		case j, ok := <-g.s.queue:
			if !ok {
				return
			}
			g.take(j)
			pause.Reset(patience)
		case <-pause.C:
			return
		case <-end.C:
			return
		}
	}
}

// group is the updates that share one commit.
type group struct {
	s    *Store
	jobs []*job
	tx   *bolt.Tx // under way
	cur  *job     // whose closure runs
	want int      // how many came together lately
	took time.Duration
}

func newGroup(s *Store) *group { return &group{s: s} }

func (g *group) take(j *job) {
	if j.state.CompareAndSwap(jobWaits, jobTaken) {
		g.jobs = append(g.jobs, j)
	}
}

// finish gives a job its outcome.
func (g *group) finish(j *job, err error) {
	j.err = err
	close(j.done)
}

// drop takes a job out with its own error.
func (g *group) drop(j *job, err error) {
	g.jobs = slices.DeleteFunc(g.jobs, func(o *job) bool { return o == j })
	g.finish(j, err)
}

func (g *group) rollback() {
	if g.tx != nil {
		_ = g.tx.Rollback() // it can only say that it is over already
		g.tx = nil
	}
}

// abandon follows a closure that ended the committer's goroutine.
func (g *group) abandon() {
	g.rollback()
	if g.cur != nil {
		g.drop(g.cur, errors.New("store: the closure ended its goroutine"))
		g.cur = nil
	}
}

// settle runs the group until it is committed, without those that fail, and
// gives each its outcome.
func (g *group) settle() {
	for len(g.jobs) > 0 {
		if g.s.stopped.Load() {
			g.finishAll(store.ErrStopped)
			return
		}
		t, err := g.run()
		switch {
		case err != nil:
			g.finishAll(err)
		case t == nil: // one failed after it wrote: again without it
		case t.seq == g.s.seq:
			g.rollback() // nobody wrote
			g.finishAll(nil)
		default:
			g.commit(t)
		}
	}
}

func (g *group) finishAll(err error) {
	for _, j := range g.jobs {
		g.finish(j, err)
	}
	g.jobs = g.jobs[:0]
}

// run runs all closures in a fresh transaction. No transaction and no error
// means: to be run again.
func (g *group) run() (*txn, error) {
	tx, err := g.s.db.Begin(true)
	if err != nil {
		return nil, fmt.Errorf("store: begin: %w", err)
	}
	g.tx = tx
	t := g.s.newTxn(tx, g.s.opt.Now().UTC())
	for _, j := range slices.Clone(g.jobs) {
		t.wrote, t.broken = false, nil
		seq := t.seq
		g.cur = j
		panicked, err := call(j.fn, t)
		g.cur = nil
		if err == nil {
			err = t.broken
		}
		if err == nil {
			if t.wrote && t.seq == seq {
				t.seq++ // every write moves the commit, so that durable can cover it
			}
			continue
		}
		g.drop(j, err)
		if t.wrote || panicked {
			g.rollback()
			return nil, nil
		}
	}
	return t, nil
}

// call runs a closure and turns its panic into an error.
func call(fn func(store.Tx) error, t *txn) (panicked bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			panicked, err = true, fmt.Errorf("store: closure panicked: %v\n%s", r, debug.Stack())
		}
	}()
	return false, fn(t)
}

// commit makes the group durable and tells the world.
func (g *group) commit(t *txn) {
	s := g.s
	before := int(g.tx.ID()) - 1
	err := t.flush()
	if err != nil {
		g.rollback()
		g.finishAll(fmt.Errorf("store: %w", err))
		return
	}
	err = s.commit(g.tx)
	g.tx = nil
	switch {
	case err == nil:
		t.committed()
		s.opt.OnCommit(t.seq, t.published())
		g.finishAll(nil)
	case isFull(err) && s.stands(before):
		s.opt.Log.Warn("store is full", "err", err)
		g.finishAll(store.ErrFull)
	default:
		s.stopped.Store(true)
		s.fatal <- fmt.Errorf("store: outcome of a commit is unknown: %w", err)
		g.finishAll(fmt.Errorf("%w: %w", store.ErrStopped, err))
	}
}

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, berrors.ErrMaxSizeReached)
}

// stands reports whether the newest transaction in the file is still the one
// before the commit that failed.
func (s *Store) stands(txid int) bool {
	tx, err := s.db.Begin(false)
	if err != nil {
		return false
	}
	id := tx.ID()
	_ = tx.Rollback() // a read transaction
	return id == txid
}
