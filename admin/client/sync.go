package client

import (
	"context"
	"net/http"
	"strconv"

	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// Capabilities tells what the server speaks; no sign-in is needed.
func (c *Client) Capabilities(ctx context.Context) (syncproto.Capabilities, error) {
	var out syncproto.Capabilities
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/capabilities", out: &out, open: true})
	return out, err
}

// Sync sends one request of the sync protocol. Phones use the sync engine;
// this is for tools and tests.
func (c *Client) Sync(ctx context.Context, req *syncproto.Request) (*syncproto.Response, error) {
	out := &syncproto.Response{}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/sync", in: req, out: out})
	return out, err
}

// Wait is the answer of a long poll: the scopes that moved since the commit
// asked about; none if the time ran out.
type Wait struct {
	Epoch  string            `json:"epoch"`
	Commit int64             `json:"commit"`
	Scopes []syncproto.Scope `json:"scopes"`
}

// Wait asks which scopes change after a commit; it lasts up to 50 seconds.
func (c *Client) Wait(ctx context.Context, epoch string, at int64) (Wait, error) {
	var w Wait
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/wait",
		query: values("epoch", epoch, "at", strconv.FormatInt(at, 10)), out: &w})
	return w, err
}

// Case is a mutation that stands aside or waits. Doc is the case's document.
type Case struct {
	ID  ID             `json:"id"`
	Rev int64          `json:"rev"`
	Doc jsontext.Value `json:"doc"`
}

// Cases lists the open cases of a team or of a commune; name one of them.
func (c *Client) Cases(ctx context.Context, team, commune ID) ([]Case, error) {
	var out struct {
		Cases []Case `json:"cases"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/cases",
		query: values("team", string(team), "commune", string(commune)), out: &out})
	return out.Cases, err
}

// CaseDecision is the adopting or dismissing of a case. Key is made by the
// client (a random id) and kept for a repeat: the same call counts once.
type CaseDecision struct {
	Key    ID             `json:"key"`
	H      syncproto.Hash `json:"h,omitzero"`      // adopt: of the record that is replaced; zero if there is none
	Reason string         `json:"reason,omitzero"` // dismiss: required
	Set    jsontext.Value `json:"set,omitzero"`    // adopt: corrected fields
}

// AdoptCase brings a set-aside mutation back with the caller's rights.
func (c *Client) AdoptCase(ctx context.Context, id ID, d CaseDecision) (syncproto.Verdict, error) {
	return c.decideCase(ctx, id, "adopt", d)
}

// DismissCase closes a case for good, with a reason.
func (c *Client) DismissCase(ctx context.Context, id ID, d CaseDecision) (syncproto.Verdict, error) {
	return c.decideCase(ctx, id, "dismiss", d)
}

func (c *Client) decideCase(ctx context.Context, id ID, what string, d CaseDecision) (syncproto.Verdict, error) {
	var v syncproto.Verdict
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/cases/" + esc(id) + "/" + what, in: d, out: &v})
	return v, err
}
