package domain

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/syncproto"
)

// Payment is the document of record type "payment" (id derived from policy,
// subject and period), in team:<t> and commune:<c>: all that was ever listed
// and paid for one (policy, subject, period). It lives and changes only in the
// transaction that also appends the decision it follows from, so that what is
// payable = due - Listed can be read and listed in one step. It can be
// recomputed from the decisions (kinds "list" and "payment") at any time.
type Payment struct {
	Policy   string    `json:"policy"`
	Subject  ID        `json:"subject"` // team, person or unit
	Period   Period    `json:"period"`
	Listed   Money     `json:"listed"`   // sum of all lines on lists that stand
	Paid     Money     `json:"paid"`     // confirmed by the accountant
	Received Money     `json:"received"` // confirmed by the leader on the phone
	Lines    []PayLine `json:"lines"`    // oldest first
}

// TypePayment is the type of a payment record.
const TypePayment = syncproto.TypePayment

// PaymentID is the id of the one payment record of a (policy, subject, period).
func PaymentID(policy string, subject ID, period Period) ID {
	return syncproto.DerivedID(TypePayment, subject, policy+"/"+string(period))
}

// PayLine is one line of a list that stands, as Payment keeps it.
type PayLine struct {
	List     string `json:"list"` // its number
	On       Date   `json:"on"`   // day of issue
	Kind     Line   `json:"kind"`
	Amount   Money  `json:"amount"`  // negative for a recovery
	Funding  string `json:"funding"` // number of the decision whose money it is
	Voucher  string `json:"voucher,omitzero"`
	PaidOn   Date   `json:"paid_on,omitzero"`
	Received Date   `json:"received_on,omitzero"`
}

// Period of a payable: "2023-06", "2023-Q3", "2023" or "once".
type Period string

// Month is the month of a period that is one.
func (p Period) Month() (Month, bool) { return Month(p), syncproto.ValidMonth(string(p)) }

// Line says what a line of a list is.
type Line string

const (
	LineRegular  Line = "regular"      // the month's amount
	LineBack     Line = "back_payment" // truy lĩnh
	LineRecovery Line = "recovery"     // thu hồi: negative
)

// Due is what a (policy, team, month) is worth by its latest close and the
// adjustments that correct this close. It knows nothing of lists.
type Due struct {
	Policy   string  `json:"policy"`
	Team     ID      `json:"team"`
	Month    Month   `json:"month"`
	Amount   Money   `json:"amount"`            // never negative
	Close    int64   `json:"close"`             // number of the decision
	Adjusted []int64 `json:"adjusted,omitzero"` // numbers of the adjustments in it
	Funding  string  `json:"funding,omitzero"`  // number of the decision that funds it; "" = not funded yet
	Withheld bool    `json:"withheld,omitzero"` // nothing may be listed until it is released
	Outcome  Result  `json:"outcome"`
}

// AdjustKind is what an adjustment does.
type AdjustKind string

const (
	AdjustBack     AdjustKind = "back_payment" // truy lĩnh: raises what is due
	AdjustRecovery AdjustKind = "recovery"     // thu hồi: lowers what is due
	AdjustWithhold AdjustKind = "withhold"     // giữ lại: nothing is listed until released
	AdjustRelease  AdjustKind = "release"
)

// Adjustment is the body of decision kind "adjustment", key
// "<team>/<yyyy-mm>/<i>" with i counting from 1: a dated correction of a
// closed month that leaves its close as it is.
type Adjustment struct {
	Policy     string     `json:"policy"`
	Team       ID         `json:"team"`
	Month      Month      `json:"month"`
	Kind       AdjustKind `json:"kind"`
	Amount     Money      `json:"amount"` // > 0; 0 for withhold and release
	Close      int64      `json:"close"`  // number of the close it corrects
	PayIn      Month      `json:"pay_in"` // open month whose list carries it
	Reason     string     `json:"reason"`
	Basis      []string   `json:"basis,omitzero"` // "dispute:<id>", "activity:<id>", "case:<id>"
	Proposal   ID         `json:"proposal"`
	ProposedBy ID         `json:"proposed_by"`
	ApprovedBy ID         `json:"approved_by"` // another person
}

// Reopen is the body of decision kind "reopen", key "<team>/<yyyy-mm>": the
// month's scope is written again until the next close, which supersedes the
// close named here. The old record stays.
type Reopen struct {
	Team       ID     `json:"team"`
	Month      Month  `json:"month"`
	Close      int64  `json:"close"`
	Reason     string `json:"reason"`
	Proposal   ID     `json:"proposal"`
	ProposedBy ID     `json:"proposed_by"`
	ApprovedBy ID     `json:"approved_by"` // another person
	Until      Date   `json:"until"`       // work of the month is taken until this day begins; then the clock closes it
}

// Timing is what the trusted bounds of a piece of work say about the lock of its
// month.
type Timing string

const (
	InTime    Timing = "in_time" // it reached the server before the lock
	TimeOpen  Timing = "open"    // made before or after: a person decides
	AfterLock Timing = "late"    // its author had seen something from after the lock
)

// ProposalState of a proposal.
type ProposalState string

const (
	ProposalOpen      ProposalState = "proposed"
	ProposalApproved  ProposalState = "approved"
	ProposalRefused   ProposalState = "refused"
	ProposalWithdrawn ProposalState = "withdrawn"
)

// Proposal is the document of record type "proposal", in sys:proposals and
// commune:<c>: a correction that a second person must approve. Kind is an
// AdjustKind or "reopen".
type Proposal struct {
	Kind       string        `json:"kind"`
	Policy     string        `json:"policy,omitzero"`
	Team       ID            `json:"team"`
	Month      Month         `json:"month"`
	Amount     Money         `json:"amount,omitzero"`
	Close      int64         `json:"close"` // that the proposer looked at; approving needs the same
	PayIn      Month         `json:"pay_in,omitzero"`
	Reason     string        `json:"reason"`
	Basis      []string      `json:"basis,omitzero"`
	By         ID            `json:"by"`
	AtMs       int64         `json:"at_ms"`
	State      ProposalState `json:"state"`
	DecidedBy  ID            `json:"decided_by,omitzero"`
	DecidedMs  int64         `json:"decided_ms,omitzero"`
	Note       string        `json:"note,omitzero"`
	DecisionNo int64         `json:"decision_no,omitzero"` // in the chain, once approved
	Unit       ID            `json:"unit"`                 // commune that reviews the team
	Timing     Timing        `json:"timing,omitzero"`      // of the late work that it rests on
}

// DisputeState of a dispute.
type DisputeState string

const (
	DisputeOpen      DisputeState = "open"
	DisputeExplained DisputeState = "explained" // giải thích: nothing changes
	DisputeUpheld    DisputeState = "upheld"    // chấp nhận: an adjustment is proposed
	DisputeWithdrawn DisputeState = "withdrawn"
)

// Dispute is the document of record type "dispute", in team:<t> and
// commune:<c>: "why was this not paid?", asked by a member from the team-month,
// also offline. The first three fields are the phone's, the rest the server's.
type Dispute struct {
	Team     ID             `json:"team"`
	Month    Month          `json:"month"`
	Question string         `json:"question"`
	Author   ID             `json:"author"`
	State    DisputeState   `json:"state"`
	Stood    jsontext.Value `json:"stood,omitzero"` // explanation of the team-month as it stood at receipt, canonical
	AskedMs  int64          `json:"asked_ms"`
	AnswerBy Date           `json:"answer_by"`
	Answer   string         `json:"answer,omitzero"`
	By       ID             `json:"by,omitzero"`
	AtMs     int64          `json:"at_ms,omitzero"`
	Proposal ID             `json:"proposal,omitzero"` // of the adjustment, if upheld
	C        string         `json:"c"`                 // content hash
	Origin   Origin         `json:"origin"`            // badge of the days that AnswerBy is counted in
}

// ExtensionKind says why days were moved.
type ExtensionKind string

const (
	ExtensionOutage     ExtensionKind = "outage"
	ExtensionStorm      ExtensionKind = "storm"
	ExtensionHoliday    ExtensionKind = "holiday"
	ExtensionDelegation ExtensionKind = "delegation"
)

// Extension is the document of record type "extension", in sys:extensions and
// ref: the days of months, moved later for a named reason. The later of the
// policy's day and each extension's holds; none makes a day earlier.
type Extension struct {
	Kind   ExtensionKind `json:"kind"`
	From   Month         `json:"from"`
	To     Month         `json:"to"`
	Unit   ID            `json:"unit,omitzero"` // commune; "" = the province
	Team   ID            `json:"team,omitzero"`
	Days   int           `json:"days"` // by which submit, review and lock move
	Reason string        `json:"reason"`
	By     ID            `json:"by"`
	AtMs   int64         `json:"at_ms"`
}
