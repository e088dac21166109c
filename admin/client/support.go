package client

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/syncproto"
)

// SupportProposal is what a policy grants officers or recognised units, as one
// person worked it out for another to confirm.
type SupportProposal struct {
	ID          ID            `json:"id"`
	Policy      string        `json:"policy"`
	Months      []string      `json:"months"`
	Items       []SupportItem `json:"items"`
	Accept      []Acceptance  `json:"accept,omitzero"`
	Total       int64         `json:"total"`
	State       string        `json:"state"` // "proposed" | "confirmed"
	By          ID            `json:"by"`
	AtMs        int64         `json:"at_ms"`
	Grant       string        `json:"grant,omitzero"`
	ConfirmedBy ID            `json:"confirmed_by,omitzero"`
}

// SupportItem is one subject and period.
type SupportItem struct {
	Subject  ID             `json:"subject"`
	Name     string         `json:"name"`
	Period   string         `json:"period"`
	Result   string         `json:"result"`
	Amount   int64          `json:"amount"`
	ReasonVi string         `json:"reason_vi"`
	ReasonEn string         `json:"reason_en"`
	Facts    jsontext.Value `json:"facts"`
	Accepted string         `json:"accepted,omitzero"`
	Assumed  []string       `json:"assumed,omitzero"` // assumed rules (badge A) that it fails
}

// Acceptance takes a subject that fails only assumed rules as eligible.
type Acceptance struct {
	Subject ID     `json:"subject"`
	Reason  string `json:"reason"`
}

// Supports lists proposals, newest first; of all policies if it is empty.
func (c *Client) Supports(ctx context.Context, policy string) ([]SupportProposal, error) {
	var out struct {
		Supports []SupportProposal `json:"supports"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/support", query: values("policy", policy), out: &out})
	return out.Supports, err
}

// ProposeSupport works a proposal out. The same key twice is one.
func (c *Client) ProposeSupport(ctx context.Context, key ID, policy string, months []string, accept ...Acceptance) (p SupportProposal, err error) {
	in := struct {
		Key    ID           `json:"key"`
		Policy string       `json:"policy"`
		Months []string     `json:"months"`
		Accept []Acceptance `json:"accept,omitzero"`
	}{key, policy, months, accept}
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/support", in: in, out: &p})
	return p, err
}

// ConfirmSupport decides a proposal under the decision that grants its money.
func (c *Client) ConfirmSupport(ctx context.Context, id ID, decision, on string, total int64) (p SupportProposal, err error) {
	in := struct {
		Decision string `json:"decision"`
		On       string `json:"on"`
		Total    int64  `json:"total"`
	}{decision, on, total}
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/support/" + esc(id) + "/confirm", in: in, out: &p})
	return p, err
}

// Spent is what a commune's accountant enters for a team.
type Spent struct {
	Key      ID       `json:"key"`
	Team     ID       `json:"team"`
	Policy   string   `json:"policy"`
	Category string   `json:"category"`
	Amount   int64    `json:"amount"`
	On       string   `json:"on"`
	Evidence []string `json:"evidence"`
	Note     string   `json:"note,omitzero"`
}

// Spend enters it; what a rule refuses is a verdict.
func (c *Client) Spend(ctx context.Context, in Spent) (v syncproto.Verdict, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/spendings", in: in, out: &v})
	return v, err
}
