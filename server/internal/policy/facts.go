package policy

import "github.com/banso/banso/server/internal/domain"

// Facts are all that a decision is made from. They are kept in the close
// record (without Funding) and give the same verdict again.
type Facts struct {
	Team         domain.ID        `json:"team"`
	Month        domain.Month     `json:"month"`
	Stage        domain.Stage     `json:"stage"`
	Level        domain.Level     `json:"level"`
	Decision     string           `json:"decision,omitzero"` // that established the team
	Since        domain.Date      `json:"since,omitzero"`
	Until        domain.Date      `json:"until,omitzero"` // day it was dissolved
	Active       bool             `json:"active"`         // on some day of the month
	WholeMonth   bool             `json:"whole_month"`    // on each day of it
	Registration Registration     `json:"registration,omitzero"`
	Report       Report           `json:"report,omitzero"`
	Activities   []domain.Counted `json:"activities"` // by id
	Work         Work             `json:"work"`
	Members      int64            `json:"members"` // of the team on the month's last day
	Leaders      int64            `json:"leaders"`
	Paid         Paid             `json:"paid,omitzero"`
	Deadlines    Dates            `json:"deadlines,omitzero"` // that hold, where something moved the policy's
	Extended     []domain.ID      `json:"extended,omitzero"`  // extensions that moved them
	Accepted     string           `json:"accepted,omitzero"`  // chair's reason to accept a month that fails only assumed rules
	Funding      Funding          `json:"funding,omitzero"`
}

// Registration of the team's commune for the month's year; zero if none.
type Registration struct {
	Commune   domain.ID `json:"commune"`  // that was registered
	Standard  string    `json:"standard"` // "standard" | "advanced"
	Decision  string    `json:"decision"`
	Inherited bool      `json:"inherited,omitzero"` // from the commune before a merger, until the year ends
}

// Report of the team for the month; State "" if there is none.
type Report struct {
	State     domain.State `json:"state"`
	C         string       `json:"c"`
	Late      bool         `json:"late,omitzero"`       // received after the submit day
	AfterLock bool         `json:"after_lock,omitzero"` // received after the lock
	OwnReview bool         `json:"own_review,omitzero"` // reviewed by its author
}

// Work counts the month's activities.
type Work struct {
	Counted    int64 `json:"counted"`
	Days       int64 `json:"days"`    // distinct days of counted ones
	Members    int64 `json:"members"` // distinct members of the team who did counted ones
	Received   int64 `json:"received"`
	Approved   int64 `json:"approved"`
	Pending    int64 `json:"pending"`
	Returned   int64 `json:"returned"`
	NoEvidence int64 `json:"no_evidence"` // approved, but nothing that counts proves it
	OwnReview  int64 `json:"own_review"`  // approved by the author
	Late       int64 `json:"late"`        // counted, received after the submit day
	AfterLock  int64 `json:"after_lock"`  // approved, received after the lock
}

// Paid says what the team-month got already.
type Paid struct {
	Times     int64 `json:"times,omitzero"`     // by this policy
	Elsewhere bool  `json:"elsewhere,omitzero"` // by another of its overlap group
}

// Funding is what decisions known today say about the month.
type Funding struct {
	Month     bool         `json:"month,omitzero"`      // a window has this month
	YearOther bool         `json:"year_other,omitzero"` // windows of this year are decided, none has this month
	Team      bool         `json:"team,omitzero"`       // and the team is among its beneficiaries
	Decision  string       `json:"decision,omitzero"`
	Total     domain.Money `json:"total,omitzero"`
	Ceiling   domain.Money `json:"ceiling,omitzero"` // most that it can pay: teams × months × rate
}

// Why an activity does not count.
const (
	WhyNotApproved = "not_approved"
	WhyNoEvidence  = "no_evidence"
	WhyPhoto       = "photo_not_received"
	WhyOwnReview   = "own_review"
	WhyMonth       = "wrong_month"
	WhyAfterLock   = "after_lock"
)
