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
	Schema       string              `json:"$schema,omitzero"` // for editors; policy.schema.json
	Format       int                 `json:"format"`
	ID           string              `json:"id"`
	Version      string              `json:"version"`           // new content, new version
	Replaces     string              `json:"replaces,omitzero"` // version whose months this one takes over
	Title        Text                `json:"title"`
	Instrument   string              `json:"instrument"` // "60/2022/NQ-HĐND"
	Articles     []string            `json:"articles,omitzero"`
	Issued       domain.Date         `json:"issued,omitzero"`
	Province     Province            `json:"province"`
	Status       Status              `json:"status"`
	Subject      Subject             `json:"subject"`
	Basis        Basis               `json:"basis"`
	Periodicity  Period              `json:"periodicity"`
	Scale                            // how the amount is found: see scale.go
	From         domain.Month        `json:"from,omitzero"` // both months included; "" only if Assumed says so
	To           domain.Month        `json:"to,omitzero"`
	FromDay      domain.Date         `json:"from_day,omitzero"` // within From, where it began inside a month
	ToDay        domain.Date         `json:"to_day,omitzero"`
	OverlapGroup string              `json:"overlap_group,omitzero"` // nobody is paid twice within it
	OverlapOrder int64               `json:"overlap_order,omitzero"` // the lowest pays; then by id
	Assumed      []domain.Assumption `json:"assumed,omitzero"`       // values the source does not give
	Deadlines    Deadlines           `json:"deadlines,omitzero"`     // of teams' months only, as are these three
	Extensions   []Extension         `json:"extensions,omitzero"`
	Presets      []Preset            `json:"presets,omitzero"`
	Preset       string              `json:"preset,omitzero"` // id of the one that holds
	Windows      []Window            `json:"funded_windows,omitzero"`
	Spending     []Spend             `json:"spending,omitzero"`
	Rules        []Rule              `json:"rules"`
	Note         Text                `json:"note,omitzero"`
}

// Subject is whom a policy supports.
type Subject string

const (
	TeamVillage Subject = "team_village"
	TeamCommune Subject = "team_commune"
	Member      Subject = "member" // of a team: judged with its team's month
	Officer     Subject = "officer"
	Unit        Subject = "unit"
	Person      Subject = "person" // mobilised for some days, or in an office of the village
)

// OfTeam reports whether the subject is judged as a team's month (Decide);
// the others are judged one by one (DecideSupport).
func (s Subject) OfTeam() bool { return s == TeamVillage || s == TeamCommune || s == Member }

// Basis is what the amount is counted by.
type Basis string

const (
	PerTeam           Basis = "per_team"
	PerMember         Basis = "per_member"
	PerPersonDay      Basis = "per_person_day"
	PerPersonNight    Basis = "per_person_night"
	ActualCost        Basis = "actual_cost_capped"
	RateTable         Basis = "rate_table"
	ByTier            Basis = "tiers"
	SalaryMultiple    Basis = "base_salary_multiple"
	OnceOnRecognition Basis = "once_on_recognition"
	Ranked            Basis = "ranked"
	basisRemainder    Basis = "remainder" // of a component only
)

// Period is how often it is paid.
type Period string

const (
	Monthly   Period = "month"
	Quarterly Period = "quarter"
	Yearly    Period = "year"
	Once      Period = "once"
)

// Text is shown to people.
type Text struct {
	Vi string `json:"vi"`
	En string `json:"en"`
}

// Spend is a thing that the money may be spent on.
type Spend struct {
	ID string `json:"id"` // "equipment"
	Text
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
