package domain

// Level of a team.
type Level string

const (
	LevelVillage Level = "village"
	LevelCommune Level = "commune"
)

// Team is the document of record type "team", in team:<t>, commune:<c> and
// sys:teams. It is established and dissolved by its own decisions, not because
// a unit was.
type Team struct {
	Name          string `json:"name"`
	Level         Level  `json:"level"`
	Commune       ID     `json:"commune"` // unit whose chair reviews it today
	Village       string `json:"village,omitzero"`
	Decision      string `json:"decision"` // number of the decision that established it
	EstablishedOn Date   `json:"established_on"`
	DissolvedOn   Date   `json:"dissolved_on,omitzero"`

	Former []FormerCommune `json:"former,omitzero"` // oldest first
}

// FormerCommune says which commune a team belonged to until a day, included.
type FormerCommune struct {
	Commune ID   `json:"commune"`
	Until   Date `json:"until"`
}

// CommuneOn returns the commune that the team belonged to on a day.
func (t Team) CommuneOn(on Date) ID {
	for _, f := range t.Former {
		if on <= f.Until {
			return f.Commune
		}
	}
	return t.Commune
}

// Active reports whether the team exists on a day.
func (t Team) Active(on Date) bool {
	return t.EstablishedOn != "" && t.EstablishedOn <= on && (t.DissolvedOn == "" || on < t.DissolvedOn)
}

// Registration says that a commune is registered for a year's
// digital-transformation standard: record type "registration", in
// sys:registrations/<year>.
type Registration struct {
	Commune  ID     `json:"commune"`
	Year     int    `json:"year"`
	Standard string `json:"standard"` // "standard" | "advanced"
	Decision string `json:"decision"` // "894/QĐ-UBND"
	On       Date   `json:"on"`       // day of that decision
	Origin   Origin `json:"origin"`
}

// Origin says where a fact or rule comes from; it is shown as a badge.
type Origin string

const (
	Sourced  Origin = "S" // from a published source
	Inferred Origin = "I" // inferred from one
	Assumed  Origin = "A" // our assumption: a setting, never presented as the law
)
