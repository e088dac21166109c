package domain

// Order is the document of record type "order", in sys:orders: a chair calls
// people up for digital work (lệnh huy động), and may set what a night is paid.
type Order struct {
	Number string `json:"number"`
	By     string `json:"by"` // "commune_chair" | "district_chair" | "province_chair"
	Urgent bool   `json:"urgent,omitzero"`
	On     Date   `json:"on"`
	Rate   Money  `json:"rate,omitzero"` // per night; 0: the order sets none
}

// CalledUp is the document of record type "called_up", in sys:called_up: what
// somebody worked in a month under an order, or that he held an office of a
// village.
type CalledUp struct {
	Person   ID     `json:"person"`
	Name     string `json:"name"`
	Kind     string `json:"kind"` // "member" | "mobilised" | "village_officer"
	Salaried bool   `json:"salaried,omitzero"`
	Month    Month  `json:"month"`
	Days     int64  `json:"days,omitzero"`
	Nights   int64  `json:"nights,omitzero"`
	Order    string `json:"order,omitzero"` // number of the order
	Team     ID     `json:"team,omitzero"`  // whose village it is
	Source   string `json:"source"`         // the paper that confirms it
}
