package client

import (
	"context"
	"net/http"
)

// Second says how a person's second factor stands.
type Second struct {
	On       bool  `json:"on"`
	SinceMs  int64 `json:"since_ms,omitzero"`
	Recovery int   `json:"recovery"` // codes left
}

// NewSecond is a secret for an authenticator, shown once.
type NewSecond struct {
	Secret string `json:"secret"`
	URI    string `json:"uri"`
}

// Restored says how far two administrators have come with a lost factor.
type Restored struct {
	State string `json:"state"` // "asked" | "done"
	By    ID     `json:"by"`
	AtMs  int64  `json:"at_ms"`
}

type codeRequest struct {
	Code string `json:"code"`
}

// Second returns how the caller's second factor stands.
func (c *Client) Second(ctx context.Context) (out Second, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/me/second-factor", out: &out})
	return out, err
}

// BeginSecond makes a secret, which counts once ConfirmSecond has shown that it
// arrived.
func (c *Client) BeginSecond(ctx context.Context) (out NewSecond, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/me/second-factor", out: &out})
	return out, err
}

// ConfirmSecond switches it on and returns recovery codes.
func (c *Client) ConfirmSecond(ctx context.Context, code string) ([]string, error) {
	var out struct {
		Recovery []string `json:"recovery"`
	}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/me/second-factor/confirm", in: codeRequest{code}, out: &out})
	return out.Recovery, err
}

// EndSecond switches it off.
func (c *Client) EndSecond(ctx context.Context, code string) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/me/second-factor/end", in: codeRequest{code}})
	return err
}

// RestoreSecond takes a lost second factor of another away, by the word of two
// administrators.
func (c *Client) RestoreSecond(ctx context.Context, person ID) (out Restored, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/people/" + esc(person) + "/second-factor/restore", out: &out})
	return out, err
}

// StepUp proves who sits there, with a code of the second factor where there is
// one, else with the password.
func (c *Client) StepUp(ctx context.Context, password, second string) error {
	in := struct {
		Password     string `json:"password,omitzero"`
		SecondFactor string `json:"second_factor,omitzero"`
	}{password, second}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/auth/step-up", in: in})
	return err
}

// ChangePassword puts a password in place of the present one, soon after a
// sign-in or StepUp.
func (c *Client) ChangePassword(ctx context.Context, present, next string) error {
	in := struct {
		Present string `json:"present"`
		Next    string `json:"next"`
	}{present, next}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/me/password", in: in})
	return err
}

// Factor is a person's second factor, as who may restore it sees it.
type Factor struct {
	Person  ID     `json:"person"`
	Name    string `json:"name"`
	SinceMs int64  `json:"since_ms"`
	By      ID     `json:"by,omitzero"` // the administrator who asked first
	ByName  string `json:"by_name,omitzero"`
	AskedMs int64  `json:"asked_ms,omitzero"`
}

// Factors lists whose second factor the caller may help to restore.
func (c *Client) Factors(ctx context.Context) ([]Factor, error) {
	var out struct {
		Factors []Factor `json:"factors"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/second-factors", out: &out})
	return out.Factors, err
}
