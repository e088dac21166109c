package domain

// UnitLevel is a level of the administrative chain.
type UnitLevel string

const (
	UnitProvince UnitLevel = "province"
	UnitDistrict UnitLevel = "district"
	UnitCommune  UnitLevel = "commune"
)

// UnitVersion is what a unit was in an interval: record type "unit_version",
// in sys:units. A code is not an identity: 15 is Yên Bái until 30/6/2025 and
// Lào Cai from 1/7/2025.
type UnitVersion struct {
	Unit    ID        `json:"unit"`
	Level   UnitLevel `json:"level"`
	Code    string    `json:"code"` // of the statistics office
	Kind    string    `json:"kind"` // tinh, huyen, thi_xa, thanh_pho, xa, phuong, thi_tran, dac_khu
	Name    string    `json:"name"` // with its kind: "Xã Suối Giàng"
	Aliases []string  `json:"aliases,omitzero"`
	Parent  ID        `json:"parent,omitzero"`
	Basis   string    `json:"basis"` // legal basis
	Interval
}

// Contact is how a commune's office is reached: record type "contact", in
// commune:<c> and in team:<t> of each team that the commune reviews. It names
// an office, not a person.
type Contact struct {
	Unit   ID     `json:"unit"`
	Office string `json:"office"` // "Văn phòng UBND xã"
	Phone  string `json:"phone"`  // digits and spaces, as it is dialled
	By     ID     `json:"by"`
	AtMs   int64  `json:"at_ms"`
}

// UnitEventKind is how units changed.
type UnitEventKind string

const (
	UnitCreate   UnitEventKind = "create"
	UnitMerge    UnitEventKind = "merge"
	UnitSplit    UnitEventKind = "split"
	UnitRename   UnitEventKind = "rename"
	UnitRetype   UnitEventKind = "retype"
	UnitReparent UnitEventKind = "reparent"
	UnitDissolve UnitEventKind = "dissolve"
)

// UnitEvent links units over time: record type "unit_event", in sys:units.
type UnitEvent struct {
	Kind  UnitEventKind `json:"kind"`
	On    Date          `json:"on"`
	From  []ID          `json:"from"`
	To    []ID          `json:"to"`
	Part  []ID          `json:"part,omitzero"` // those of From that came only in part
	Basis string        `json:"basis"`
}
