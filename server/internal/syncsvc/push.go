package syncsvc

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// batch is the mutations of one request on their way through one write
// transaction.
type batch struct {
	caller domain.Caller
	client syncproto.ID // "" from the console: no numbers, no chain
	first  int64
	prev   syncproto.Chain
	top    int64
	items  []item
	broken map[int]syncproto.Code // decided so because deciding them failed
	skip   map[syncproto.ID]bool  // waiting cases that failed

	// Results, reset at the top of each run.
	state    syncproto.State
	last     int64
	chain    syncproto.Chain
	verdicts []syncproto.Verdict
	fresh    bool // something was decided or counted: there is something to write
	decided  int  // index of the first mutation that was decided in this run, -1 if none was
	stirred  bool // something that waited was decided in between: others may have written too
}

// brokenError names the mutation or the waiting case whose decision failed.
type brokenError struct {
	i      int
	caseID syncproto.ID // not empty: a waiting case
	err    error
}

func (e *brokenError) Error() string { return fmt.Sprintf("decide %d: %v", e.i, e.err) }
func (e *brokenError) Unwrap() error { return e.err }

// passing reports whether an error is trouble of the store or the request that
// passes, and so no property of one mutation.
func passing(err error) bool {
	for _, e := range []error{store.ErrBusy, store.ErrFull, store.ErrStopped, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// check compares what the client says of itself with what the server holds.
func (b *batch) check(r store.Reader) error {
	c, err := r.Client(b.caller.Person, b.client)
	b.state, b.verdicts, b.fresh, b.decided, b.stirred = syncproto.StateOK, b.verdicts[:0], false, -1, false
	b.last, b.chain = c.Last, c.Chain
	if b.client == "" {
		return nil
	}
	if b.first > c.Last+1 || b.top < c.Last || b.first == c.Last+1 && b.prev != c.Chain {
		b.state = syncproto.StateRotate
	}
	return err
}

// replay answers known mutations from their stored verdicts. It stops at the
// first that must be decided and returns its index, len(items) if there is
// none. An unknown one below the numbers already counted means: rotate.
func (b *batch) replay(r store.Reader) (int, error) {
	for i := range b.items {
		n := b.first + int64(i)
		v, err := r.Verdict(b.caller.Person, b.items[i].fp)
		switch {
		case errors.Is(err, store.ErrNotFound) && n <= b.last && b.client != "":
			b.state = syncproto.StateRotate
			return i, nil
		case errors.Is(err, store.ErrNotFound):
			return i, nil
		case err != nil:
			return i, err
		case n > b.last && b.client != "":
			return i, nil // known, but to be counted in this client
		}
		v.N = n
		b.verdicts = append(b.verdicts, v)
	}
	return len(b.items), nil
}

// run is the write transaction of a batch. It may run several times.
func (b *batch) run(a *applier) error {
	if err := b.check(a.tx); err != nil || b.state != syncproto.StateOK {
		return err
	}
	a.st.foresee(b.items)
	settled := a.settled
	from := b.client
	for i := range b.items {
		n := b.first + int64(i)
		v, err := a.tx.Verdict(b.caller.Person, b.items[i].fp)
		known := err == nil
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if !known && from != "" && n <= b.last {
			b.state = syncproto.StateRotate
			break
		}
		if !known {
			if v, err = b.decideOne(a, i); err != nil {
				return err
			}
			b.fresh = true
			if b.decided < 0 {
				b.decided = i
			}
		}
		v.N = n
		b.verdicts = append(b.verdicts, v)
		if from != "" && n == b.last+1 {
			b.last, b.chain, b.fresh = n, syncproto.NextChain(b.chain, b.items[i].fp), true
		}
	}
	b.stirred = a.settled > settled
	if !b.fresh || from == "" {
		return nil
	}
	return a.tx.PutClient(b.caller.Person, from, store.Client{Last: b.last, Chain: b.chain})
}

// decideOne decides, writes and keeps the verdict of one mutation, then what
// waited for it.
func (b *batch) decideOne(a *applier, i int) (v syncproto.Verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &brokenError{i: i, err: fmt.Errorf("panic: %v", p)}
		}
	}()
	in := &input{item: b.items[i], caller: b.caller, client: b.client, now: a.tx.Now()}
	in.bounds = a.bounds(in)
	var out outcome
	if code := b.broken[i]; code != "" {
		out = aside(code, a.st.guess(in.m))
		if in.m != nil {
			out.key = in.key()
		}
	} else {
		out = decide(a.st, in)
	}
	if a.st.err == nil {
		v, err = a.apply(in, &out)
	}
	if err = errors.Join(a.st.err, err); err == nil {
		v.N = b.first + int64(i)
		err = a.tx.PutVerdict(b.caller.Person, in.fp, v)
	}
	if err == nil {
		err = a.settle()
	}
	var other *brokenError
	if err != nil && !passing(err) && !errors.As(err, &other) {
		err = &brokenError{i: i, err: err}
	}
	return v, err
}

// bounds are the trusted times of a mutation: the commit that its author held
// when he made it, by the store's own record of commit times, and now.
func (a *applier) bounds(in *input) store.Bounds {
	b := store.Bounds{NotAfterMs: in.now.UnixMilli()}
	if epoch, commit := in.heldAt(); commit > 0 && a.tx.Holds(epoch, commit) {
		b.NotBeforeMs = min(a.tx.CommitMs(commit), b.NotAfterMs)
	}
	return b
}

// heldAt is the commit that a mutation's author held, 0 if he names none.
func (in *input) heldAt() (epoch string, commit int64) {
	if in.m == nil {
		return "", 0
	}
	epoch, num, _ := strings.Cut(in.m.At, "/")
	commit, err := strconv.ParseInt(num, 10, 64)
	if err != nil || commit < 0 {
		return "", 0
	}
	return epoch, commit
}

// lostHistory reports whether a mutation was made by somebody who held what
// this store has lost.
func (s *state) lostHistory(in *input) bool {
	epoch, commit := in.heldAt()
	return commit > 0 && !s.r.Holds(epoch, commit)
}

// commit takes a batch through write transactions until none of its mutations
// breaks the deciding. What breaks is set aside as internal, or, if the store
// itself found a closed month that decide did not see, as that.
func (s *Service) commit(ctx context.Context, b *batch) error {
	for {
		err := s.update(ctx, func(tx store.Tx) error { return b.run(s.applier(tx, b.skip)) })
		var broken *brokenError
		if !errors.As(err, &broken) {
			return err
		}
		if broken.caseID != "" {
			if b.skip[broken.caseID] {
				return err
			}
			s.cfg.Log.ErrorContext(ctx, "waiting case broke its decision", "case_id", string(broken.caseID), "err", broken.err)
			b.skip[broken.caseID] = true
			continue
		}
		if b.broken[broken.i] != "" {
			return err // even setting it aside fails: no verdict, the phone comes again
		}
		code := syncproto.CodeInternal
		if errors.Is(err, store.ErrScopeClosed) {
			code = syncproto.CodeMonthClosed
		}
		s.cfg.Log.ErrorContext(ctx, "mutation broke its decision", "fp", b.items[broken.i].fp.String(), "code", string(code), "err", broken.err)
		b.broken[broken.i] = code
	}
}
