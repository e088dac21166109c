package domain

// Figure is what an indicator counts.
type Figure string

// Figures of activities and months count from Indicator.From on; those of
// teams are as they stand.
const (
	FigureApproved Figure = "approved"       // approved activities, of Category if one is named
	FigureMeasure  Figure = "measure"        // sum of one Measure of Category
	FigureMet      Figure = "met"            // team-months that were closed as eligible
	FigureTeams    Figure = "teams"          // teams that exist
	FigureLed      Figure = "teams_led"      // of these, with a leader
	FigureReached  Figure = "teams_reached"  // of these, with a phone that was here lately
	FigureSpeaking Figure = "teams_speaking" // of these, heard of within the days after which a team is silent
)

// Indicator is a target that a province sets for itself: so many of a figure by
// a day. Name and unit are what it is; setting it again changes it, and its
// history says from what, by whom and when.
type Indicator struct {
	Name     string `json:"name"`
	Unit     ID     `json:"unit,omitzero"` // a commune or district; empty: the province
	Figure   Figure `json:"figure"`
	Category string `json:"category,omitzero"`
	Measure  string `json:"measure,omitzero"`
	Target   int64  `json:"target"`
	From     Month  `json:"from"`
	Until    Date   `json:"until"`
	Ended    bool   `json:"ended,omitzero"` // not looked at any more
	By       ID     `json:"by"`
	AtMs     int64  `json:"at_ms"`
}

// OfTeams reports whether the figure is of teams as they stand.
func (f Figure) OfTeams() bool {
	return f == FigureTeams || f == FigureLed || f == FigureReached || f == FigureSpeaking
}
