package syncsvc

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Defaults of Config.
const (
	defaultNextS = 900
	busyNextS    = 10
	maxWait      = 50 * time.Second
)

// When phones are asked to send photos.
const (
	BlobsWifi  = "wifi"
	BlobsNow   = "now"
	blobsLater = "later"
)

// Config wires a Service. Store and Now are required.
type Config struct {
	Store store.Store
	// Now is the server's clock: it decides which day it is for who may read.
	Now func() time.Time
	Log *slog.Logger
	// NextS is after how many seconds a phone is asked to come again, before
	// jitter.
	NextS int
	// Blobs is when phones are asked to send photos: "wifi" (default) or "now".
	Blobs string
	// Jitter returns a random number from 0 to n-1; nil takes a source that
	// nobody can predict or repeat.
	Jitter func(n int) int
	// MinApp is the oldest version of the app that is not told to update before
	// anything else, such as "1.2.0"; "": any. What older ones push is taken.
	MinApp string
	// Months explains and corrects; nil makes one on the same store.
	Months *months.Service
	// DisputeDays is within how many working days a dispute is to be answered;
	// 0 means 5, an assumption.
	DisputeDays int
}

// Service decides mutations and delivers changes.
type Service struct {
	cfg Config
	hub hub
	// catalogue is the last one read from a committed snapshot.
	catalogue atomic.Pointer[catalogue]
	roster    known
	lists     lists
}

// New makes a Service.
func New(cfg Config) *Service {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Jitter == nil {
		cfg.Jitter = rand.IntN
	}
	if cfg.Blobs == "" {
		cfg.Blobs = BlobsWifi
	}
	if cfg.NextS <= 0 {
		cfg.NextS = defaultNextS
	}
	if cfg.Months == nil {
		cfg.Months = months.New(cfg.Store, cfg.Now)
	}
	if cfg.DisputeDays <= 0 {
		cfg.DisputeDays = defaultDisputeDays
	}
	return &Service{cfg: cfg}
}

// Sync is push and pull of one phone. The request was decoded strictly and
// its limits hold. Errors: domain.Full when the disk is full, domain.Unavailable
// when the store has stopped; anything that passes sooner is state busy.
func (s *Service) Sync(ctx context.Context, c domain.Caller, req *syncproto.Request) (*syncproto.Response, error) {
	b := &batch{
		caller: c, client: req.Client, first: req.Push.First, prev: req.Push.Prev, top: req.Top,
		broken: map[int]syncproto.Code{}, skip: map[syncproto.ID]bool{},
	}
	for _, raw := range req.Push.List {
		b.items = append(b.items, readItem(raw))
	}
	p := newPull(s, c, req, b)
	p.expand()
	done, err := s.look(ctx, c, req, b, p)
	if err != nil || done {
		return s.answer(req, b, p), err
	}
	if err := s.commit(ctx, b); err != nil {
		if !errors.Is(err, store.ErrBusy) {
			return nil, problem(err)
		}
		if err := s.cfg.Store.View(ctx, b.check); err != nil {
			return nil, problem(err)
		}
		b.state = syncproto.StateBusy
	}
	if err := s.cfg.Store.View(ctx, p.read); err != nil {
		return nil, problem(err)
	}
	return s.answer(req, b, p), nil
}

// look is the first snapshot of a sync: lost history, the client's state, and
// whether anything must be written. If nothing must, it pulls in the same
// snapshot and the sync is done without a write transaction.
func (s *Service) look(ctx context.Context, c domain.Caller, req *syncproto.Request, b *batch, p *pull) (done bool, err error) {
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		p.head = r.Head()
		if req.Seen != nil && req.Seen.Epoch != "" && !r.Holds(req.Seen.Epoch, req.Seen.Commit) {
			b.state, done = syncproto.StateLost, true
			return nil
		}
		if err := b.check(r); err != nil {
			return err
		}
		if b.state != syncproto.StateOK {
			done = true
			return nil
		}
		i, err := b.replay(r)
		switch {
		case err != nil:
			return err
		case b.state != syncproto.StateOK:
			done = true
			return nil
		case i < len(b.items):
			return errors.Join(s.warm(r), s.roster.warm(r, c.Person))
		}
		done = true
		return p.read(r)
	})
	return done, problem(err)
}

// Submit decides the mutations of the console, the way of every other
// mutation; the same bytes sent again give the same verdicts. Verdict i is of
// mutation i and carries N = i+1.
func (s *Service) Submit(ctx context.Context, c domain.Caller, raws []syncproto.RawMutation) ([]syncproto.Verdict, error) {
	b := &batch{caller: c, first: 1, broken: map[int]syncproto.Code{}, skip: map[syncproto.ID]bool{}}
	for _, raw := range raws {
		b.items = append(b.items, readItem(raw))
	}
	err := s.cfg.Store.View(ctx, s.warm)
	if err == nil {
		err = s.commit(ctx, b)
	}
	return b.verdicts, problem(err)
}

// update runs one write transaction.
func (s *Service) update(ctx context.Context, fn func(store.Tx) error) error {
	return s.cfg.Store.Update(ctx, fn)
}

func (s *Service) applier(tx store.Tx, skip map[syncproto.ID]bool) *applier {
	codes, err := s.catalogueIn(tx)
	st := newState(tx, tx.Now(), codes)
	st.roster, st.months, st.disputeDays = &s.roster, s.cfg.Months, s.cfg.DisputeDays
	st.err = err
	return &applier{tx: tx, st: st, skip: skip}
}

// answer builds the response; scopes and verdicts are never null.
func (s *Service) answer(req *syncproto.Request, b *batch, p *pull) *syncproto.Response {
	r := &syncproto.Response{
		Epoch: p.head.Epoch, Now: s.cfg.Now().UnixMilli(), Commit: p.head.Commit, Durable: p.head.Durable,
		State: b.state, Ack: b.last, Verdicts: b.verdicts, Scopes: p.pages, Revoked: p.revoked,
		Hint: syncproto.Hint{NextS: s.jitter(s.cfg.NextS), Blobs: s.cfg.Blobs, Upgrade: "none"},
	}
	r.Brief = req.Tag != ""
	r.Tag = p.tag(b)
	if b.state == syncproto.StateBusy {
		r.Hint.NextS, r.Hint.Blobs = s.jitter(busyNextS), blobsLater
	}
	if req.Schema < syncproto.SchemaCurrent || req.Proto < syncproto.ProtoCurrent {
		r.Hint.Upgrade = "soft"
	}
	if s.cfg.MinApp != "" && olderApp(req.App, s.cfg.MinApp) {
		r.Hint.Upgrade = "hard"
	}
	return r
}

// jitter spreads a herd: within a fifth on both sides, at least 1 s.
func (s *Service) jitter(n int) int {
	return max(1, n-n/5+s.cfg.Jitter(2*n/5+1))
}

// problem turns errors of the store into those that a caller may see.
func problem(err error) error {
	switch {
	case errors.Is(err, store.ErrFull):
		return &domain.Error{Code: domain.Full, Msg: "The server's disk is full. Nothing was taken; try again later.",
			Vi: "Máy chủ đã đầy bộ nhớ, chưa nhận được dữ liệu. Hãy thử lại sau.", RetryAfterS: 300, Err: err}
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrStopped):
		return &domain.Error{Code: domain.Unavailable, Msg: "The server is busy. Try again soon.",
			Vi: "Máy chủ đang bận. Hãy thử lại sau ít phút.", RetryAfterS: busyNextS, Err: err}
	}
	return err
}
