package syncproto

import "github.com/go-json-experiment/json/jsontext"

// RawMutation is a mutation's bytes. They never change once made: the phone
// stores them and splices them into each request, the server hashes them.
type RawMutation = jsontext.Value

// Op is what somebody did.
type Op string

// Operations. SPEC.md tables which role may do which on which type.
const (
	OpCreate   Op = "create"
	OpEdit     Op = "edit"
	OpDelete   Op = "delete"
	OpSubmit   Op = "submit"
	OpWithdraw Op = "withdraw"
	OpReview   Op = "review"
	OpAttach   Op = "attach"
	OpDetach   Op = "detach"
	OpAdopt    Op = "adopt"
	OpDismiss  Op = "dismiss"
)

// Mutation is one thing that one person did, as read from its bytes.
type Mutation struct {
	Op   Op     `json:"op"`
	Type string `json:"type"`
	ID   ID     `json:"id"`
	By   ID     `json:"by"` // person who made it: the one signed in
	T    int64  `json:"t"`  // phone's clock, ms, strictly increasing in the client; decides nothing
	At   string `json:"at"` // "epoch/commit" the phone held, "" before first contact
	Set  Doc    `json:"set,omitzero"`
	Was  Doc    `json:"was,omitzero"`  // for each field of Set what the person saw; null or absent: nothing there
	Seen Hash   `json:"seen,omitzero"` // review, delete: the c that was looked at
	Add  Sets   `json:"add,omitzero"`
	Del  Sets   `json:"del,omitzero"`
	Args Doc    `json:"args,omitzero"`
}

// Sets holds the elements to add to, or delete from, fields of class Set.
type Sets map[string][]string

// Args of a review (op "review"): decision and reason. The reason is required
// unless the decision is to approve.
const (
	ArgDecision = "decision" // "approve" | "return" | "reject" | "revoke"
	ArgReason   = "reason"   // text for the author
	ArgWaive    = "waive"    // true: the chair waives evidence, with a reason
	ArgHash     = "h"        // adopt: the h of the record that is replaced; "" if none
)
