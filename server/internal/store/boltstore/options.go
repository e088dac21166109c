package boltstore

import (
	"io"
	"log/slog"
	"time"

	"github.com/banso/banso/syncproto"
)

// Defaults of Options.
const (
	DefaultQueueLen = 1024
	DefaultMapSize  = 16 << 30 // bytes of address space
	lockTimeout     = 3 * time.Second
	allocSize       = 8 << 20               // the file grows in such steps
	maxGroup        = 512                   // updates that share a commit
	maxGather       = 20 * time.Millisecond // that a group waits for others
	maxPause        = 2 * time.Millisecond  // between two of them
)

// Options of a store. Now and Rand are required for writing.
type Options struct {
	// Now is the wall clock, Rand the source of the epoch's name.
	Now  func() time.Time
	Rand io.Reader
	// OnCommit is called after each durable commit, before its updates return,
	// on the goroutine that commits: it must be quick and must not write.
	// touched are the scopes that have new entries.
	OnCommit func(commit int64, touched []syncproto.Scope)
	// OnGroup is called after each commit, durable or not, on the same goroutine:
	// how many updates shared it and how long it took.
	OnGroup func(updates int, took time.Duration)
	// MaxSize bounds the file, in bytes; beyond it writes get ErrFull. 0: no bound.
	MaxSize int
	// QueueLen is how many updates may wait; more get ErrBusy at once.
	QueueLen int
	// MapSize is the address space reserved for the file, in bytes. Growing
	// beyond it has to wait until nobody reads.
	MapSize int
	// Create makes the file if it is absent. Whoever sets it has made sure
	// that nothing else of the shard (its keys) exists.
	Create bool
	// ReadOnly opens for View only and changes nothing, not even the runs.
	ReadOnly bool
	// Log is told what nobody can be returned to. nil: nothing is logged.
	Log *slog.Logger
}

func (o *Options) fill() {
	if o.QueueLen <= 0 {
		o.QueueLen = DefaultQueueLen
	}
	if o.MapSize <= 0 {
		o.MapSize = DefaultMapSize
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnGroup == nil {
		o.OnGroup = func(int, time.Duration) {}
	}
	if o.OnCommit == nil {
		o.OnCommit = func(int64, []syncproto.Scope) {}
	}
}
