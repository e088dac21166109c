package policy

import "github.com/banso/banso/server/internal/domain"

// Facts are all that a decision on a team's month is made from. They are kept
// in the close record (without Funding) and give the same verdict again. For
// a policy whose period is longer they are those of the period's last month.
type Facts struct {
	Team         domain.ID        `json:"team"`
	Month        domain.Month     `json:"month"`
	Stage        domain.Stage     `json:"stage"`
	Deadlines    Dates            `json:"deadlines,omitzero"` // that held for the month, extensions included; zero: the policy's
	Extended     []domain.ID      `json:"extended,omitzero"`  // extensions that moved them
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
	People       []Worker         `json:"people,omitzero"` // by id: members on the last day, and who did counted work
	Village      Village          `json:"village,omitzero"`
	Costs        []Cost           `json:"costs,omitzero"` // by id
	Extra        Extra            `json:"extra,omitzero"` // top-up that another payer has decided
	Paid         Paid             `json:"paid,omitzero"`
	Overlap      Overlap          `json:"overlap,omitzero"`
	Accepted     string           `json:"accepted,omitzero"` // chair's reason to accept a month that fails only assumed rules
	Funding      Funding          `json:"funding,omitzero"`
}

// Worker is a person of the team in the month.
type Worker struct {
	ID     domain.ID `json:"id"`
	Member bool      `json:"member,omitzero"` // on the last day
	Days   int64     `json:"days,omitzero"`   // distinct days of counted work
	Nights int64     `json:"nights,omitzero"` // distinct nights of counted work, begun from 22:00 to 6:00
}

// Village is what a team covers. Zero values are unknown, never "none".
type Village struct {
	Households int64  `json:"households,omitzero"`
	Kind       string `json:"kind,omitzero"` // "thon" | "ban" | "xom" | "khoi" | "to_dan_pho" | "ap" | "khu_pho"
	Key        bool   `json:"key,omitzero"`  // of a key area (trọng điểm)
	Border     bool   `json:"border,omitzero"`
}

// Cost is money spent on the team's work.
type Cost struct {
	ID       string       `json:"id"`
	Category string       `json:"category"` // id of the policy's spending
	On       domain.Date  `json:"on"`
	VND      domain.Money `json:"vnd"`
	Evidence bool         `json:"evidence"`
}

// Extra is a top-up as its payer decided it.
type Extra struct {
	By       string       `json:"by"`
	Decision string       `json:"decision"`
	VND      domain.Money `json:"vnd"`
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

// Paid says what the subject got already.
type Paid struct {
	Times     int64        `json:"times,omitzero"`     // by this policy, for this period
	Elsewhere bool         `json:"elsewhere,omitzero"` // by another of its overlap group, outside this system
	Period    domain.Money `json:"period,omitzero"`    // by this policy in earlier months of the period
	Year      domain.Money `json:"year,omitzero"`      // and of the year
}

// Overlap names the policy of the same overlap group that pays this case, so
// that this one doesn't; zero if none does.
type Overlap struct {
	Policy     string       `json:"policy"`
	Version    string       `json:"version"`
	Instrument string       `json:"instrument"`
	Amount     domain.Money `json:"amount"`
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
