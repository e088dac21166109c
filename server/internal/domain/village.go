package domain

// Village is the document of record type "village", in sys:village/<team>: what
// a team covers, from a day on until a later record says otherwise. Some
// policies pay by it.
type Village struct {
	Team       ID     `json:"team"`
	From       Date   `json:"from"`
	Households int64  `json:"households"`
	Kind       string `json:"kind"`         // one of VillageKinds
	Key        bool   `json:"key,omitzero"` // of a key area (trọng điểm)
	Border     bool   `json:"border,omitzero"`
	Source     string `json:"source"` // the paper that says so: "Báo cáo 12/BC-UBND"
}

// Place is the document of record type "place", in sys:places: a village of a
// commune, whether a team covers it or not. No list is published, so the
// province brings its own.
type Place struct {
	Commune ID     `json:"commune"` // as on the day it was listed
	Name    string `json:"name"`
	Kind    string `json:"kind"` // one of VillageKinds
	Source  string `json:"source"`
}

// MaxHouseholds is more than any village has.
const MaxHouseholds = 20_000

// VillageKinds are what a village may be called.
func VillageKinds() []string {
	return []string{"thon", "ban", "xom", "khoi", "to_dan_pho", "ap", "khu_pho"}
}
