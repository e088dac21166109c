package client

import (
	"context"
	"net/http"
)

// Delegation is a vice chair's right to decide for a commune from one day to
// another, both included.
type Delegation struct {
	ID     ID     `json:"id"`
	Person ID     `json:"person"`
	Name   string `json:"name"`
	By     ID     `json:"by,omitzero"` // who gave it; empty: the roster's import
	ByName string `json:"by_name,omitzero"`
	AtMs   int64  `json:"at_ms,omitzero"`
	From   string `json:"from,omitzero"`
	To     string `json:"to,omitzero"`
}

// Delegations are those of a commune and to whom the caller may give one.
type Delegations struct {
	List       []Delegation `json:"delegations"`
	Candidates []struct {
		Person ID     `json:"person"`
		Name   string `json:"name"`
		Role   string `json:"role"`
	} `json:"candidates"`
}

// Delegations lists who decides for a commune in its chair's place.
func (c *Client) Delegations(ctx context.Context, commune ID) (out Delegations, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/communes/" + esc(commune) + "/delegations", out: &out})
	return out, err
}

// Delegate gives a person the vice chair's rights. Key is made by the caller
// and kept for a repeat.
func (c *Client) Delegate(ctx context.Context, commune, key, person ID, from, to string) (out Delegation, err error) {
	in := struct {
		Key    ID     `json:"key"`
		Person ID     `json:"person"`
		From   string `json:"from"`
		To     string `json:"to"`
	}{key, person, from, to}
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/communes/" + esc(commune) + "/delegations", in: in, out: &out})
	return out, err
}

// EndDelegation takes a delegation back at once.
func (c *Client) EndDelegation(ctx context.Context, id ID) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/delegations/" + esc(id) + "/end"})
	return err
}
