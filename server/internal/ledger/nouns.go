package ledger

import (
	"github.com/banso/banso/server/internal/domain"
)

// Kinds of decisions that this package appends to the chain.
const (
	KindList    = "list"
	KindPayment = "payment"
)

// Kind of a list.
type Kind string

const (
	ListPayment    Kind = "payment"    // regular amounts of teams
	ListCorrection Kind = "correction" // back payments and recoveries of teams
	ListOfficers   Kind = "officers"
	ListAwards     Kind = "awards"
	ListPeople     Kind = "people" // who were called up
)

// State of a list.
type State string

const (
	Draft     State = "draft"
	IssuedNow State = "issued"
	Replaced  State = "replaced"
	Discarded State = "discarded"
)

// List is the document of record type "payment_list".
type List struct {
	Kind   Kind           `json:"kind"`
	Policy string         `json:"policy"`
	Units  []domain.ID    `json:"units"`  // communes, sorted; empty: the province
	Months []domain.Month `json:"months"` // sorted
	State  State          `json:"state"`
	Commit int64          `json:"commit"` // that the draft was worked out from
	Count  int64          `json:"count"`
	Total  domain.Money   `json:"total"`
	Reason string         `json:"reason,omitzero"` // of a replacement
	Renews domain.ID      `json:"renews,omitzero"` // the list that it replaces, once issued
	By     domain.ID      `json:"by"`              // who drafted it
	AtMs   int64          `json:"at_ms"`
	Number string         `json:"number,omitzero"` // from here on: issued
	On     domain.Date    `json:"on,omitzero"`
	Issuer domain.ID      `json:"issuer,omitzero"`
	N      int64          `json:"n,omitzero"`     // of decision "list"
	Print  string         `json:"print,omitzero"` // fingerprint of the checkpoint it stands on
	Paid   domain.Money   `json:"paid,omitzero"`
	PaidN  int64          `json:"paid_n,omitzero"` // lines confirmed paid
	Next   string         `json:"next,omitzero"`   // number of the list that replaced it
	Before string         `json:"before,omitzero"` // number of the list that it replaced
}

// Line is one line of a list: what one subject gets for one period.
type Line struct {
	Subject domain.ID     `json:"subject"`
	Period  domain.Period `json:"period"`
	Commune domain.ID     `json:"commune,omitzero"` // of a team, on the day of the draft
	Kind    domain.Line   `json:"kind"`
	Amount  domain.Money  `json:"amount"`           // negative: to be recovered
	Due     domain.Money  `json:"due"`              // in all: what was listed before + Amount
	Close   int64         `json:"close"`            // number of the decision it stands on
	Adjusts []int64       `json:"adjusts,omitzero"` // numbers of the adjustments in it
	Funding string        `json:"funding"`          // decision whose money it is
}

// Issued is the body of decision kind "list".
type Issued struct {
	Number     string            `json:"number"`
	Kind       Kind              `json:"kind"`
	Policy     string            `json:"policy"`
	Units      []domain.ID       `json:"units"`
	Months     []domain.Month    `json:"months"`
	On         domain.Date       `json:"on"`
	Lines      []Line            `json:"lines"`
	Total      domain.Money      `json:"total"`
	Funding    []FundingSum      `json:"funding"`
	Checkpoint domain.Checkpoint `json:"checkpoint"`
	Backup     int64             `json:"backup"` // commit that a verified backup held
	Draft      domain.ID         `json:"draft"`
	DraftedBy  domain.ID         `json:"drafted_by"`
	IssuedBy   domain.ID         `json:"issued_by"`
	Replaces   string            `json:"replaces,omitzero"`
	Reason     string            `json:"reason,omitzero"`
}

// FundingSum is what a list takes from one funding decision.
type FundingSum struct {
	Decision string       `json:"decision"`
	Amount   domain.Money `json:"amount"`
}

// Voucher is the body of decision kind "payment": lines of a list were paid.
type Voucher struct {
	List    string       `json:"list"`
	Voucher string       `json:"voucher"`
	On      domain.Date  `json:"on"`
	Lines   []Ref        `json:"lines"`
	Total   domain.Money `json:"total"`
	By      domain.ID    `json:"by"`
}

// Ref names a line of a list.
type Ref struct {
	Subject domain.ID     `json:"subject"`
	Period  domain.Period `json:"period"`
	Amount  domain.Money  `json:"amount,omitzero"`
}
