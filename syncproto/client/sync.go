package client

import (
	"context"
	"net/http"
	"time"

	"github.com/banso/banso/syncproto"
)

// Kind says how a round trip ended.
type Kind string

const (
	OK       Kind = "ok"        // the answer was applied
	Rotated  Kind = "rotated"   // the server asked for a new client id; sync again
	Lost     Kind = "lost"      // the same, and everything is read anew
	Busy     Kind = "busy"      // the server asks to come again later
	Offline  Kind = "offline"   // no answer
	SignIn   Kind = "sign_in"   // the session has ended: the person must sign in
	TooLarge Kind = "too_large" // the list is halved; sync again
	Refused  Kind = "refused"   // the server does not take this request at all
	Garbled  Kind = "garbled"   // the answer can't be read
	Stale    Kind = "stale"     // another sync began meanwhile; this answer was dropped
)

// Outcome is what a sync brought.
type Outcome struct {
	Kind     Kind
	Pushed   int                 // mutations sent
	Acked    int                 // mutations that got their verdict
	Verdicts []syncproto.Verdict // of those
	Changes  int                 // changes received
	Trips    int                 // round trips made
	More     bool                // there is more to do: sync again at once
	Next     time.Duration       // when to come again, if not at once
	Status   int                 // of the answer, 0 if none came
	Cause    error               // Offline, Garbled: why
}

// Back-off of a phone that gets no answer: doubled from backoffMin to
// backoffMax, half of it random. idleNext is used where the server says nothing.
const (
	backoffMin = 2 * time.Second
	backoffMax = 15 * time.Minute
	idleNext   = 15 * time.Minute
)

// SyncOnce makes one round trip. The error is of the local database; trouble
// of network or server is in the Outcome.
func (e *Engine) SyncOnce(ctx context.Context) (Outcome, error) {
	e.syncing.Lock()
	defer e.syncing.Unlock()
	req, err := e.prepare()
	if err != nil {
		return Outcome{}, err
	}
	body, err := syncproto.Encode(e.tagged(req))
	if err != nil {
		return Outcome{}, err
	}
	reply, err := e.cfg.Transport.Sync(ctx, body)
	out := Outcome{Pushed: len(req.msg.Push.List), Trips: 1}
	switch {
	case err != nil:
		out.Kind, out.Cause = Offline, err
	case reply.Status != http.StatusOK:
		e.refusedBy(reply, &out)
	default:
		out.Status = reply.Status
		resp, err := syncproto.DecodeResponse(reply.Body)
		if err != nil {
			out.Kind, out.Cause = Garbled, err
			break
		}
		if err := e.apply(req, resp, &out); err != nil {
			return Outcome{}, err
		}
		e.keepTag(req, resp, &out)
	}
	e.settle(req, &out)
	return out, nil
}

// tagged is the message as it is sent: a pull list that the server expects is
// named by its tag.
func (e *Engine) tagged(req *request) *syncproto.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	msg := req.msg
	if tag := syncproto.PullTag(msg.Pull); tag != "" && tag == e.tag {
		msg.Pull, msg.Tag = nil, tag
	}
	req.tag, e.tag = msg.Tag, ""
	return &msg
}

// keepTag remembers what the server expects after an answer. The tag of a
// request holds on where nothing came; a server that knows nothing of it is
// sent the whole list at once.
func (e *Engine) keepTag(req *request, resp *syncproto.Response, out *Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case out.Kind != OK:
	case resp.Tag == syncproto.NoTag:
		out.More = true
	case resp.Tag != "":
		e.tag = resp.Tag
	case len(resp.Scopes)+len(resp.Revoked) == 0:
		e.tag = req.tag
	}
}

// maxTrips ends a Sync with a server that never comes to an end.
const maxTrips = 10_000

// Sync makes round trips until nothing is left to do or it gets no further.
func (e *Engine) Sync(ctx context.Context) (Outcome, error) {
	var all Outcome
	for {
		out, err := e.SyncOnce(ctx)
		if err != nil {
			return all, err
		}
		out.Pushed += all.Pushed
		out.Acked += all.Acked
		out.Changes += all.Changes
		out.Trips += all.Trips
		out.Verdicts = append(all.Verdicts, out.Verdicts...)
		all = out
		if !out.More || all.Trips >= maxTrips || ctx.Err() != nil {
			return all, nil
		}
	}
}

// refusedBy reads an answer that is not 200.
func (e *Engine) refusedBy(reply *Reply, out *Outcome) {
	out.Status = reply.Status
	out.Next = reply.RetryAfter
	switch reply.Status {
	case http.StatusRequestEntityTooLarge:
		out.Kind = TooLarge
		out.More = out.Pushed > 1
	case http.StatusUnauthorized:
		out.Kind = SignIn
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusInsufficientStorage,
		http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusInternalServerError:
		out.Kind = Busy
	default:
		out.Kind = Refused
	}
}

// settle decides when to come again and keeps the outcome for Status.
func (e *Engine) settle(req *request, out *Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch out.Kind {
	case OK:
		e.failures = 0
		e.cap = min(e.cap*2, e.cfg.Limits.Mutations)
	case TooLarge:
		e.cap = max(1, out.Pushed/2)
		e.failures++
	default:
		e.failures++
	}
	if e.haste++; !out.More || out.Kind == OK {
		e.haste = 0
	} else if e.haste > maxHaste {
		out.More = false
	}
	if !out.More && out.Kind != OK && out.Next == 0 {
		out.Next = e.backoff()
	}
	e.last = *out
	e.last.Verdicts = nil
}

// maxHaste is how many round trips in a row may ask for the next one at once
// without one that succeeds: a rotation needs one, a list of 200 that is too
// large needs eight.
const maxHaste = 9

// backoff is the wait after e.failures failures, with jitter.
func (e *Engine) backoff() time.Duration {
	d := backoffMax
	if n := e.failures - 1; n >= 0 && n < 9 {
		d = min(backoffMin<<n, backoffMax)
	}
	var b [2]byte
	if _, err := e.rnd.Read(b[:]); err != nil {
		return d
	}
	half := d / 2
	return half + half*time.Duration(int(b[0])<<8|int(b[1]))/65535
}
