package webpush

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/notify"
)

// TestCheckEndpoint: only https on known hosts.
func TestCheckEndpoint(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"https://fcm.googleapis.com/fcm/send/abc":             true,
		"https://updates.push.services.mozilla.com/wpush/v2":  true,
		"https://web.push.apple.com/x":                        true,
		"https://FCM.googleapis.com./fcm/send/abc":            true,
		"https://fcm.googleapis.com:443/x":                    true,
		"http://fcm.googleapis.com/x":                         false,
		"https://fcm.googleapis.com:8443/x":                   false,
		"https://fcm.googleapis.com@169.254.169.254/x":        false,
		"https://user:pw@fcm.googleapis.com/x":                false,
		"https://169.254.169.254/latest/meta-data":            false,
		"https://[::1]/x":                                     false,
		"https://127.0.0.1/x":                                 false,
		"https://evil.example/?fcm.googleapis.com":            false,
		"https://fcm.googleapis.com.evil.example/x":           false,
		"https://evilpush.apple.com/x":                        false,
		"https://push.apple.com/x":                            false,
		"ftp://fcm.googleapis.com/x":                          false,
		"//fcm.googleapis.com/x":                              false,
		"https://fcm.googleapis.com/x#f":                      false,
		"https://":                                            false,
		"":                                                    false,
		"https://fcm.googleapis.com%2eevil.example/x":         false,
		"https://xn--fcm.googleapis.com-x.example/":           false,
		"https://fcm.googleapis.com\n.evil.example/":          false,
		"https://updates.push.services.mozilla.com.\u3002x/y": false,
	} {
		if err := checkEndpoint(endpoint, DefaultHosts); (err == nil) != ok {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}

// TestPublic: what a name may not resolve to.
func TestPublic(t *testing.T) {
	for ip, ok := range map[string]bool{
		"8.8.8.8": true, "2001:4860:4860::8888": true, "142.250.0.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"0.0.0.0": false, "0.1.2.3": false, "100.64.0.1": false, "198.18.0.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"240.0.0.1": false, "192.0.2.1": false, "::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false,
		"ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:10.0.0.1": false, "64:ff9b::a9fe:a9fe": false,
		"2002:7f00:1::": false, "2001:db8::1": false, "fec0::1": false,
	} {
		if got := public(netip.MustParseAddr(ip)); got != ok {
			t.Errorf("%s: %v", ip, got)
		}
	}
}

// TestGuardedDial: a name that is on the list and resolves to this machine is
// refused when it is dialled.
func TestGuardedDial(t *testing.T) {
	for _, addr := range []string{"localhost:443", "127.0.0.1:443", "169.254.169.254:443", "[::1]:443", "10.0.0.1:443"} {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		_, err := guardedDial(ctx, "tcp", addr)
		cancel()
		if !errors.Is(err, errAddress) {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

// TestSend_ForbiddenAddress: such a target is forgotten, not tried again.
func TestSend_ForbiddenAddress(t *testing.T) {
	c, err := New(Config{Private: "rFKMpkYqmfs3ONmgvKsYSgMTz-W5ajH8mSjVlZ1bP6c", Public: "BNbxGYNMhEIi9zrneh7mqV4oUanjLUK3m-mYZBc62frMKrEoMk88r3Lk596T0ck9xlT-aok0fO1KXBLV4-XqxYM",
		Contact: "mailto:a@example.vn", Hosts: []string{"localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	a := notify.Address{Channel: "webpush", Token: "https://localhost/x", Auth: "DGv6ra1nlYgDCS1FRnbzlw",
		P256DH: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}
	if o := c.Send(t.Context(), []notify.Message{{Kind: notify.Returned, Target: a}}); o[0].Fate != notify.Gone || o[0].Why != "not_allowed" {
		t.Errorf("%+v", o)
	}
	for name, change := range map[string]func(*notify.Address){
		"no point":       func(a *notify.Address) { a.P256DH = "BBBB" },
		"not the curve":  func(a *notify.Address) { a.P256DH = "BB" + a.P256DH[2:] },
		"short secret":   func(a *notify.Address) { a.Auth = "AAAA" },
		"no base64":      func(a *notify.Address) { a.Auth = "§" },
		"another host":   func(a *notify.Address) { a.Token = "https://evil.example/x" },
		"no keys at all": func(a *notify.Address) { a.P256DH, a.Auth = "", "" },
	} {
		b := a
		change(&b)
		if c.Check(b) == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := New(Config{Contact: "quantri"}); err == nil {
		t.Error("a contact that nobody can reach was taken")
	}
}

func FuzzCheckEndpoint(f *testing.F) {
	f.Add("https://fcm.googleapis.com/fcm/send/abc")
	f.Add("https://fcm.googleapis.com@169.254.169.254/x")
	f.Fuzz(func(t *testing.T, s string) {
		if checkEndpoint(s, []string{"fcm.googleapis.com"}) != nil {
			return
		}
		// Whatever is taken is dialled at that host, port 443.
		r, err := http.NewRequest(http.MethodPost, s, nil)
		if err != nil || r.URL.Scheme != "https" || strings.TrimSuffix(strings.ToLower(r.URL.Hostname()), ".") != "fcm.googleapis.com" ||
			r.URL.Port() != "" && r.URL.Port() != "443" {
			t.Errorf("%q was taken: %v", s, err)
		}
	})
}
