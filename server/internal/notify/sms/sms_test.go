package sms_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/notify/sms"
)

const secret = "a secret of the gateway"

// TestSend: a gateway that checks the signature takes number, id and the one
// sentence; each of its answers has its fate.
func TestSend(t *testing.T) {
	m := notify.Message{Kind: notify.CodeIssued, ID: "AAAAAAAAAAAAAAAAAAAAAA", Tag: "tag", Target: notify.Address{Channel: "sms", Token: "+84912345678"}}
	for status, want := range map[int]notify.Outcome{
		200: {}, 202: {}, 429: {Fate: notify.Later, Why: "http_429", After: time.Minute}, 503: {Fate: notify.Down, Why: "http_503", After: time.Minute},
		401: {Fate: notify.Down, Why: notify.WhyCredentials}, 400: {Fate: notify.Refused, Why: "http_400"}, 307: {Fate: notify.Refused, Why: "http_307"},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mac := hmac.New(sha256.New, []byte(secret))
			mac.Write(body)
			if r.Header.Get(sms.Signature) != "sha256="+hex.EncodeToString(mac.Sum(nil)) ||
				string(body) != `{"id":"AAAAAAAAAAAAAAAAAAAAAA","to":"+84912345678","text":"`+sms.Text+`"}` {
				t.Errorf("%s signed %s", body, r.Header.Get(sms.Signature))
			}
			w.Header().Set("Retry-After", "60")
			w.Header().Set("Location", "http://169.254.169.254/")
			w.WriteHeader(status)
		}))
		c, err := sms.New(sms.Config{Webhook: srv.URL, Secret: secret})
		if err != nil {
			t.Fatal(err)
		}
		if o := c.Send(t.Context(), []notify.Message{m}); o[0] != want {
			t.Errorf("%d: %+v, want %+v", status, o[0], want)
		}
		srv.Close()
		if o := c.Send(t.Context(), []notify.Message{m}); o[0].Fate != notify.Down {
			t.Errorf("nobody there: %+v", o[0])
		}
	}
}

// TestNew: only https, or this machine, and a secret that is one.
func TestNew(t *testing.T) {
	for hook, ok := range map[string]bool{"https://gateway.example.vn/send": true, "http://127.0.0.1:9": true, "http://gateway.example.vn": false, "": false, "gateway": false} {
		if _, err := sms.New(sms.Config{Webhook: hook, Secret: secret}); (err == nil) != ok {
			t.Errorf("%q: %v", hook, err)
		}
	}
	if _, err := sms.New(sms.Config{Webhook: "https://a.vn", Secret: "short"}); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a short secret: %v", err)
	}
}
