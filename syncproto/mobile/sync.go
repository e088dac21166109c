package mobile

import (
	"context"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// Outcome is what a sync brought.
type Outcome struct {
	Kind    string // "ok", "offline", "sign_in", "busy", …
	Pushed  int    // mutations sent
	Acked   int    // mutations that got their verdict
	Changes int    // changes received
	More    bool   // there is more to do at once
	NextMs  int64  // when to come again, if not at once
}

// Status is what a person may want to know about their phone.
type Status struct {
	Unsent      int64  // mutations without a verdict
	Kept        int64  // mutations with one that are not yet in the server's backups
	LastMs      int64  // phone's clock at the newest answer; 0: never
	OffsetMs    int64  // server's clock minus the phone's
	Agree       bool   // this phone and the server hold the same
	Upgrade     string // "none", "soft", "hard"
	ProblemJSON []byte // array of {"kind", "scope"}
}

// Sync sends and receives until nothing is left to do. It blocks: call it off
// the main thread. Trouble with network or server is in the outcome.
func (p *Phone) Sync() (*Outcome, error) {
	e, err := p.open()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p.mu.Lock()
	p.stop = cancel
	p.mu.Unlock()
	o, err := e.Sync(ctx)
	if err != nil {
		return nil, err
	}
	return &Outcome{Kind: string(o.Kind), Pushed: o.Pushed, Acked: o.Acked, Changes: o.Changes, More: o.More,
		NextMs: o.Next.Milliseconds()}, nil
}

// Cancel ends the sync under way; nothing is lost by it.
func (p *Phone) Cancel() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		p.stop()
	}
}

// Status reads how phone and server stand.
func (p *Phone) Status() (*Status, error) {
	e, err := p.open()
	if err != nil {
		return nil, err
	}
	s, err := e.Status()
	if err != nil {
		return nil, err
	}
	type problem struct {
		Kind  client.ProblemKind `json:"kind"`
		Scope syncproto.Scope    `json:"scope,omitzero"`
	}
	list := make([]problem, len(s.Problems))
	for i, x := range s.Problems {
		list[i] = problem(x)
	}
	out := &Status{Unsent: s.Unsent, Kept: s.Kept, OffsetMs: s.Offset.Milliseconds(), Agree: s.Agree, Upgrade: s.Upgrade}
	if !s.LastSuccess.IsZero() {
		out.LastMs = s.LastSuccess.UnixMilli()
	}
	out.ProblemJSON, err = syncproto.Encode(list)
	return out, err
}
