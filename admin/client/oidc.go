package client

import (
	"context"
	"net/http"
)

// Link is how a person's account is linked with the province's identity provider.
type Link struct {
	On       bool   `json:"on"` // the server has a provider
	Name     string `json:"name,omitzero"`
	Linked   bool   `json:"linked"`
	LinkedMs int64  `json:"linked_ms,omitzero"`
	UsedMs   int64  `json:"used_ms,omitzero"`
	Own      bool   `json:"own,omitzero"` // made by the person, not by an administrator
}

// LinkOf returns how somebody's account is linked.
func (c *Client) LinkOf(ctx context.Context, person ID) (out Link, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: linkPath(person), out: &out})
	return out, err
}

// LinkSubject lets a subject of the provider open somebody's account, soon after
// a sign-in or StepUp.
func (c *Client) LinkSubject(ctx context.Context, person ID, subject string) error {
	in := struct {
		Subject string `json:"subject"`
	}{subject}
	_, err := c.do(ctx, call{method: http.MethodPost, path: linkPath(person), in: in})
	return err
}

// Unlink ends it, soon after a sign-in or StepUp.
func (c *Client) Unlink(ctx context.Context, person ID) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: linkPath(person)})
	return err
}

func linkPath(person ID) string { return "/v1/people/" + esc(person) + "/oidc" }
