package notify

import (
	"context"
	"sync"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

const (
	probeBatch = 20               // messages of a pass while a channel may be down
	sendTime   = 90 * time.Second // of one pass, all channels together
)

// Deliver sends some of what is due and reports whether more is. It may be
// called at any time and be killed at any point.
func (s *Service) Deliver(ctx context.Context) (more bool, err error) {
	if len(s.cfg.Channels) == 0 {
		return false, nil
	}
	s.sending.Lock()
	defer s.sending.Unlock()
	n := MaxBatch
	if s.probing() {
		n = probeBatch
	}
	now := s.cfg.Now()
	jobs, more, err := s.plan(ctx, now, n)
	if err != nil || len(jobs) == 0 {
		return false, err
	}
	s.send(ctx, jobs, now)
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return more, s.settle(ctx, jobs, now)
}

func (s *Service) plan(ctx context.Context, now time.Time, n int) (jobs []job, more bool, err error) {
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		jobs = jobs[:0]
		if restored, err := wasRestored(r); err != nil || restored {
			return err // Tick empties this outbox first: the store that was lost may have sent it
		}
		list, next, err := takeDue(r, now, n)
		if err != nil {
			return err
		}
		more = next != 0 && next <= now.UnixMilli()
		p := planner{s: s, r: r, now: now, spent: map[domain.ID]int{}}
		for _, d := range list {
			j, err := p.plan(d)
			if err != nil {
				return err
			}
			jobs = append(jobs, j)
		}
		return nil
	})
	return jobs, more, err
}

// send hands the messages to their channels, all channels at a time.
func (s *Service) send(ctx context.Context, jobs []job, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	var wg sync.WaitGroup
	for _, ch := range s.cfg.Channels {
		var shots []*shot
		for i := range jobs {
			for k := range jobs[i].shots {
				if jobs[i].shots[k].Channel == ch.Name() {
					shots = append(shots, &jobs[i].shots[k])
				}
			}
		}
		if len(shots) > 0 {
			wg.Go(func() { s.sendBy(ctx, ch, shots, now) })
		}
	}
	wg.Wait()
}

// sendBy hands one channel its messages. If it works for none of them it is
// paused; if it works for one, a failure of another is that message's own.
func (s *Service) sendBy(ctx context.Context, ch Channel, shots []*shot, now time.Time) {
	for len(shots) > 0 {
		part := shots[:min(len(shots), MaxBatch)]
		shots = shots[len(part):]
		msgs := make([]Message, len(part))
		for i, sh := range part {
			msgs[i] = sh.msg
		}
		tally := map[Fate]int{}
		var down Outcome
		for i, o := range ch.Send(ctx, msgs) {
			part[i].out = o
			tally[o.Fate]++
			if o.Fate == Down && (down.Why == "" || o.After > down.After) {
				down = o
			}
		}
		for f, n := range tally {
			s.cfg.OnSent(ch.Name(), f, n)
		}
		if tally[Down] < len(part) {
			s.channelUp(ch.Name())
			for _, sh := range part {
				if sh.out.Fate == Down {
					sh.out.Fate = Later
				}
			}
			continue
		}
		s.channelDown(ch.Name(), down.Why, now, down.After)
		for _, sh := range shots { // not tried
			sh.out = Outcome{Fate: Down, Why: down.Why}
		}
		return
	}
}
