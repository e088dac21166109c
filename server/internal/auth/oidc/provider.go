package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/domain"
)

// grace is how far the provider's clock may be from ours.
const grace = time.Minute

// Refusals. They don't tell which part did not hold: the log does.
var (
	errAway = &domain.Error{Code: domain.Unavailable, RetryAfterS: 10, Msg: "The province's account system can't be reached now. Sign in with your password, or try again later.",
		Vi: "Chưa kết nối được với hệ thống tài khoản của tỉnh. Hãy đăng nhập bằng mật khẩu, hoặc thử lại sau."}
	errRefused = domain.E(domain.Unauthorized, "The answer of the province's account system does not hold. Begin again, or sign in with your password.",
		"Trả lời của hệ thống tài khoản của tỉnh không hợp lệ. Hãy làm lại từ đầu, hoặc đăng nhập bằng mật khẩu.")
)

// Provider implements auth.Provider. It is safe for concurrent use.
type Provider struct {
	cfg    Config
	http   *http.Client
	places chan struct{}

	mu    sync.Mutex
	found *found
	pause time.Duration // since it was not reached
	again time.Time     // until when it is left alone
}

// New makes a Provider; it goes to no network yet.
func New(cfg Config) (*Provider, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if cfg.Transport == nil {
		cfg.Transport = http.DefaultTransport
	}
	return &Provider{cfg: cfg, places: make(chan struct{}, maxAtOnce), http: &http.Client{Transport: bounded{cfg.Transport}, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Name implements auth.Provider.
func (p *Provider) Name() string { return p.cfg.Name }

// Issuer implements auth.Provider.
func (p *Provider) Issuer() string { return p.cfg.Issuer }

// enter takes one of the places of who waits for the provider.
func (p *Provider) enter() (leave func(), err error) {
	select {
	case p.places <- struct{}{}:
		return func() { <-p.places }, nil
	default:
		return nil, errAway
	}
}

func (p *Provider) client(f *found, q auth.Question) *oauth2.Config {
	return &oauth2.Config{ClientID: p.cfg.Client, ClientSecret: p.cfg.Secret, Endpoint: f.endpoint, RedirectURL: q.Redirect, Scopes: []string{oidc.ScopeOpenID}}
}

// Ask implements auth.Provider.
func (p *Provider) Ask(ctx context.Context, q auth.Question) (string, error) {
	leave, err := p.enter()
	if err != nil {
		return "", err
	}
	defer leave()
	f, err := p.find(ctx)
	if err != nil {
		return "", err
	}
	opts := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(q.Verifier), oidc.Nonce(q.Nonce),
		oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0")}
	if len(p.cfg.ACR) > 0 {
		opts = append(opts, oauth2.SetAuthURLParam("acr_values", strings.Join(p.cfg.ACR, " ")))
	}
	return p.client(f, q).AuthCodeURL(q.State, opts...), nil
}

// Answer implements auth.Provider.
func (p *Provider) Answer(ctx context.Context, q auth.Question, code, issuer string) (auth.Identity, error) {
	leave, err := p.enter()
	if err != nil {
		return auth.Identity{}, err
	}
	defer leave()
	f, err := p.find(ctx)
	if err != nil {
		return auth.Identity{}, err
	}
	if issuer != p.cfg.Issuer && (issuer != "" || f.names) {
		return p.refuse(errors.New("the answer names another issuer, or none"))
	}
	token, err := p.client(f, q).Exchange(oidc.ClientContext(ctx, p.http), code, oauth2.VerifierOption(q.Verifier))
	var said *oauth2.RetrieveError
	switch {
	case errors.As(err, &said) && said.Response.StatusCode < http.StatusInternalServerError:
		return p.refuse(errors.New("token endpoint: " + said.Response.Status + " " + said.ErrorCode))
	case err != nil:
		p.cfg.Log.Warn("oidc_token", "err", cut(err))
		return auth.Identity{}, errAway
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := f.verifier.Verify(oidc.ClientContext(ctx, p.http), raw)
	if err != nil {
		return p.refuse(err)
	}
	return p.believe(q, id)
}

// claims are those of an ID token that the library leaves to us.
type claims struct {
	Party    string   `json:"azp"`
	AuthTime int64    `json:"auth_time"`
	ACR      string   `json:"acr"`
	AMR      []string `json:"amr"`
}

// believe checks what a token says besides issuer, audience and expiry.
func (p *Provider) believe(q auth.Question, id *oidc.IDToken) (auth.Identity, error) {
	var c claims
	if err := id.Claims(&c); err != nil {
		return p.refuse(err)
	}
	asked, now := time.UnixMilli(q.AskedMs), p.cfg.Wall()
	proved := time.Unix(c.AuthTime, 0)
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(q.Nonce)) != 1:
		return p.refuse(errors.New("another nonce"))
	case len(id.Audience) != 1 || c.Party != "" && c.Party != p.cfg.Client:
		return p.refuse(errors.New("for others too"))
	case id.Subject == "" || len(id.Subject) > 255:
		return p.refuse(errors.New("no subject, or a longer one than the standard allows"))
	case c.AuthTime == 0:
		return p.refuse(errors.New("no auth_time, although max_age was asked for"))
	case proved.Before(asked.Add(-grace)):
		return p.refuse(errors.New("no fresh sign-in, although prompt=login and max_age=0 were asked for"))
	case proved.After(now.Add(grace)), id.IssuedAt.After(now.Add(grace)):
		return p.refuse(errors.New("from the future: one of the two clocks is wrong"))
	}
	second := slices.Contains(p.cfg.ACR, c.ACR) || slices.ContainsFunc(c.AMR, func(s string) bool { return slices.Contains(p.cfg.AMR, s) })
	return auth.Identity{Subject: id.Subject, Second: second}, nil
}

// refuse tells the operator why; who sits at the browser can't do anything with it.
func (p *Provider) refuse(why error) (auth.Identity, error) {
	p.cfg.Log.Warn("oidc_refused", "err", cut(why))
	return auth.Identity{}, errRefused
}
