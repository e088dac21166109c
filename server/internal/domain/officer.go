package domain

// Officer is the document of record type "officer", in sys:support_officers: a
// person in charge of digital work full time (chuyên trách) in an office, by
// date. It gives no rights; grants do.
type Officer struct {
	Person   ID        `json:"person"`
	Name     string    `json:"name"`
	Level    UnitLevel `json:"level"`
	Unit     ID        `json:"unit"`
	Office   string    `json:"office"`          // "Sở Thông tin và Truyền thông"
	Degree   string    `json:"degree,omitzero"` // "university" | "master_plus"; "" unknown or none
	Decision string    `json:"decision"`        // of the appointment
	Interval           // both days included
}

// Recognition is the document of record type "recognition", in
// sys:recognitions: a unit is recognised as reaching a standard.
type Recognition struct {
	Subject  ID     `json:"subject"` // the recognised unit: of the roster, or made for a department
	Name     string `json:"name"`
	Kind     string `json:"kind"`     // "so_ban_nganh" | "huyen" | "xa"
	Standard string `json:"standard"` // "standard" | "advanced"
	Decision string `json:"decision"`
	On       Date   `json:"on"`
}
