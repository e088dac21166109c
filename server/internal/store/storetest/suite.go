package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/store"
)

// Engine is what the suite needs of an engine.
type Engine struct {
	// Open opens the store in a directory, or makes it there.
	Open func(t testing.TB, dir string, now func() time.Time) store.Store
	// FailNext makes the next commit return err, after it was applied or
	// without.
	FailNext func(s store.Store, err error, applied bool)
	// Full is an error of a commit that the engine takes for a full disk,
	// Broken one whose outcome it cannot know.
	Full, Broken error
	// Verify checks the closed store in a directory for inner consistency.
	Verify func(t testing.TB, dir string)
}

// Run runs the suite.
func Run(t *testing.T, e Engine) {
	t.Run("Model", func(t *testing.T) { e.testModel(t, false) })
	t.Run("ModelTwice", func(t *testing.T) { e.testModel(t, true) })
	t.Run("FaultNotApplied", func(t *testing.T) { e.testFault(t, false) })
	t.Run("FaultApplied", func(t *testing.T) { e.testFault(t, true) })
	t.Run("Full", e.testFull)
	t.Run("Group", e.testGroup)
	t.Run("Readers", e.testReaders)
	t.Run("Cancelled", e.testCancelled)
	t.Run("Closed", e.testClosed)
	t.Run("Tombstone", e.testTombstone)
	t.Run("MoveKeepsRev", e.testMove)
	t.Run("StreamsUnderWrites", e.testStreams)
	t.Run("Runs", e.testRuns)
	t.Run("CommitMs", e.testCommitMs)
	t.Run("Redact", e.testRedact)
}

// clock is a time that only tests move.
type clock struct{ t time.Time }

func newClock() *clock { return &clock{time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time { return c.t }

// twice runs every closure twice and rolls the first run back.
type twice struct{ store.Store }

var errAgain = errors.New("storetest: run again")

func (s twice) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return s.Store.Update(ctx, fn)
}

func mustUpdate(t testing.TB, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func mustView(t testing.TB, s store.Store, fn func(store.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func mustClose(t testing.TB, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
