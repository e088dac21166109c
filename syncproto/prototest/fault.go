package prototest

import (
	"fmt"
	"time"
)

// Fault is what happens to one exchange.
type Fault string

// Faults. "Delivered" says whether the server saw the whole request.
const (
	None        Fault = ""             // delivered, answered
	LoseRequest Fault = "lose_request" // not delivered, error
	LoseAnswer  Fault = "lose_answer"  // delivered, error
	Double      Fault = "double"       // delivered twice, one of the answers
	Delay       Fault = "delay"        // delivered late or answered late
	Reorder     Fault = "reorder"      // error now; delivered behind the next request
	CutRequest  Fault = "cut_request"  // part of the body is delivered, error or the server's refusal
	CutAnswer   Fault = "cut_answer"   // delivered; the answer's body ends early
	Unavailable Fault = "unavailable"  // not delivered: 503 with Retry-After
)

// order in which rates are laid on the scale from 0 to 999.
var order = []Fault{LoseRequest, LoseAnswer, Double, Delay, Reorder, CutRequest, CutAnswer, Unavailable}

// Rates are the faults of a Transport, each in per mille of requests; what is
// left to 1000 goes well.
type Rates map[Fault]int

// Village is a bad but not hopeless line: about a third of the exchanges fail
// in some way.
func Village() Rates {
	return Rates{LoseRequest: 60, LoseAnswer: 100, Double: 30, Delay: 50, Reorder: 30, CutRequest: 20, CutAnswer: 30, Unavailable: 30}
}

// FaultError is what the caller gets for a lost exchange.
type FaultError struct {
	Fault     Fault
	Delivered bool // whether the server has seen the request; a phone can't know
}

func (e *FaultError) Error() string { return fmt.Sprintf("connection lost (%s)", e.Fault) }

// Timeout and Temporary make the error look like one of package net.
func (e *FaultError) Timeout() bool { return true }

// Temporary says that another try may work.
func (e *FaultError) Temporary() bool { return true }

// Defaults of a Transport.
const (
	defaultMaxDelay      = 5 * time.Second
	defaultMaxRetryAfter = 30 * time.Second
)
