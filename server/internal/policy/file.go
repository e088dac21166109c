package policy

import "github.com/banso/banso/server/internal/domain"

// Format is the version of the file format that Parse reads.
const Format = 1

// Status of a policy.
type Status string

const (
	Draft    Status = "draft"
	Proposed Status = "proposed" // before an assembly, not adopted
	InForce  Status = "in_force"
	Expired  Status = "expired" // its months may still be closed and paid
	Repealed Status = "repealed"
)

// pays reports whether months of a policy in this state can be paid at all.
func (s Status) pays() bool { return s == InForce || s == Expired }

// File is a policy as it is written down.
type File struct {
	Format       int          `json:"format"`
	ID           string       `json:"id"`
	Version      string       `json:"version"` // new content, new version
	Title        Text         `json:"title"`
	Instrument   string       `json:"instrument"` // "60/2022/NQ-HĐND"
	Articles     []string     `json:"articles,omitzero"`
	Issued       domain.Date  `json:"issued,omitzero"`
	Province     Province     `json:"province"`
	Status       Status       `json:"status"`
	Subject      string       `json:"subject"`     // "team_village"
	Basis        string       `json:"basis"`       // "per_team"
	Periodicity  string       `json:"periodicity"` // "month"
	Rate         domain.Money `json:"rate_vnd"`
	From         domain.Month `json:"from,omitzero"` // both months included
	To           domain.Month `json:"to,omitzero"`
	OverlapGroup string       `json:"overlap_group,omitzero"` // nobody is paid twice within it
	Deadlines    Deadlines    `json:"deadlines"`
	Extensions   []Extension  `json:"extensions,omitzero"`
	Presets      []Preset     `json:"presets"`
	Preset       string       `json:"preset"` // id of the one that holds
	Windows      []Window     `json:"funded_windows,omitzero"`
	Spending     []Text       `json:"spending,omitzero"`
	Rules        []Rule       `json:"rules"`
	Note         Text         `json:"note,omitzero"`
}

// Text is shown to people.
type Text struct {
	Vi string `json:"vi"`
	En string `json:"en"`
}

// Province names whose policy it is; the code is the statistics office's at
// the time, for people only: a code is not an identity.
type Province struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

// Deadlines are days of the month after, in UTC+7: work is submitted until
// the end of SubmitDay, reviewed until the end of ReviewDay, and what has no
// undecided submission is locked when LockDay begins.
type Deadlines struct {
	SubmitDay int `json:"submit_day"`
	ReviewDay int `json:"review_day"`
	LockDay   int `json:"lock_day"`
}

// Extension replaces the days of one month, say after an outage. A day above
// the month's length goes on into the next.
type Extension struct {
	Month  domain.Month `json:"month"`
	Days   Deadlines    `json:"deadlines"`
	Reason Text         `json:"reason"`
}

// Preset is how much work a month needs.
type Preset struct {
	ID         string `json:"id"` // "4/2/2"
	Activities int64  `json:"activities"`
	Days       int64  `json:"days"`
	Members    int64  `json:"members"`
}

// Window is a funded window as it was published: for people and tests. Money
// moves only by a funding decision that names its beneficiaries.
type Window struct {
	Decision         string        `json:"decision"`
	On               domain.Date   `json:"on"`
	RegistrationList string        `json:"registration_list,omitzero"`
	From             domain.Month  `json:"from"`
	To               domain.Month  `json:"to"`
	Teams            int64         `json:"teams"`
	Months           int64         `json:"months"`
	Total            domain.Money  `json:"total_vnd"` // Teams × Months × rate
	Origin           domain.Origin `json:"origin"`
}

// Rule is one condition.
type Rule struct {
	ID       string        `json:"id"`   // "R10"
	Expr     string        `json:"expr"` // CEL, bool
	Have     string        `json:"have"` // CEL, string: Vietnamese, or the same in both languages
	Need     string        `json:"need"`
	HaveEn   string        `json:"have_en,omitzero"` // CEL, string, where English differs
	NeedEn   string        `json:"need_en,omitzero"`
	Origin   domain.Origin `json:"origin"`
	Also     domain.Origin `json:"also,omitzero"` // badge of a part of it; Source says which
	Source   string        `json:"source"`
	Text     Text          `json:"text"`
	Todo     Text          `json:"todo,omitzero"`
	By       By            `json:"by,omitzero"`
	Waiting  string        `json:"waiting,omitzero"`  // CEL, bool: the team has done its part, the reviewer has not
	Wait     Text          `json:"wait,omitzero"`     // then shown instead of Todo, until the review day
	Window   bool          `json:"window,omitzero"`   // failing it is out_of_window
	Funding  bool          `json:"funding,omitzero"`  // about money decided later: no part of a close
	Advisory bool          `json:"advisory,omitzero"` // shown, decides nothing
	Fixable  bool          `json:"fixable,omitzero"`  // can be mended while the month is open
}

// By names the deadline until which a rule can be mended.
type By string

const (
	BySubmit By = "submit"
	ByReview By = "review"
	ByLock   By = "lock"
)
