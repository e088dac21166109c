//go:build !nofirebase

package fcm_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/notify/fcm"
	"github.com/banso/banso/server/internal/notify/pushtest"
)

// google is OAuth and FCM on this machine, with its address and the key that
// it knows.
type google struct {
	pushtest.Google
	t   *testing.T
	key *rsa.PrivateKey
	srv *httptest.Server
	got []map[string]any
}

func newGoogle(t *testing.T) *google {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	g := &google{t: t, key: key}
	g.srv = httptest.NewServer(&g.Google)
	t.Cleanup(g.srv.Close)
	g.Key, g.Base, g.Now = &key.PublicKey, g.srv.URL, time.Now
	g.Took = func(m map[string]any) { g.got = append(g.got, m) }
	return g
}

// skew puts its clock ahead.
func (g *google) skew(d time.Duration) { g.Now = func() time.Time { return time.Now().Add(d) } }

func (g *google) channel(key *rsa.PrivateKey) *fcm.Channel {
	file, err := g.Account(key)
	if err != nil {
		g.t.Fatal(err)
	}
	c, err := fcm.New(g.t.Context(), fcm.Config{Credentials: file, Now: time.Now, Endpoint: g.srv.URL})
	if err != nil {
		g.t.Fatal(err)
	}
	return c
}

func message(token string) notify.Message {
	return notify.Message{Kind: notify.Paid, ID: "AAAAAAAAAAAAAAAAAAAAAA", Tag: "tag4567890ab", Urgency: notify.Soon, Life: time.Hour,
		Target: notify.Address{Channel: "fcm", Token: token}}
}

// TestSend: OAuth's grant is signed, and a message says kind, id and tag and
// the one text of everybody, with what collapses it on each platform.
func TestSend(t *testing.T) {
	g := newGoogle(t)
	token := strings.Repeat("t", 140)
	if o := g.channel(g.key).Send(t.Context(), []notify.Message{message(token)}); o[0].Fate != notify.Sent {
		t.Fatalf("%+v", o)
	}
	m := g.got[0]
	at := func(path string) any {
		var v any = m
		for f := range strings.SplitSeq(path, "/") {
			v = v.(map[string]any)[f]
		}
		return v
	}
	for path, want := range map[string]string{
		"token": token, "data/t": "paid", "data/i": "AAAAAAAAAAAAAAAAAAAAAA", "data/g": "tag4567890ab",
		"notification/title": fcm.Title, "notification/body": fcm.Body,
		"android/collapse_key": "tag4567890ab", "android/ttl": "3600s", "android/priority": "normal",
		"android/notification/tag": "tag4567890ab", "android/notification/channel_id": "money",
		"apns/headers/apns-collapse-id": "tag4567890ab", "apns/headers/apns-priority": "5", "apns/headers/apns-push-type": "alert",
	} {
		if got := at(path); got != want {
			t.Errorf("%s: %v, want %s", path, got, want)
		}
	}
	if len(m["data"].(map[string]any)) != 3 || g.Grants != 1 {
		t.Errorf("data %v, %d grants", m["data"], g.Grants)
	}
}

// TestSend_Many: 500 messages are 500 answers, each its own.
func TestSend_Many(t *testing.T) {
	g := newGoogle(t)
	g.Answer = func(token string) (a pushtest.Answer) {
		switch {
		case strings.HasSuffix(token, "0"):
			a = pushtest.Answer{Status: 404, Code: "UNREGISTERED"}
		case strings.HasSuffix(token, "1"):
			a = pushtest.Answer{Status: 403, Code: "SENDER_ID_MISMATCH"}
		case strings.HasSuffix(token, "2"):
			a = pushtest.Answer{Status: 400, Code: "TOKEN"}
		case strings.HasSuffix(token, "3"):
			a = pushtest.Answer{Status: 429, Code: "QUOTA_EXCEEDED", Retry: "90"}
		}
		return a
	}
	var list []notify.Message
	for i := range notify.MaxBatch {
		list = append(list, message(fmt.Sprintf("a-token-of-some-length-%d", i)))
	}
	want := []notify.Outcome{{Fate: notify.Gone, Why: "unregistered"}, {Fate: notify.Gone, Why: "sender_mismatch"}, {Fate: notify.Gone, Why: "no_token"},
		{Fate: notify.Later, Why: "quota", After: 90 * time.Second}, {}, {}, {}, {}, {}, {}}
	for i, o := range g.channel(g.key).Send(t.Context(), list) {
		if o != want[i%10] {
			t.Errorf("%d: %+v, want %+v", i, o, want[i%10])
		}
	}
	if g.Grants != 1 {
		t.Errorf("%d grants", g.Grants)
	}
}

// TestSend_Trouble: what stands for the channel and not for a message.
func TestSend_Trouble(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	always := func(status int, code string) func(string) pushtest.Answer {
		return func(string) pushtest.Answer { return pushtest.Answer{Status: status, Code: code} }
	}
	for name, c := range map[string]struct {
		do   func(g *google)
		key  *rsa.PrivateKey
		want notify.Outcome
	}{
		"a wrong key":          {key: other, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"a clock in the past":  {do: func(g *google) { g.skew(26 * time.Hour) }, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"a clock that is fast": {do: func(g *google) { g.skew(-2 * time.Hour) }, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"500":                  {do: func(g *google) { g.Answer = always(500, "INTERNAL") }, want: notify.Outcome{Fate: notify.Down, Why: "unavailable"}},
		"no right":             {do: func(g *google) { g.Answer = always(403, "") }, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"401":                  {do: func(g *google) { g.Answer = always(401, "") }, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"a bad message":        {do: func(g *google) { g.Answer = always(400, "INVALID_ARGUMENT") }, want: notify.Outcome{Fate: notify.Refused, Why: "invalid_argument"}},
		"Apple's key":          {do: func(g *google) { g.Answer = always(401, "THIRD_PARTY_AUTH_ERROR") }, want: notify.Outcome{Fate: notify.Refused, Why: "apns_credentials"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGoogle(t)
			if c.do != nil {
				c.do(g)
			}
			key := g.key
			if c.key != nil {
				key = c.key
			}
			if o := g.channel(key).Send(t.Context(), []notify.Message{message("a-token-of-some-length")}); o[0] != c.want {
				t.Errorf("%+v, want %+v", o[0], c.want)
			}
		})
	}
}

// TestSend_Unavailable: 503 and a network that is gone are tried again by the
// SDK itself, and end as the channel's trouble.
func TestSend_Unavailable(t *testing.T) {
	t.Parallel()
	g := newGoogle(t)
	left := 1
	g.Answer = func(string) (a pushtest.Answer) {
		if left--; left >= 0 {
			a = pushtest.Answer{Status: 503, Code: "UNAVAILABLE"}
		}
		return a
	}
	c := g.channel(g.key)
	if o := c.Send(t.Context(), []notify.Message{message("a-token-of-some-length")}); o[0].Fate != notify.Sent || g.Sends != 2 {
		t.Fatalf("%+v after %d sends", o, g.Sends)
	}
	g.srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if o := c.Send(ctx, []notify.Message{message("a-token-of-some-length")}); o[0].Fate != notify.Down {
		t.Errorf("%+v", o)
	}
}

// TestNew: what is no key file is said so in one sentence, without its content.
func TestNew(t *testing.T) {
	for _, raw := range []string{"", "{}", `{"type":"authorized_user","project_id":"x"}`, `{"type":"service_account","project_id":""}`, "secret"} {
		if _, err := fcm.New(t.Context(), fcm.Config{Credentials: []byte(raw), Now: time.Now}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", raw, err)
		}
	}
	c := &fcm.Channel{}
	for token, ok := range map[string]bool{"a-token-of-some-length": true, "short": false, "a token of some length": false, "a-token-of-some-length\n": false} {
		if err := c.Check(notify.Address{Channel: "fcm", Token: token}); (err == nil) != ok {
			t.Errorf("%q: %v", token, err)
		}
	}
}
