package client

import (
	"context"
	"net/http"
)

// Kind is a kind of activity of the catalogue.
type Kind struct {
	Code     string    `json:"code,omitzero"`
	Name     string    `json:"name"`
	NameEn   string    `json:"name_en,omitzero"`
	Group    string    `json:"group"`
	Measures []Measure `json:"measures"`
	Evidence string    `json:"evidence,omitzero"`
	Source   string    `json:"source,omitzero"`
	From     string    `json:"from,omitzero"`
	Until    string    `json:"until,omitzero"`
	By       ID        `json:"by,omitzero"`
	Replaces string    `json:"replaces,omitzero"` // to add: code of the kind that ends the day before
}

// Measure is one count of a kind.
type Measure struct {
	Key    string `json:"key,omitzero"`
	Name   string `json:"name"`
	NameEn string `json:"name_en,omitzero"`
	Unit   string `json:"unit,omitzero"`
}

// Catalogue lists the kinds of activity, retired ones too.
func (c *Client) Catalogue(ctx context.Context) ([]Kind, error) {
	var out struct {
		Kinds []Kind `json:"kinds"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/catalogue", out: &out})
	return out.Kinds, err
}

// AddKind adds a kind of activity; its code, keys, last day and author are the
// server's.
func (c *Client) AddKind(ctx context.Context, k Kind) (Kind, error) {
	k.Code, k.Until, k.By = "", "", ""
	var out Kind
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/catalogue", in: k, out: &out})
	return out, err
}

// RetireKind names the last day of a kind; "" brings it back.
func (c *Client) RetireKind(ctx context.Context, code, until string) (Kind, error) {
	in := struct {
		Until string `json:"until,omitzero"`
	}{until}
	var out Kind
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/catalogue/" + esc(code) + "/retire", in: in, out: &out})
	return out, err
}

// Reasons are the reasons offered with a decision.
type Reasons struct {
	Of   string   `json:"of"` // return, reject
	List []Reason `json:"list"`
}

// Reason is one of them; an empty En falls back to Vi.
type Reason struct {
	Vi string `json:"vi"`
	En string `json:"en,omitzero"`
}

// Reasons lists those that the province words itself.
func (c *Client) Reasons(ctx context.Context) ([]Reasons, error) {
	var out struct {
		Reasons []Reasons `json:"reasons"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/reasons", out: &out})
	return out.Reasons, err
}

// SetReasons words the reasons offered with a decision; none brings those of the
// apps back.
func (c *Client) SetReasons(ctx context.Context, of string, list []Reason) (Reasons, error) {
	in := struct {
		List []Reason `json:"list"`
	}{list}
	var out Reasons
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/reasons/" + esc(of), in: in, out: &out})
	return out, err
}

// Switch is something that the province may switch off: from the day on it is as
// Off says, before it is the other way; without a day it is on.
type Switch struct {
	Name string `json:"name"` // letters, tokens, position
	Off  bool   `json:"off,omitzero"`
	From string `json:"from,omitzero"`
}

// Switches lists all.
func (c *Client) Switches(ctx context.Context) ([]Switch, error) {
	var out struct {
		Switches []Switch `json:"switches"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/switches", out: &out})
	return out.Switches, err
}

// Turn switches something off or on from a day on; "" is today.
func (c *Client) Turn(ctx context.Context, x Switch) (Switch, error) {
	in := struct {
		Off  bool   `json:"off"`
		From string `json:"from,omitzero"`
	}{x.Off, x.From}
	var out Switch
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/switches/" + esc(x.Name), in: in, out: &out})
	return out, err
}
