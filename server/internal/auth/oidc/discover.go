package oidc

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	patience   = 10 * time.Second // of one request to the provider
	largest    = 1 << 20          // bytes of one answer
	maxAtOnce  = 16               // requests of ours that wait for the provider
	fresh      = time.Hour        // what was found is looked at again after it
	firstPause = 5 * time.Second  // after it was not reached; doubles
	lastPause  = 5 * time.Minute
)

// algorithms are those that an ID token may be signed with.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// found is what the provider says of itself.
type found struct {
	at       time.Time
	verifier *oidc.IDTokenVerifier
	endpoint oauth2.Endpoint
	names    bool // it says in each answer who sends it (RFC 9207)
}

// find returns what the provider says of itself, at most an hour old.
func (p *Provider) find(ctx context.Context) (*found, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Wall()
	if p.found != nil && now.Sub(p.found.at) < fresh || now.Before(p.again) {
		if p.found == nil {
			return nil, errAway
		}
		return p.found, nil
	}
	f, err := p.discover(ctx, now)
	if err == nil {
		p.found, p.pause, p.again = f, 0, time.Time{}
		return f, nil
	}
	if ctx.Err() != nil { // who asked has gone: that says nothing of the provider
		return nil, errAway
	}
	p.pause = min(max(2*p.pause, firstPause), lastPause)
	p.again = now.Add(p.pause)
	p.cfg.Log.Warn("oidc_discovery", "err", cut(err), "again_s", int(p.pause/time.Second))
	if p.found != nil {
		return p.found, nil
	}
	return nil, errAway
}

func (p *Provider) discover(ctx context.Context, now time.Time) (*found, error) {
	at, err := oidc.NewProvider(oidc.ClientContext(ctx, p.http), p.cfg.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		JWKS    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Names   bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := at.Claims(&more); err != nil {
		return nil, err
	}
	f := &found{at: now, endpoint: at.Endpoint(), names: more.Names,
		verifier: at.Verifier(&oidc.Config{ClientID: p.cfg.Client, SupportedSigningAlgs: algorithms, Now: p.cfg.Wall})}
	for _, s := range []string{f.endpoint.AuthURL, f.endpoint.TokenURL, more.JWKS} {
		if u, err := url.Parse(s); err != nil || !spoken(u) {
			return nil, fmt.Errorf("the provider names %q, which is not https", s)
		}
	}
	f.endpoint.AuthStyle = oauth2.AuthStyleInHeader // the standard's default
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		f.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return f, nil
}

// bounded cuts answers that are too long.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, largest), res.Body}
	}
	return res, err
}

// cut keeps what a foreign server wrote from filling the log.
func cut(err error) string {
	s := err.Error()
	return s[:min(len(s), 200)]
}
