package domain

// KindAPIToken is the kind of credential under which an APIToken stands, by
// its id.
const KindAPIToken = "api_token"

// ScopeStats lets a token read figures, and the records that they count as far
// as a viewer sees them: the only scope that there is.
const ScopeStats = "stats"

// APIToken lets a program in, such as a spreadsheet or an aggregator. It is no
// person: it holds no grant, and only the routes of its scope know it.
type APIToken struct {
	Name      string `json:"name"` // for lists: what reads with it
	Scope     string `json:"scope"`
	Unit      ID     `json:"unit,omitzero"` // whose figures; empty: all of the province
	By        ID     `json:"by"`
	CreatedMs int64  `json:"created_ms"`
	EndedMs   int64  `json:"ended_ms,omitzero"` // revoked
	Hash      string `json:"hash"`              // keyed, of the secret
}
