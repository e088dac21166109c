package client

import (
	"context"
	"net/http"
)

// OwnMonth is what the caller did in a month of a team that they have left.
type OwnMonth struct {
	Team       ID            `json:"team"`
	Name       string        `json:"name"`
	Month      string        `json:"month"`
	ReasonVi   string        `json:"reason_vi"`
	ReasonEn   string        `json:"reason_en"`
	Due        int64         `json:"due_vnd"`
	Paid       int64         `json:"paid_vnd"`
	Activities []OwnActivity `json:"activities"`
}

// OwnActivity is one entry of its author.
type OwnActivity struct {
	ID       ID               `json:"id"`
	DoneOn   string           `json:"done_on"`
	Category string           `json:"category"`
	Measures map[string]int64 `json:"measures,omitzero"`
	Place    string           `json:"place,omitzero"`
	Note     string           `json:"note,omitzero"`
	State    string           `json:"state"`
	Reason   string           `json:"reason,omitzero"`
}

// History returns what the caller did in teams that they have left.
func (c *Client) History(ctx context.Context) ([]OwnMonth, error) {
	var out struct {
		Months []OwnMonth `json:"months"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/me/history", out: &out})
	return out.Months, err
}
