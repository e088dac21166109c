package policy

import "github.com/banso/banso/server/internal/domain"

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
