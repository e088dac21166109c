package client

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
)

// Amounts are the figures of a month's money in đồng, as the server tells them.
type Amounts struct {
	Due    int64 `json:"due_vnd,omitzero"`
	Listed int64 `json:"listed_vnd,omitzero"`
	Paid   int64 `json:"paid_vnd,omitzero"`
	Got    int64 `json:"received_vnd,omitzero"`
}

// PolicyMonth is what a further policy gives a team's month.
type PolicyMonth struct {
	Policy   string `json:"policy"`
	Version  string `json:"policy_version"`
	Result   string `json:"result"`
	ReasonVi string `json:"reason_vi"`
	ReasonEn string `json:"reason_en"`
	Amount   int64  `json:"amount"`
	Money    string `json:"money"`
	Funding  string `json:"funding,omitzero"`
	Amounts
}

// Explain returns why a team's month stands as it does, as the server wrote
// it: the same bytes for whoever may read the month.
func (c *Client) Explain(ctx context.Context, team ID, month, etag string) (body jsontext.Value, newETag string, err error) {
	var raw []byte
	h, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/teams/" + esc(team) + "/months/" + esc(month) + "/explain",
		out: &raw, header: ifNoneMatch(etag)})
	return raw, h.Get("ETag"), err
}

// Overdue is what a commune has left undecided beyond the review day.
type Overdue struct {
	Unit        ID     `json:"unit"`
	Teams       int64  `json:"teams"`
	Submissions int64  `json:"submissions"`
	Since       string `json:"since"`
	OldestMs    int64  `json:"oldest_ms"`
}

// OverdueReviews lists the communes whose reviews of a month are overdue.
func (c *Client) OverdueReviews(ctx context.Context, month string) ([]Overdue, error) {
	var out struct {
		Month    string    `json:"month"`
		Communes []Overdue `json:"communes"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/months/" + esc(month) + "/overdue", out: &out})
	return out.Communes, err
}

// Extension moves the days of months later. ID, By and AtMs are the server's.
type Extension struct {
	ID     ID     `json:"id,omitzero"`
	Kind   string `json:"kind"` // outage | storm | holiday | delegation
	From   string `json:"from"`
	To     string `json:"to"`
	Unit   ID     `json:"unit,omitzero"` // commune; with Team empty too: the province
	Team   ID     `json:"team,omitzero"`
	Days   int    `json:"days"`
	Reason string `json:"reason"`
	By     ID     `json:"by,omitzero"`
	AtMs   int64  `json:"at_ms,omitzero"`
}

// Extend records an extension; the same content twice is one.
func (c *Client) Extend(ctx context.Context, x Extension) (Extension, error) {
	x.ID, x.By, x.AtMs = "", "", 0
	var out Extension
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/extensions", in: x, out: &out})
	return out, err
}

// Extensions lists them, oldest first.
func (c *Client) Extensions(ctx context.Context) ([]Extension, error) {
	var out struct {
		Extensions []Extension `json:"extensions"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/extensions", out: &out})
	return out.Extensions, err
}

// Ask proposes to correct or reopen a closed month. Key is made by the caller
// and names the proposal: sent again, it does nothing new.
type Ask struct {
	Key    ID       `json:"key"`
	Kind   string   `json:"kind"` // back_payment | recovery | withhold | release | reopen
	Policy string   `json:"policy,omitzero"`
	Team   ID       `json:"team"`
	Month  string   `json:"month"`
	Amount int64    `json:"amount,omitzero"`
	Close  int64    `json:"close"` // number of the close that was looked at
	PayIn  string   `json:"pay_in,omitzero"`
	Reason string   `json:"reason"`
	Basis  []string `json:"basis,omitzero"` // case:<id>, activity:<id>, dispute:<id>
}

// Proposal is a correction that a second person decides.
type Proposal struct {
	ID         ID       `json:"id"`
	Kind       string   `json:"kind"`
	Policy     string   `json:"policy,omitzero"`
	Team       ID       `json:"team"`
	Month      string   `json:"month"`
	Amount     int64    `json:"amount,omitzero"`
	Close      int64    `json:"close"`
	PayIn      string   `json:"pay_in,omitzero"`
	Reason     string   `json:"reason"`
	Basis      []string `json:"basis,omitzero"`
	By         ID       `json:"by"`
	AtMs       int64    `json:"at_ms"`
	State      string   `json:"state"` // proposed | approved | refused | withdrawn
	DecidedBy  ID       `json:"decided_by,omitzero"`
	DecidedMs  int64    `json:"decided_ms,omitzero"`
	Note       string   `json:"note,omitzero"`
	DecisionNo int64    `json:"decision_no,omitzero"`
	Unit       ID       `json:"unit"`
	Timing     string   `json:"timing,omitzero"`
}

// Propose sends a proposal.
func (c *Client) Propose(ctx context.Context, a Ask) (Proposal, error) {
	var out Proposal
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/proposals", in: a, out: &out})
	return out, err
}

// DecideProposal approves, refuses (with a note) or withdraws a proposal.
func (c *Client) DecideProposal(ctx context.Context, id ID, decision, note string) (Proposal, error) {
	in := struct {
		Decision string `json:"decision"`
		Note     string `json:"note,omitzero"`
	}{decision, note}
	var out Proposal
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/proposals/" + esc(id) + "/decision", in: in, out: &out})
	return out, err
}

// Proposals lists them; "" doesn't narrow, without a commune it is the
// province's list.
func (c *Client) Proposals(ctx context.Context, commune, team ID, state string) ([]Proposal, error) {
	var out struct {
		Proposals []Proposal `json:"proposals"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/proposals",
		query: values("commune", string(commune), "team", string(team), "state", state), out: &out})
	return out.Proposals, err
}

// Dispute is a question about a month's money.
type Dispute struct {
	ID       ID             `json:"id"`
	Team     ID             `json:"team"`
	Month    string         `json:"month"`
	Question string         `json:"question"`
	Author   ID             `json:"author"`
	State    string         `json:"state"` // open | explained | upheld | withdrawn
	Stood    jsontext.Value `json:"stood,omitzero"`
	AskedMs  int64          `json:"asked_ms"`
	AnswerBy string         `json:"answer_by"`
	Answer   string         `json:"answer,omitzero"`
	By       ID             `json:"by,omitzero"`
	AtMs     int64          `json:"at_ms,omitzero"`
	Proposal ID             `json:"proposal,omitzero"`
	C        string         `json:"c"`
	Origin   string         `json:"origin"`
	Overdue  bool           `json:"overdue,omitzero"`
}

// Disputes is a list, and what is behind in it.
type Disputes struct {
	Disputes []Dispute `json:"disputes"`
	Open     int64     `json:"open"`
	Overdue  int64     `json:"overdue"`
}

// Disputes lists them; without a commune those of the province.
func (c *Client) Disputes(ctx context.Context, commune ID, state string) (Disputes, error) {
	var out Disputes
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/disputes", query: values("commune", string(commune), "state", state), out: &out})
	return out, err
}

// Dispute returns one, with the explanation as it stood.
func (c *Client) Dispute(ctx context.Context, id ID) (Dispute, error) {
	var out Dispute
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/disputes/" + esc(id), out: &out})
	return out, err
}

// Answer ends a dispute; the last four are of the correction that upholding
// proposes.
type Answer struct {
	Decision string   `json:"decision"` // explained | upheld
	Text     string   `json:"text"`
	Kind     string   `json:"kind,omitzero"`
	Amount   int64    `json:"amount,omitzero"`
	Close    int64    `json:"close,omitzero"`
	Basis    []string `json:"basis,omitzero"`
}

// AnswerDispute answers a dispute.
func (c *Client) AnswerDispute(ctx context.Context, id ID, a Answer) (Dispute, error) {
	var out Dispute
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/disputes/" + esc(id) + "/answer", in: a, out: &out})
	return out, err
}
