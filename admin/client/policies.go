package client

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Words are a text in both languages.
type Words struct {
	Vi string `json:"vi"`
	En string `json:"en"`
}

// PlainPolicy is a policy in plain language.
type PlainPolicy struct {
	Policy     string         `json:"policy"`
	Version    string         `json:"version"`
	Title      Words          `json:"title"`
	Instrument string         `json:"instrument"`
	Province   string         `json:"province"`
	Status     string         `json:"status"`
	Subject    string         `json:"subject"`
	Basis      string         `json:"basis"`
	Rate       int64          `json:"rate_vnd,omitzero"`
	Amount     []Words        `json:"amount"`
	From       string         `json:"from,omitzero"`
	To         string         `json:"to,omitzero"`
	Deadlines  jsontext.Value `json:"deadlines,omitzero"`
	Spending   jsontext.Value `json:"spending,omitzero"`
	Assumed    []Assumption   `json:"assumed,omitzero"`
	Rules      []PlainRule    `json:"rules"`
	Note       Words          `json:"note,omitzero"`
}

// PlainRule is a rule and where it comes from: S, I or A.
type PlainRule struct {
	Rule   string `json:"rule"`
	Origin string `json:"origin"`
	Also   string `json:"also,omitzero"`
	Source string `json:"source"`
	Words
}

// CheckPolicy says in plain language what a file would publish. It is refused
// as publishing it would be.
func (c *Client) CheckPolicy(ctx context.Context, file []byte) (PlainPolicy, error) {
	var out PlainPolicy
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/policies/check", body: file, mime: "application/json", out: &out})
	return out, err
}

// PolicyProposal is a file that somebody proposes to publish.
type PolicyProposal struct {
	ID        ID     `json:"id"`
	Policy    string `json:"policy"`
	Version   string `json:"version"`
	File      string `json:"file"`
	State     string `json:"state"` // proposed, approved, refused, withdrawn
	By        ID     `json:"by"`
	AtMs      int64  `json:"at_ms"`
	DecidedBy ID     `json:"decided_by,omitzero"`
	DecidedMs int64  `json:"decided_ms,omitzero"`
	Note      string `json:"note,omitzero"`
}

// ProposePolicy proposes to publish a file. The same key twice is one.
func (c *Client) ProposePolicy(ctx context.Context, key ID, file []byte) (PolicyProposal, error) {
	var out PolicyProposal
	in := struct {
		Key  ID     `json:"key"`
		File string `json:"file"`
	}{key, string(file)}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/policies/proposals", in: in, out: &out})
	return out, err
}

// DecidePolicy is approve or refuse, by another person than the proposer, or
// his withdraw.
func (c *Client) DecidePolicy(ctx context.Context, id ID, decision, note string) (PolicyProposal, error) {
	var out PolicyProposal
	in := struct {
		Decision string `json:"decision"`
		Note     string `json:"note,omitzero"`
	}{decision, note}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/policies/proposals/" + esc(string(id)) + "/decision", in: in, out: &out})
	return out, err
}

// PolicyProposals lists what was proposed, newest first.
func (c *Client) PolicyProposals(ctx context.Context) ([]PolicyProposal, error) {
	var out struct {
		Proposals []PolicyProposal `json:"proposals"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/policies/proposals", out: &out})
	return out.Proposals, err
}

// WhatIfAsk tries a policy file, or a change of a published policy, on months.
type WhatIfAsk struct {
	File    []byte        // of a policy, or
	Change  *PolicyChange // of a published one
	From    string
	To      string
	Commune ID
	Changes int // most that are listed; 0: the server's 200
}

// PolicyChange is what to try out on a published policy.
type PolicyChange struct {
	Base    string           `json:"base"`
	Rate    int64            `json:"rate_vnd,omitzero"`
	Preset  string           `json:"preset,omitzero"`
	Without []string         `json:"without,omitzero"`
	Rules   []jsontext.Value `json:"rules,omitzero"`
}

// WhatIf is what would come of it, beside what was decided.
type WhatIf struct {
	Policy   string       `json:"policy"`
	Version  string       `json:"policy_version"`
	From     string       `json:"from"`
	To       string       `json:"to"`
	Total    WhatIfSum    `json:"total"`
	Months   []WhatIfSum  `json:"months"`
	Communes []WhatIfSum  `json:"communes"`
	Changes  []WhatIfCase `json:"changes"`
	Left     int64        `json:"left_out"` // changed team-months that are not listed
}

// WhatIfSum sums team-months.
type WhatIfSum struct {
	Month   string `json:"month,omitzero"`
	Commune ID     `json:"commune,omitzero"`
	Name    string `json:"name,omitzero"`
	Teams   int64  `json:"team_months"`
	Closed  int64  `json:"closed"`
	Was     int64  `json:"was_vnd"`
	Would   int64  `json:"would_vnd"`
	Gain    int64  `json:"gain"`
	GainVND int64  `json:"gain_vnd"`
	Lose    int64  `json:"lose"`
	LoseVND int64  `json:"lose_vnd"`
	Other   int64  `json:"other"` // the result differs, the amount doesn't
}

// WhatIfCase is a team-month that would change.
type WhatIfCase struct {
	Team    ID         `json:"team"`
	Name    string     `json:"name"`
	Commune ID         `json:"commune"`
	Unit    string     `json:"commune_name"`
	Month   string     `json:"month"`
	Closed  bool       `json:"closed"`
	Was     WhatIfSide `json:"was"`
	Would   WhatIfSide `json:"would"`
}

// WhatIfSide is one of the two verdicts, with the rules that are not met.
type WhatIfSide struct {
	Policy   string       `json:"policy"`
	Version  string       `json:"policy_version"`
	Result   string       `json:"result"`
	Amount   int64        `json:"amount"`
	ReasonVi string       `json:"reason_vi"`
	ReasonEn string       `json:"reason_en"`
	Fails    []RuleResult `json:"fails"`
}

// WhatIf tries a policy. The file goes as it is written, so that errors name
// its lines.
func (c *Client) WhatIf(ctx context.Context, ask WhatIfAsk) (*WhatIf, error) {
	out := &WhatIf{}
	return out, c.whatIf(ctx, ask, nil, out)
}

// StartWhatIf is WhatIf as a job: its result is a WhatIf.
func (c *Client) StartWhatIf(ctx context.Context, ask WhatIfAsk) (out Job, err error) {
	err = c.whatIf(ctx, ask, asJob(), &out)
	return out, err
}

func (c *Client) whatIf(ctx context.Context, ask WhatIfAsk, header map[string]string, out any) error {
	head, err := json.Marshal(struct {
		Change  *PolicyChange `json:"change,omitzero"`
		From    string        `json:"from"`
		To      string        `json:"to"`
		Commune ID            `json:"commune,omitzero"`
		Changes int           `json:"changes,omitzero"`
	}{ask.Change, ask.From, ask.To, ask.Commune, ask.Changes}, json.Deterministic(true))
	if err != nil {
		return err
	}
	if len(ask.File) > 0 {
		head = append(head[:len(head)-1], `,"policy":`...)
		head = append(append(head, ask.File...), '}')
	}
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/policies/what-if", body: head, mime: "application/json", header: header, out: out})
	return err
}
