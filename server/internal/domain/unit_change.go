package domain

// UnitChange is a province's decision that units change on a day: kind
// "unit_change" in the chain, keyed by Key. The versions, the UnitEvent and the
// teams' communes follow from it.
type UnitChange struct {
	Key   ID            `json:"key"`
	Kind  UnitEventKind `json:"kind"`
	Level UnitLevel     `json:"level"`
	On    Date          `json:"on"`
	Basis string        `json:"basis"`
	From  []ID          `json:"from"`          // as they are the day before
	Part  []ID          `json:"part,omitzero"` // those of From that give only a part, and go on
	To    []UnitAfter   `json:"to"`
	Moves []TeamMove    `json:"moves"` // where teams of units that end, or give a part, go
	By    ID            `json:"by"`
}

// UnitAfter is what a unit is from the day on. One of From goes on; any other
// is new. An empty field of one that goes on stays as it is.
type UnitAfter struct {
	Unit    ID       `json:"unit,omitzero"`
	Code    string   `json:"code,omitzero"`
	Kind    string   `json:"kind,omitzero"`
	Name    string   `json:"name,omitzero"`
	Aliases []string `json:"aliases,omitzero"`
	Parent  ID       `json:"parent,omitzero"`
}

// TeamMove names the commune of a team from the day on.
type TeamMove struct {
	Team ID `json:"team"`
	To   ID `json:"to"`
}
