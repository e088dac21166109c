package client

import (
	"context"
	"net/http"
)

// TopUp is a commune's decision to add money of its own to what a policy gives
// its teams. Unit and By are the server's.
type TopUp struct {
	Policy   string `json:"policy"`
	Unit     ID     `json:"unit,omitzero"`
	Decision string `json:"decision"`
	On       string `json:"on"`
	From     string `json:"from"`
	To       string `json:"to"`
	Teams    []ID   `json:"teams,omitzero"` // none: all of the commune
	VND      int64  `json:"vnd"`            // per team and month
	By       ID     `json:"by,omitzero"`
}

// TopUp records a commune's decision; the same twice is one.
func (c *Client) TopUp(ctx context.Context, commune ID, x TopUp) (TopUp, error) {
	x.Unit, x.By = "", ""
	var out TopUp
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/communes/" + esc(string(commune)) + "/top-ups", in: x, out: &out})
	return out, err
}

// TopUps lists a commune's decisions, oldest first.
func (c *Client) TopUps(ctx context.Context, commune ID) ([]TopUp, error) {
	var out struct {
		TopUps []TopUp `json:"top_ups"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/communes/" + esc(string(commune)) + "/top-ups", out: &out})
	return out.TopUps, err
}

// Village is what a team's village is from a day on. Team is the server's.
type Village struct {
	Team       ID     `json:"team,omitzero"`
	From       string `json:"from"`
	Households int64  `json:"households"`
	Kind       string `json:"kind"` // thon, ban, xom, khoi, to_dan_pho, ap, khu_pho
	Key        bool   `json:"key,omitzero"`
	Border     bool   `json:"border,omitzero"`
	Source     string `json:"source"`
}

// SetVillage says what a team's village is from a day on.
func (c *Client) SetVillage(ctx context.Context, team ID, v Village) (Village, error) {
	v.Team = ""
	var out Village
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/teams/" + esc(string(team)) + "/village", in: v, out: &out})
	return out, err
}

// Villages lists what was said of a team's village, oldest first.
func (c *Client) Villages(ctx context.Context, team ID) ([]Village, error) {
	var out struct {
		Villages []Village `json:"villages"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/teams/" + esc(string(team)) + "/village", out: &out})
	return out.Villages, err
}
