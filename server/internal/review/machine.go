package review

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Choice is what a reviewer decides.
type Choice string

// Choices of a reviewer, as in the argument "decision" of a review.
const (
	Approve Choice = "approve"
	Return  Choice = "return" // fixable
	Reject  Choice = "reject" // final
	Revoke  Choice = "revoke" // takes an approval back to returned
)

// Valid reports whether c is one of the choices.
func (c Choice) Valid() bool { return c.target() != "" }

// NeedsReason reports whether the author must be told why.
func (c Choice) NeedsReason() bool { return c != Approve }

func (c Choice) target() domain.State {
	switch c {
	case Approve:
		return domain.Approved
	case Return, Revoke:
		return domain.Returned
	case Reject:
		return domain.Rejected
	}
	return ""
}

// Step says what becomes of a wish.
type Step uint8

// Steps.
const (
	Stale   Step = iota // something else stands there now: drop it
	Go                  // do it
	Nothing             // it is so already
	Locked              // a decision forbids it
)

// At is where a record stands, seen from one reviewer.
type At struct {
	State     domain.State
	C         syncproto.Hash // content now
	Seen      syncproto.Hash // content that the reviewer looked at
	ReviewedC syncproto.Hash // content of the last decision; zero: none
	Own       bool           // the last decision was this reviewer's
}

// Decide returns the state after a choice. Only with Go is it a new state.
func Decide(at At, c Choice) (domain.State, Step) {
	target := c.target()
	if at.State == target && at.Seen == at.ReviewedC {
		return at.State, Nothing // the same decision on the same content
	}
	if target == "" || at.Seen != at.C {
		return at.State, Stale
	}
	switch at.State {
	case domain.Pending:
		if c == Revoke {
			return at.State, Stale
		}
		return target, Go
	case domain.Approved:
		if c == Revoke || at.Own && c != Approve {
			return target, Go
		}
	case domain.Returned:
		if at.Own && at.Seen == at.ReviewedC && c != Revoke {
			return target, Go // changed his mind, on what he has seen
		}
	}
	return at.State, Stale
}

// Edit says whether content may change: not after a decision, unless it was
// to return it.
func Edit(s domain.State) Step {
	if s.Decided() {
		return Locked
	}
	return Go
}

// Submit asks for review. What is decided already stays as it is: a second
// phone's submit of the same record must not become a case.
func Submit(s domain.State) (domain.State, Step) {
	switch s {
	case domain.Received, domain.Returned, domain.Withdrawn:
		return domain.Pending, Go
	}
	return s, Nothing
}

// Withdraw takes a record back, until it is decided.
func Withdraw(s domain.State) (domain.State, Step) {
	switch s {
	case domain.Withdrawn:
		return s, Nothing
	case domain.Approved, domain.Rejected:
		return s, Locked
	}
	return domain.Withdrawn, Go
}
