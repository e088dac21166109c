package domain

// Breakdown says how an amount came about: lines, then what limited them. It
// is absent where the amount is one rate, once.
type Breakdown struct {
	Lines []SumLine `json:"lines,omitzero"`
	Parts []SumPart `json:"parts,omitzero"` // components of the amount, or what each limits
	Caps  []SumCap  `json:"caps,omitzero"`  // that hold for it, applied or not
	Left  []LeftOut `json:"left_out,omitzero"`
	TopUp *TopUp    `json:"top_up,omitzero"`
}

// SumLine is who or what × quantity × rate = amount.
type SumLine struct {
	Who      ID     `json:"who,omitzero"`  // a person
	What     string `json:"what,omitzero"` // a spending category, a tier, a row of a table
	Vi       string `json:"vi"`            // "người × ngày"
	En       string `json:"en"`
	Quantity int64  `json:"quantity"`
	Rate     Money  `json:"rate"`
	Amount   Money  `json:"amount"`
}

// SumPart is one component: of a lump sum what may go to it, of real costs what
// is accepted of it.
type SumPart struct {
	Part   string `json:"part"`
	Vi     string `json:"vi"`
	En     string `json:"en"`
	Asked  Money  `json:"asked,omitzero"` // real costs with evidence
	Limit  Money  `json:"limit,omitzero"` // 0: none but the whole
	Amount Money  `json:"amount"`
}

// SumCap is a limit: Room is what was left of it before this amount, Cut what it
// took away.
type SumCap struct {
	Per  string `json:"per"` // "period" | "year" | "rate"
	VND  Money  `json:"vnd"`
	Used Money  `json:"used,omitzero"`
	Room Money  `json:"room"`
	Cut  Money  `json:"cut,omitzero"`
}

// LeftOut is a cost that does not count, and why.
type LeftOut struct {
	ID     string `json:"id"`
	Amount Money  `json:"amount"`
	Why    string `json:"why"` // "no_evidence" | "category" | "day"
}

// TopUp is money of another payer, never a part of Amount: Amount here is
// what that payer may give on top, 0 where more was asked than is allowed.
type TopUp struct {
	By       string `json:"by"`                // "commune"
	Decision string `json:"decision,omitzero"` // its number
	Asked    Money  `json:"asked"`
	Max      Money  `json:"max"`
	Amount   Money  `json:"amount"`
	Vi       string `json:"vi"`
	En       string `json:"en"`
}

// TopUpDecision is the body of decision kind "top_up", key "<unit>/<number>": a
// commune adds money of its own to what a policy gives its teams. The newest
// decision about a month holds; one of 0 takes the earlier ones back.
type TopUpDecision struct {
	Policy   string `json:"policy"`
	Unit     ID     `json:"unit"`     // that pays
	Decision string `json:"decision"` // its number
	On       Date   `json:"on"`
	From     Month  `json:"from"`
	To       Month  `json:"to"`
	Teams    []ID   `json:"teams,omitzero"` // sorted; none: all of the commune
	VND      Money  `json:"vnd"`            // per team and month
	By       ID     `json:"by"`
}

// Assumption says which value of a policy is assumed by us because the source
// does not give it: badge A wherever it is shown.
type Assumption struct {
	Field string `json:"field"` // "to", "rate_vnd", "top_up.max_permille"
	Vi    string `json:"vi"`
	En    string `json:"en"`
}

// SupportVerdict is the verdict of a policy whose subject is no team: an
// officer's month, a unit's recognition or rank, a person's days.
type SupportVerdict struct {
	Subject  string       `json:"subject"` // "officer" | "unit" | "person"
	ID       ID           `json:"id"`
	Month    Month        `json:"month"`           // judged, or the one in which it falls due
	Period   string       `json:"period,omitzero"` // "2023-Q2", "2023", where it isn't the month
	Policy   string       `json:"policy"`
	Version  string       `json:"policy_version"`
	Result   Result       `json:"result"`
	ReasonVi string       `json:"reason_vi"`
	ReasonEn string       `json:"reason_en"`
	Rate     Money        `json:"rate"`
	Amount   Money        `json:"amount"`
	How      *Breakdown   `json:"how,omitzero"`
	Assumed  []Assumption `json:"assumed,omitzero"`
	Rules    []RuleResult `json:"rules"`
}
