package policy

import "github.com/banso/banso/server/internal/domain"

// Scale holds the figures an amount is found by. Each basis needs some of them
// and refuses the others:
//
//	per_team                       rate_vnd, or rates by date
//	per_member                     the same, with count
//	per_person_day, _night         the same, or rate_fact with rate_max_vnd
//	actual_cost_capped             caps; components that limit categories
//	rate_table, once_on_recognition  table
//	tiers                          tiers with rate_vnd
//	base_salary_multiple           base_salary, and permille or tiers with permille
//	ranked                         ranks_vnd
//
// Money is whole đồng, multiples are thousandths (800 is 0.8).
type Scale struct {
	Rate       domain.Money   `json:"rate_vnd,omitzero"`
	Rates      []DatedRate    `json:"rates,omitzero"`
	RateFact   string         `json:"rate_fact,omitzero"`    // name of a fact in đồng, decided case by case
	RateMax    domain.Money   `json:"rate_max_vnd,omitzero"` // most that RateFact can be
	Count      Count          `json:"count,omitzero"`
	Table      *Table         `json:"table,omitzero"`
	Tiers      *Tiers         `json:"tiers,omitzero"`
	BaseSalary []DatedRate    `json:"base_salary,omitzero"`
	Permille   int64          `json:"permille,omitzero"`
	Rounding   Rounding       `json:"rounding,omitzero"` // of permille × base salary, where it isn't exact
	Ranks      []domain.Money `json:"ranks_vnd,omitzero"`
	Caps       []Cap          `json:"caps,omitzero"`
	Components []Component    `json:"components,omitzero"`
	TopUp      *TopUp         `json:"top_up,omitzero"`
}

// DatedRate holds from a day to a day, both included; only the first may have
// no From and only the last no To, and nothing lies between them. What holds
// on the first day of a month holds for that month.
type DatedRate struct {
	domain.Interval
	VND domain.Money `json:"vnd"`
}

// Count is which members per_member pays.
type Count string

const (
	CountLastDay Count = "members_on_last_day"
	CountWorking Count = "members_with_counted_work"
)

// Rounding of a product to whole đồng.
type Rounding string

const (
	RoundDown   Rounding = "down"
	RoundHalfUp Rounding = "half_up"
)

// Table gives a rate by facts. "*" in a key fits everything; the first row
// that fits holds, and no row may be hidden by an earlier one.
type Table struct {
	By   []string `json:"by"` // names of text facts: "officer.level"
	Rows []Row    `json:"rows"`
}

// Row of a table.
type Row struct {
	Key  []string     `json:"key"`
	Rate domain.Money `json:"rate_vnd"`
	Text
}

// Tiers choose by a whole number (By with From and To, both included, gapless)
// or by conditions (When in turn, the last one Otherwise).
type Tiers struct {
	By    string `json:"by,omitzero"` // name of an integer fact: "village.households"
	Steps []Tier `json:"steps"`
}

// Tier is one step.
type Tier struct {
	ID        string       `json:"id"`
	From      int64        `json:"from,omitzero"`
	To        int64        `json:"to,omitzero"`
	When      string       `json:"when,omitzero"` // CEL, bool
	Otherwise bool         `json:"otherwise,omitzero"`
	Rate      domain.Money `json:"rate_vnd,omitzero"`
	Permille  int64        `json:"permille,omitzero"`
	Text
}

// Cap limits the sum of a period or of a year.
type Cap struct {
	Per string       `json:"per"` // "period" | "year"
	VND domain.Money `json:"vnd"`
}

// Component is a part of the amount. Under actual_cost_capped it limits the
// costs of its categories; under a lump sum it splits the sum.
type Component struct {
	ID         string       `json:"id"`
	Basis      Basis        `json:"basis"`            // per_person_day | per_person_night | remainder
	Cap        domain.Money `json:"cap_vnd,omitzero"` // per person and day, or night
	Categories []string     `json:"categories"`       // ids of spending
	Text
}

// TopUp lets somebody else add money of his own.
type TopUp struct {
	By          string `json:"by"`           // "commune"
	MaxPermille int64  `json:"max_permille"` // of the province's amount: 2000 is twice
}
