package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// How the worker paces itself. After a round it pauses: who comes alone is
// followed at once, a burst once a second. While others go on committing it rests
// longer: a month with many records must not be judged all the time.
const (
	workerEvery = time.Minute      // clock work without a commit
	workerPause = time.Second      // at least
	workerShare = 19               // so many times as long as it worked,
	workerRest  = 30 * time.Second // but no longer
	workerRetry = 5 * time.Second  // after an error
)

// rest is the pause after a round that took so long.
func (w *worker) rest(took time.Duration) time.Duration {
	return min(max(workerPause, w.share*took), workerRest)
}

// step is one kind of follow-up work; it reports whether more is left.
type step struct {
	name string
	do   func(context.Context) (more bool, err error)
}

// worker does what follows commits: decide waiting cases again, recompute
// progress, close months by the clock. It loses nothing when killed, for the
// work stands in the store as due marks.
type worker struct {
	log    *slog.Logger
	steps  []step
	share  time.Duration                       // how many times as long as it worked it rests
	tell   func(took time.Duration, err error) // of each round
	woken  chan struct{}                       // holds one
	cancel context.CancelFunc
	done   chan struct{}
}

func newWorker(cfg Config, share time.Duration) *worker {
	return &worker{log: cfg.Log, share: share, tell: func(time.Duration, error) {}, woken: make(chan struct{}, 1)}
}

// wake says that something was committed; it never blocks.
func (w *worker) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

func (w *worker) start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel, w.done = cancel, make(chan struct{})
	go func() {
		defer close(w.done)
		w.run(ctx)
	}()
}

func (w *worker) run(ctx context.Context) {
	w.wake() // what an earlier run left behind
	for {
		t := time.NewTimer(workerEvery)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-w.woken:
		case <-t.C:
		}
		t.Stop()
		start := time.Now()
		_, err := w.round(ctx)
		w.tell(time.Since(start), err)
		if err == nil {
			w.restWhileBusy(ctx, w.rest(time.Since(start)))
			continue
		}
		if ctx.Err() == nil {
			w.log.Error("follow-up work failed", "error", err)
			w.wake()
		}
		select {
		case <-ctx.Done():
		case <-time.After(workerRetry):
		}
	}
}

// restWhileBusy leaves the writer to the others for so long, or until nobody has
// wanted it for workerPause.
func (w *worker) restWhileBusy(ctx context.Context, most time.Duration) {
	due, last := w.taken(), false
	for end := time.Now().Add(most); !last && ctx.Err() == nil; {
		select {
		case <-ctx.Done():
		case <-time.After(min(workerPause, time.Until(end))):
		}
		busy := w.taken()
		due = due || busy
		last = !busy || !time.Now().Before(end)
	}
	if due {
		w.wake()
	}
}

// taken reports whether something was committed since it was last asked.
func (w *worker) taken() bool {
	select {
	case <-w.woken:
		return true
	default:
		return false
	}
}

// round does all steps once, each until it has gone through what it found. What
// is committed meanwhile, by the steps too, wakes it again: while phones push
// there is always something new, and a round that went after it would never end.
func (w *worker) round(ctx context.Context) (did bool, err error) {
	for _, s := range w.steps {
		for more := true; more; {
			if more, err = s.do(ctx); err != nil {
				return did, fmt.Errorf("%s: %w", s.name, err)
			}
			if err := ctx.Err(); err != nil {
				return did, err
			}
			did = did || more
		}
	}
	return did, nil
}

// drain does rounds until nothing is left: for who knows that nobody pushes.
func (w *worker) drain(ctx context.Context) error {
	for {
		if did, err := w.round(ctx); err != nil || !did {
			return err
		}
	}
}

// stop ends the worker, or gives up waiting when ctx ends.
func (w *worker) stop(ctx context.Context) error {
	if w.cancel == nil {
		return nil
	}
	w.cancel()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("follow-up work did not end: %w", ctx.Err())
	}
}

// keeper is a goroutine that runs beside the worker until it is stopped.
type keeper struct {
	cancel context.CancelFunc
	done   chan struct{}
}

func keep(run func(context.Context)) *keeper {
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeper{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(k.done)
		run(ctx)
	}()
	return k
}

// keeperStop is how long a stop waits for a backup under way. It touches only
// files of its own, and the next start makes another.
const keeperStop = 3 * time.Second

// stop ends it. nil was never started.
func (k *keeper) stop() {
	if k == nil {
		return
	}
	k.cancel()
	select {
	case <-k.done:
	case <-time.After(keeperStop):
	}
}
