package client

import (
	"context"
	"net/http"
)

// Token is an API token: what programs read figures with. Token is there only
// when it is made.
type Token struct {
	ID        ID     `json:"id"`
	Name      string `json:"name"`
	Scope     string `json:"scope"` // "stats"
	Unit      ID     `json:"unit,omitzero"`
	CreatedMs int64  `json:"created_ms"`
	EndedMs   int64  `json:"ended_ms,omitzero"`
	Token     string `json:"token,omitzero"`
}

// NewToken makes an API token that reads the figures of a unit, "" for all.
func (c *Client) NewToken(ctx context.Context, name string, unit ID) (Token, error) {
	in := struct {
		Name string `json:"name"`
		Unit ID     `json:"unit,omitzero"`
	}{name, unit}
	var out Token
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/tokens", in: in, out: &out})
	return out, err
}

// Tokens lists the API tokens, revoked ones too.
func (c *Client) Tokens(ctx context.Context) ([]Token, error) {
	var out struct {
		Tokens []Token `json:"tokens"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/tokens", out: &out})
	return out.Tokens, err
}

// RevokeToken ends an API token at once.
func (c *Client) RevokeToken(ctx context.Context, id ID) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: "/v1/tokens/" + string(id)})
	return err
}
