package client

import (
	"context"
	"net/http"
)

// Contact is how a commune's office is reached.
type Contact struct {
	Unit   ID     `json:"unit"`
	Office string `json:"office"`
	Phone  string `json:"phone"`
	By     ID     `json:"by"`
	AtMs   int64  `json:"at_ms"`
}

// Contact returns how a commune is reached.
func (c *Client) Contact(ctx context.Context, commune ID) (Contact, error) {
	var out Contact
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/communes/" + esc(string(commune)) + "/contact", out: &out})
	return out, err
}

// SetContact says how a commune is reached; its teams' phones show it.
func (c *Client) SetContact(ctx context.Context, commune ID, office, phone string) (Contact, error) {
	var out Contact
	in := struct {
		Office string `json:"office"`
		Phone  string `json:"phone"`
	}{office, phone}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/communes/" + esc(string(commune)) + "/contact", in: in, out: &out})
	return out, err
}
