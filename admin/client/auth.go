package client

import (
	"context"
	"net/http"

	"github.com/banso/banso/syncproto"
)

// ID is an id of the protocol.
type ID = syncproto.ID

// Session is what a sign-in gives. Refresh is a secret that outlives Access;
// each refresh gives a new one.
type Session struct {
	Person          ID     `json:"person"`
	Device          ID     `json:"device"`
	Access          string `json:"access"`
	AccessExpiresMs int64  `json:"access_expires_ms"`
	Refresh         string `json:"refresh,omitzero"`
	PushOnly        bool   `json:"push_only,omitzero"` // the device was revoked: hand over the queue, once
}

// Setup makes the first administrator with the code that the server printed
// at its first start.
type Setup struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Login      string `json:"login"`
	Password   string `json:"password"`
	Install    ID     `json:"install"` // made by the client, random, kept by it and secret
	DeviceName string `json:"device_name,omitzero"`
}

// Activate exchanges a single-use code for a session. Login and Password are
// required for officers, who choose them here, and optional for members. The
// same call may be repeated with the same Install until its session is used.
type Activate struct {
	Code       string `json:"code"`
	Install    ID     `json:"install"`
	DeviceName string `json:"device_name,omitzero"`
	Login      string `json:"login,omitzero"`
	Password   string `json:"password,omitzero"`
	// SecondFactor of who has one.
	SecondFactor string `json:"second_factor,omitzero"`
}

// Login signs an officer in.
type Login struct {
	Login        string `json:"login"`
	Password     string `json:"password"`
	SecondFactor string `json:"second_factor,omitzero"`
	Install      ID     `json:"install"`
	DeviceName   string `json:"device_name,omitzero"`
}

type refreshRequest struct {
	Refresh string `json:"refresh"`
}

// Code is an activation code, shown once.
type Code struct {
	Person    ID     `json:"person"`
	Code      string `json:"code,omitzero"` // empty if Error says why there is none
	ExpiresMs int64  `json:"expires_ms,omitzero"`
	Error     string `json:"error,omitzero"` // "not_found" | "forbidden"
}

// Device is a signed-in device of a person.
type Device struct {
	ID         ID     `json:"id"`
	Person     ID     `json:"person"`
	Name       string `json:"name"`
	CreatedMs  int64  `json:"created_ms"`
	LastSeenMs int64  `json:"last_seen_ms"` // of its last sign-in or refresh
	RevokedMs  int64  `json:"revoked_ms,omitzero"`
	Reason     string `json:"reason,omitzero"` // "revoked" | "reused_token" | "logout"
}

// Grant is a dated role of a person on a team or a unit.
type Grant struct {
	Person ID     `json:"person"`
	Role   string `json:"role"`
	Team   ID     `json:"team,omitzero"`
	Unit   ID     `json:"unit,omitzero"`
	Name   string `json:"name"`
	From   string `json:"from,omitzero"`
	To     string `json:"to,omitzero"`
}

// Me is who is signed in and with which roles.
type Me struct {
	Person   ID      `json:"person"`
	Device   ID      `json:"device"`
	Name     string  `json:"name"`
	PushOnly bool    `json:"push_only,omitzero"`
	Grants   []Grant `json:"grants"`
	NowMs    int64   `json:"now_ms"`
	Today    string  `json:"today"` // the server's day in UTC+7
}

func (c *Client) signIn(ctx context.Context, path string, in any) (Session, error) {
	var s Session
	if _, err := c.do(ctx, call{method: http.MethodPost, path: path, in: in, out: &s, open: true}); err != nil {
		return s, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(s)
	return s, nil
}

// Setup makes the first administrator and signs in.
func (c *Client) Setup(ctx context.Context, in Setup) (Session, error) {
	return c.signIn(ctx, "/v1/auth/setup", in)
}

// Activate signs in with an activation code.
func (c *Client) Activate(ctx context.Context, in Activate) (Session, error) {
	return c.signIn(ctx, "/v1/auth/activate", in)
}

// Login signs an officer in with a password.
func (c *Client) Login(ctx context.Context, in Login) (Session, error) {
	return c.signIn(ctx, "/v1/auth/login", in)
}

// LoginAsking is Login that asks for a code of the second factor where there is
// one.
func (c *Client) LoginAsking(ctx context.Context, in Login, ask func() (string, error)) (Session, error) {
	s, err := c.Login(ctx, in)
	if p := AsProblem(err); p == nil || p.Code != "second_factor_required" {
		return s, err
	}
	if in.SecondFactor, err = ask(); err != nil {
		return s, err
	}
	return c.Login(ctx, in)
}

// Refresh gets new access and a new refresh token.
func (c *Client) Refresh(ctx context.Context) (Session, error) {
	if _, err := c.renew(ctx, c.Token()); err != nil {
		return Session{}, err
	}
	return c.Session(), nil
}

// Logout ends the session on the server and here.
func (c *Client) Logout(ctx context.Context) error {
	if _, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/auth/logout"}); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(Session{})
	return nil
}

// Me tells who is signed in.
func (c *Client) Me(ctx context.Context) (Me, error) {
	var m Me
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/me", out: &m})
	return m, err
}

// NewCodes makes activation codes for people: at most MaxCodes a call.
func (c *Client) NewCodes(ctx context.Context, people []ID) ([]Code, error) {
	in := struct {
		People []ID `json:"people"`
	}{people}
	var out struct {
		Codes []Code `json:"codes"`
	}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/codes", in: in, out: &out})
	return out.Codes, err
}

// MaxCodes is the most people that one NewCodes may name.
const MaxCodes = 500

// Devices lists the devices of a person; "" is the one signed in.
func (c *Client) Devices(ctx context.Context, person ID) ([]Device, error) {
	var out struct {
		Devices []Device `json:"devices"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/devices", query: values("person", string(person)), out: &out})
	return out.Devices, err
}

// RevokeDevice ends a device's session; it may still hand over its queue once.
func (c *Client) RevokeDevice(ctx context.Context, device ID) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/devices/" + esc(device) + "/revoke"})
	return err
}
