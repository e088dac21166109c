package webpush

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// DefaultHosts are the push services of today's browsers; a leading dot
// stands for all names below.
var DefaultHosts = []string{
	"fcm.googleapis.com", ".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com",
}

// errAddress is what a dial ends with that would reach into a private network.
var errAddress = errors.New("webpush: this address is not a public one")

// checkEndpoint refuses what no push is ever sent to.
func checkEndpoint(endpoint string, hosts []string) error {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Scheme != "https" || u.User != nil || u.Host == "" || u.Fragment != "":
		return errors.New("webpush: an endpoint is an https address")
	case u.Port() != "" && u.Port() != "443" && !listed(u.Host, hosts):
		return fmt.Errorf("webpush: an endpoint has port 443")
	case !listed(u.Hostname(), hosts) && !listed(u.Host, hosts):
		return errors.New("webpush: this host is not on the list of push services")
	}
	return nil
}

func listed(host string, hosts []string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, h := range hosts {
		h = strings.ToLower(h)
		if host == h || strings.HasPrefix(h, ".") && strings.HasSuffix(host, h) {
			return true
		}
	}
	return false
}

// reserved are the networks that netip has no word for.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// public reports whether an address may be dialled.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.Zone() != "" {
		return false
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// guardedDial looks at the address that a name resolved to, after it did: a
// name that changes its mind between a check and the dial gains nothing.
func guardedDial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !public(ap.Addr()) {
			return errAddress
		}
		return nil
	}}
	return d.DialContext(ctx, network, addr)
}

func newClient(dial func(context.Context, string, string) (net.Conn, error), tr *http.Transport) *http.Client {
	if tr == nil {
		tr = &http.Transport{}
	}
	tr.Proxy, tr.DialContext = nil, dial
	tr.MaxIdleConnsPerHost, tr.IdleConnTimeout = workers, time.Minute
	tr.TLSHandshakeTimeout, tr.ResponseHeaderTimeout = 10*time.Second, 15*time.Second
	tr.MaxResponseHeaderBytes, tr.ForceAttemptHTTP2 = 16<<10, true
	return &http.Client{Transport: tr, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
