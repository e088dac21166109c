package domain

import "github.com/go-json-experiment/json/jsontext"

// Result of a team-month.
type Result string

const (
	Eligible    Result = "eligible"
	Incomplete  Result = "incomplete" // still fixable, or only A rules fail: the chair decides
	Ineligible  Result = "ineligible"
	OutOfWindow Result = "out_of_window" // R4 fails, or a window of that year is decided without this month
)

// MoneyState of a team-month: projected → eligible → funded → listed → paid →
// settled, with side exits.
type MoneyState string

const (
	Projected     MoneyState = "projected" // not closed yet
	MoneyEligible MoneyState = "eligible"  // closed eligible: "đủ điều kiện – chờ quyết định kinh phí"
	Funded        MoneyState = "funded"    // inside a funded window
	Listed        MoneyState = "listed"    // on a list that was issued, all of it
	Paid          MoneyState = "paid"      // and confirmed by the accountant
	Settled       MoneyState = "settled"   // and confirmed by the team's leader
	Withheld      MoneyState = "withheld"  // nothing is listed until it is released
	Adjusted      MoneyState = "adjusted"  // corrected; the difference to what was listed is still to be paid or recovered
	Recovered     MoneyState = "recovered" // all that was listed is taken back
	NoMoney       MoneyState = "none"      // closed without a right to money
)

// RuleResult is one rule of a verdict, as phone, chair and province show it.
type RuleResult struct {
	Rule     string `json:"rule"`             // "R10"
	Have     string `json:"have"`             // progress line: what there is
	Need     string `json:"need"`             // and what is needed
	HaveEn   string `json:"have_en,omitzero"` // where English differs from Have
	NeedEn   string `json:"need_en,omitzero"` // where English differs from Need
	Pass     bool   `json:"pass"`
	Advisory bool   `json:"advisory,omitzero"` // shown, decides nothing
	Funding  bool   `json:"funding,omitzero"`  // R5, R16: not part of a close
	Origin   Origin `json:"origin"`
	Also     Origin `json:"also,omitzero"`   // badge of a part of the rule; Source says which
	Source   string `json:"source,omitzero"` // instrument and article, or that it is assumed
	Vi       string `json:"vi,omitzero"`     // empty in a close record: its policy file has the texts
	En       string `json:"en,omitzero"`
	TodoVi   string `json:"todo_vi,omitzero"` // what to do, if it fails and can be mended
	TodoEn   string `json:"todo_en,omitzero"`
	By       Date   `json:"by,omitzero"` // last day to do it
}

// Counted says whether an activity counts for a month and why not.
type Counted struct {
	ID     ID     `json:"id"`
	C      string `json:"c"`
	Counts bool   `json:"counts"`
	Why    string `json:"why,omitzero"` // not_approved, no_evidence, own_review, …
}

// TeamMonth is the verdict of a policy on a team's month. The same bytes are
// shown to member, chair, province and auditor.
type TeamMonth struct {
	Team       ID           `json:"team"`
	Month      Month        `json:"month"`
	Policy     string       `json:"policy"`         // id
	Version    string       `json:"policy_version"` // of its file
	Result     Result       `json:"result"`
	ReasonVi   string       `json:"reason_vi"` // one sentence
	ReasonEn   string       `json:"reason_en"`
	Rate       Money        `json:"rate"`            // of the policy, for what its basis counts
	Amount     Money        `json:"amount"`          // payable by the province if eligible, else 0
	Period     string       `json:"period,omitzero"` // "2024-Q3", "2024", where the policy's period isn't the month
	How        *Breakdown   `json:"how,omitzero"`
	Assumed    []Assumption `json:"assumed,omitzero"` // values of the policy that are ours: badge A
	Rules      []RuleResult `json:"rules"`
	Activities []Counted    `json:"activities"`
}

// Sealed is the verdict as a close record keeps it: without the rules about
// funding, which is decided later, and without the texts, assumed values and
// things to do, which the policy file holds.
func (v TeamMonth) Sealed() TeamMonth {
	rules := make([]RuleResult, 0, len(v.Rules))
	for _, r := range v.Rules {
		if r.Funding {
			continue
		}
		r.Source, r.Vi, r.En, r.TodoVi, r.TodoEn, r.By = "", "", "", "", "", ""
		rules = append(rules, r)
	}
	v.Rules, v.Assumed = rules, nil
	return v
}

// Progress is the document of record type "progress" (derived id), in
// team:<t> and commune:<c>: the verdict and where the month and its money are.
type Progress struct {
	TeamMonth
	Unit     ID         `json:"unit,omitzero"` // commune of the team on the month's last day: under it the month is counted
	Stage    Stage      `json:"stage"`
	Money    MoneyState `json:"money"`
	Funding  string     `json:"funding,omitzero"` // number of the decision that funds it
	Received int64      `json:"received"`         // activities on the server: đã ghi nhận
	Approved int64      `json:"approved"`
	Pending  int64      `json:"pending"`
	Returned int64      `json:"returned"`
	SubmitBy Date       `json:"submit_by"`
	ReviewBy Date       `json:"review_by"`
	LockOn   Date       `json:"lock_on"`
	Overdue  bool       `json:"overdue,omitzero"`  // the lock day passed with a submission undecided: the review escalates
	Reopened bool       `json:"reopened,omitzero"` // closed once and open again: what was listed stays listed
	Amounts
	Others []PolicyMonth `json:"others,omitzero"` // by policy id
	AsOf   int64         `json:"as_of"`           // seq of the newest record of the month that it was computed from
}

// Amounts are the figures of a closed team-month's money under the policy that
// it is shown with; a phone shows these and computes none.
type Amounts struct {
	Due    Money `json:"due_vnd,omitzero"`      // by the latest close and its adjustments
	Listed Money `json:"listed_vnd,omitzero"`   // on lists that stand
	Paid   Money `json:"paid_vnd,omitzero"`     // confirmed by the accountant
	Got    Money `json:"received_vnd,omitzero"` // confirmed by the leader
}

// Stage of a month: open -> grace -> closed -> finalised.
type Stage string

const (
	StageOpen      Stage = "open"
	StageGrace     Stage = "grace"
	StageClosed    Stage = "closed"
	StageFinalised Stage = "finalised"
)

// Close is the body of decision kind "close", key "<team>/<month>": the
// immutable snapshot from which the verdict can be recomputed, byte for byte.
type Close struct {
	Team       ID             `json:"team"`
	Month      Month          `json:"month"`
	Csum       string         `json:"csum"`                // of what was closed
	By         ID             `json:"by,omitzero"`         // empty: closed by the clock
	Unit       ID             `json:"unit"`                // commune of the team on the month's last day
	UnitRev    int64          `json:"unit_rev"`            // rev of its unit version used
	Roster     []ID           `json:"roster"`              // members on the last day, sorted
	PolicyHash string         `json:"policy_hash"`         // h of the policy file that decided
	Facts      jsontext.Value `json:"facts"`               // policy.Facts without funding
	Verdict    TeamMonth      `json:"verdict"`             // without funding rules; texts stay in the policy file
	Supersedes int64          `json:"supersedes,omitzero"` // number of the close before, if the month was reopened
	Others     []CloseOther   `json:"others,omitzero"`     // further policies that judge the month, by id
}

// CloseOther is what a further policy gives the month of a close. Its verdict
// lies flat beside the rest: a document nests six deep at most, and the lines
// of an amount are deep already.
type CloseOther struct {
	PolicyHash string         `json:"policy_hash"`
	Facts      jsontext.Value `json:"facts"` // where they differ from the close's: what it paid before, what pays instead
	Verdict    TeamMonth      `json:",embed"`
}

// PolicyMonth is what a further policy gives a team's month, as a phone shows it.
type PolicyMonth struct {
	Policy   string     `json:"policy"`
	Version  string     `json:"policy_version"`
	Result   Result     `json:"result"`
	ReasonVi string     `json:"reason_vi"`
	ReasonEn string     `json:"reason_en"`
	Amount   Money      `json:"amount"`
	Money    MoneyState `json:"money"`
	Funding  string     `json:"funding,omitzero"`
	Amounts
}

// FundedWindow is the body of decision kind "funding", key its number: it
// funds closed team-months of its beneficiaries. Teams × Months × rate = Total.
type FundedWindow struct {
	Policy   string `json:"policy"`
	Decision string `json:"decision"` // "1845/QĐ-UBND"
	On       Date   `json:"on"`
	From     Month  `json:"from"`
	To       Month  `json:"to"`
	Teams    []ID   `json:"teams"` // beneficiary snapshot, sorted
	Months   int64  `json:"months"`
	Total    Money  `json:"total"`
	Origin   Origin `json:"origin"`
	By       ID     `json:"by"`
}
