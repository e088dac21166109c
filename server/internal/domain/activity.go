package domain

// State of an activity or a report on the server.
type State string

const (
	Received  State = "received"       // đã nhận: on the server, not submitted
	Pending   State = "pending_review" // chờ duyệt
	Approved  State = "approved"       // đã duyệt
	Returned  State = "returned"       // trả lại: fixable, with a reason
	Rejected  State = "rejected"       // từ chối: final, with a reason
	Withdrawn State = "withdrawn"      // rút lại: by the author
)

// Decided reports whether a review has decided it: edits are locked_review.
func (s State) Decided() bool { return s == Approved || s == Rejected }

// Evidence is an element of an activity's set field "evidence":
// "paper:<reference>" names a paper that the commune keeps (it counts once the
// chair approves), "photo:<sha256 in hex>" a photo (it counts when its bytes
// are stored).
const (
	EvidencePaper = "paper:"
	EvidencePhoto = "photo:"
)

// Activity is the document of record type "activity". Counts only: nothing
// about a citizen. Fields of phones first, then those of the server.
type Activity struct {
	Team         ID               `json:"team"`
	DoneOn       Date             `json:"done_on"`
	Category     string           `json:"category"` // code of the catalogue
	Measures     map[string]int64 `json:"measures,omitzero"`
	Participants []ID             `json:"participants,omitzero"`
	Evidence     []string         `json:"evidence,omitzero"`
	Start        *int64           `json:"start,omitzero"`   // minutes after midnight
	Minutes      *int64           `json:"minutes,omitzero"` // duration
	Place        string           `json:"place,omitzero"`
	Note         string           `json:"note,omitzero"`
	LatE6        *int64           `json:"lat_e6,omitzero"`
	LngE6        *int64           `json:"lng_e6,omitzero"`

	Author    ID       `json:"author"`
	State     State    `json:"state"`
	Unit      ID       `json:"unit"`               // commune whose chair reviews it
	Month     Month    `json:"month"`              // of DoneOn
	C         string   `json:"c"`                  // content hash, for the reviewer's seen
	Received  int64    `json:"received"`           // ms, first receipt
	Submitted int64    `json:"submitted,omitzero"` // ms, last submit
	Reason    string   `json:"reason,omitzero"`    // of the last decision
	Reviewer  ID       `json:"reviewer,omitzero"`
	ReviewedC string   `json:"reviewed_c,omitzero"` // c that was decided on
	Waiver    string   `json:"waiver,omitzero"`     // chair's reason to waive evidence
	Flags     []string `json:"flags,omitzero"`      // "duplicate_of:<id>", …
	AliasOf   ID       `json:"alias_of,omitzero"`   // adopted edit of a deleted record
	Held      []string `json:"held,omitzero"`       // photos among Evidence whose bytes the server holds
}

// Report is the document of record type "report"; its id is derived.
type Report struct {
	Team         ID     `json:"team"`
	Month        Month  `json:"month"`
	Summary      string `json:"summary,omitzero"`
	Difficulties string `json:"difficulties,omitzero"`
	Proposals    string `json:"proposals,omitzero"`

	Author    ID     `json:"author"`
	State     State  `json:"state"`
	Unit      ID     `json:"unit"`
	C         string `json:"c"`
	Received  int64  `json:"received"`
	Submitted int64  `json:"submitted,omitzero"`
	Reason    string `json:"reason,omitzero"`
	Reviewer  ID     `json:"reviewer,omitzero"`
	ReviewedC string `json:"reviewed_c,omitzero"`
}
