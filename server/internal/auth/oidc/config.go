package oidc

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Config of a Provider. Issuer, Client, Secret, Wall and Log are required.
type Config struct {
	Issuer   string   // as the provider names itself
	Client   string   // this server's id there
	Secret   string   // and its secret
	Name     string   // how people call the account, after "sign in with"; empty: the province's account
	ACR, AMR []string // values that say that a second factor was asked for; none: ours is asked

	Wall      func() time.Time
	Log       *slog.Logger
	Transport http.RoundTripper // default: as http.DefaultTransport
}

const maxName = 60 // characters

// Check finds what contradicts itself; an error is one sentence.
func (c Config) Check() error {
	if c.Issuer == "" {
		if c.Client != "" || c.Secret != "" || c.Name != "" || len(c.ACR)+len(c.AMR) > 0 {
			return errors.New("oidc-client, oidc-secret, oidc-name, oidc-acr and oidc-amr need oidc-issuer")
		}
		return nil
	}
	u, err := url.Parse(c.Issuer)
	if err != nil || !spoken(u) || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("oidc-issuer %q is not of the form https://name/path (http to this machine alone)", c.Issuer)
	}
	if c.Client == "" || c.Secret == "" {
		return errors.New("oidc-issuer needs oidc-client and oidc-secret, as the provider gave them to this server")
	}
	if utf8.RuneCountInString(c.Name) > maxName || !utf8.ValidString(c.Name) || strings.ContainsFunc(c.Name, func(r rune) bool { return r < ' ' }) {
		return fmt.Errorf("oidc-name is longer than %d characters or no plain text", maxName)
	}
	if slices.Contains(c.ACR, "") || slices.Contains(c.AMR, "") {
		return errors.New("oidc-acr or oidc-amr has an empty value, which would take any sign-in for a second factor")
	}
	return nil
}

// spoken reports whether an address is one that we speak to: https, or plain
// http to this machine.
func spoken(u *url.URL) bool {
	if u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
