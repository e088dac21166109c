package client

// Breakdown says how an amount came about; nil where it is one rate, once.
type Breakdown struct {
	Lines []struct {
		Who      ID     `json:"who,omitzero"`
		What     string `json:"what,omitzero"`
		Vi       string `json:"vi"`
		En       string `json:"en"`
		Quantity int64  `json:"quantity"`
		Rate     int64  `json:"rate"`
		Amount   int64  `json:"amount"`
	} `json:"lines,omitzero"`
	Parts []struct {
		Part   string `json:"part"`
		Vi     string `json:"vi"`
		En     string `json:"en"`
		Asked  int64  `json:"asked,omitzero"`
		Limit  int64  `json:"limit,omitzero"`
		Amount int64  `json:"amount"`
	} `json:"parts,omitzero"`
	Caps []struct {
		Per  string `json:"per"` // "period" | "year" | "rate"
		VND  int64  `json:"vnd"`
		Used int64  `json:"used,omitzero"`
		Room int64  `json:"room"`
		Cut  int64  `json:"cut,omitzero"`
	} `json:"caps,omitzero"`
	LeftOut []struct {
		ID     string `json:"id"`
		Amount int64  `json:"amount"`
		Why    string `json:"why"`
	} `json:"left_out,omitzero"`
	TopUp *struct {
		By       string `json:"by"`
		Decision string `json:"decision,omitzero"`
		Asked    int64  `json:"asked"`
		Max      int64  `json:"max"`
		Amount   int64  `json:"amount"`
		Vi       string `json:"vi"`
		En       string `json:"en"`
	} `json:"top_up,omitzero"`
}

// Assumption is a value of a policy that its source does not give: badge A.
type Assumption struct {
	Field string `json:"field"`
	Vi    string `json:"vi"`
	En    string `json:"en"`
}
