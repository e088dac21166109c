package app

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// TestWorker_RestsUnderLoad: while phones push without a pause there is always
// something new to follow, in more than one batch. The one writer is the phones'
// all the same.
func TestWorker_RestsUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorker(Config{Log: slog.New(slog.DiscardHandler)}, workerShare)
		var worked time.Duration
		batch := 0
		w.steps = []step{{"progress", func(context.Context) (bool, error) {
			time.Sleep(50 * time.Millisecond)
			worked += 50 * time.Millisecond
			w.wake() // its own commit
			batch++
			return batch%3 != 0, nil
		}}}
		w.start()
		const during = 5 * time.Minute
		for range during / (100 * time.Millisecond) { // phones
			w.wake()
			time.Sleep(100 * time.Millisecond)
		}
		if err := w.stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if worked > during/(workerShare+1)+time.Second {
			t.Errorf("the follow-up took %v of %v", worked, during)
		}
		if worked < during/(2*workerShare) {
			t.Errorf("the follow-up took %v of %v: it must go on", worked, during)
		}
	})
}

// TestWorker_ComesBackWhenQuiet: when nobody pushes any more, what is left is not
// kept waiting for the rest that a long round earned.
func TestWorker_ComesBackWhenQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorker(Config{Log: slog.New(slog.DiscardHandler)}, workerShare)
		var at []time.Duration // when rounds began
		began := time.Now()
		w.steps = []step{{"progress", func(context.Context) (bool, error) {
			at = append(at, time.Since(began))
			if len(at) == 1 {
				time.Sleep(10 * time.Second)
				w.wake() // the last push
			}
			return false, nil
		}}}
		w.start()
		time.Sleep(5 * time.Minute)
		if err := w.stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(at) < 2 || at[1] > 10*time.Second+2*workerPause {
			t.Errorf("rounds began at %v", at)
		}
	})
}
