package policy

import "github.com/banso/banso/server/internal/domain"

// SupportFacts are all that a decision on an officer, a unit or a person is
// made from. Of the parts only those of the subject are filled.
type SupportFacts struct {
	Subject Subject      `json:"subject"`
	ID      domain.ID    `json:"id"`
	Month   domain.Month `json:"month"` // judged; of a longer period its last
	Officer OfficerFacts `json:"officer,omitzero"`
	Unit    UnitFacts    `json:"unit,omitzero"`
	Rank    RankFacts    `json:"rank,omitzero"`
	Person  PersonFacts  `json:"person,omitzero"`
	Order   OrderFacts   `json:"order,omitzero"`
	Village Village      `json:"village,omitzero"`
	Paid    Paid         `json:"paid,omitzero"`
	Overlap Overlap      `json:"overlap,omitzero"`
	Funding Funding      `json:"funding,omitzero"`

	Accepted string `json:"accepted,omitzero"` // the province's reason to accept what fails only assumed rules
}

// OfficerFacts are about an officer in charge of digital work.
type OfficerFacts struct {
	Level      string `json:"level"`       // "province" | "district" | "commune"
	Degree     string `json:"degree"`      // "university" | "master_plus", "" if unknown or none
	InCharge   bool   `json:"in_charge"`   // appointed full time (chuyên trách) on some day of the month
	WholeMonth bool   `json:"whole_month"` // on each day of it
	Decision   string `json:"decision,omitzero"`
}

// UnitFacts are about a unit and its recognition.
type UnitFacts struct {
	Kind       string      `json:"kind"`     // "so_ban_nganh" | "huyen" | "xa"
	Standard   string      `json:"standard"` // "standard" | "advanced", "" if not recognised
	Recognised domain.Date `json:"recognised,omitzero"`
	Decision   string      `json:"decision,omitzero"`
}

// RankFacts are the place of a unit in a published ranking; 0 is unknown.
type RankFacts struct {
	Place    int64  `json:"place"`
	Tied     bool   `json:"tied,omitzero"` // another unit has the same place
	Decision string `json:"decision,omitzero"`
}

// PersonFacts are about a person and his days.
type PersonFacts struct {
	Kind     string `json:"kind"` // "member" | "mobilised" | "village_officer"
	Salaried bool   `json:"salaried,omitzero"`
	Days     int64  `json:"days"` // really worked, confirmed
	Nights   int64  `json:"nights,omitzero"`
}

// OrderFacts are about the order that called a person up.
type OrderFacts struct {
	By       string       `json:"by"` // "commune_chair" | "district_chair" | "province_chair"
	Urgent   bool         `json:"urgent,omitzero"`
	Decision string       `json:"decision,omitzero"`
	Rate     domain.Money `json:"rate,omitzero"` // per night, as the order sets it; 0 is unknown
}
