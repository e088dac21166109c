//go:build !nofirebase

package fcm_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"

	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/notify/fcm"
)

// google is OAuth and FCM on this machine: it verifies the grant's signature,
// audience and times, and takes messages only with the token that it gave.
type google struct {
	t   *testing.T
	key *rsa.PrivateKey
	srv *httptest.Server

	mu     sync.Mutex
	skew   time.Duration // of its clock
	grants int
	sends  int
	got    []map[string]any
	// answer says what becomes of a token's message: status, FCM code, seconds.
	answer func(token string) (status int, code, retry string)
}

func newGoogle(t *testing.T) *google {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	g := &google{t: t, key: key}
	g.srv = httptest.NewServer(g)
	t.Cleanup(g.srv.Close)
	return g
}

func (g *google) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case r.URL.Path == "/token":
		g.grant(w, r)
	case r.URL.Path == "/v1/projects/banso-test/messages:send" && r.Header.Get("Authorization") == "Bearer good":
		g.send(w, r)
	default:
		refuse(w, 401, "UNAUTHENTICATED", "", "")
	}
}

func (g *google) grant(w http.ResponseWriter, r *http.Request) {
	g.grants++
	_, err := jwt.Parse(r.FormValue("assertion"), func(*jwt.Token) (any, error) { return &g.key.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience(g.srv.URL+"/token"), jwt.WithIssuer("push@banso-test.iam.gserviceaccount.com"),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(func() time.Time { return time.Now().Add(g.skew) }))
	w.Header().Set("Content-Type", "application/json")
	if err != nil || r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		w.WriteHeader(400)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"Invalid JWT"}`)
		return
	}
	fmt.Fprint(w, `{"access_token":"good","token_type":"Bearer","expires_in":3600}`)
}

func (g *google) send(w http.ResponseWriter, r *http.Request) {
	g.sends++
	var in struct {
		Message map[string]any `json:"message"`
	}
	if err := json.UnmarshalRead(r.Body, &in); err != nil {
		refuse(w, 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "")
		return
	}
	token, _ := in.Message["token"].(string)
	if g.answer != nil {
		if status, code, retry := g.answer(token); status != 200 {
			refuse(w, status, statusOf(status), code, retry)
			return
		}
	}
	g.got = append(g.got, in.Message)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"name":"projects/banso-test/messages/1"}`)
}

func statusOf(n int) string {
	return map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
		500: "INTERNAL", 503: "UNAVAILABLE"}[n]
}

func refuse(w http.ResponseWriter, status int, name, code, retry string) {
	if retry != "" {
		w.Header().Set("Retry-After", retry)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	details, text := "", "refused"
	if code == "TOKEN" {
		code, text = "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token"
	}
	if code != "" {
		details = fmt.Sprintf(`,"details":[{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":%q}]`, code)
	}
	fmt.Fprintf(w, `{"error":{"code":%d,"message":%q,"status":%q%s}}`, status, text, name, details)
}

// account is a key file as Google gives it.
func (g *google) account(key *rsa.PrivateKey) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		g.t.Fatal(err)
	}
	b, err := json.Marshal(map[string]string{"type": "service_account", "project_id": "banso-test", "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "client_id": "1",
		"client_email": "push@banso-test.iam.gserviceaccount.com", "token_uri": g.srv.URL + "/token"})
	if err != nil {
		g.t.Fatal(err)
	}
	return b
}

func (g *google) channel(key *rsa.PrivateKey) *fcm.Channel {
	c, err := fcm.New(g.t.Context(), fcm.Config{Credentials: g.account(key), Now: time.Now, Endpoint: g.srv.URL})
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
	if len(m["data"].(map[string]any)) != 3 || g.grants != 1 {
		t.Errorf("data %v, %d grants", m["data"], g.grants)
	}
}

// TestSend_Many: 500 messages are 500 answers, each its own.
func TestSend_Many(t *testing.T) {
	g := newGoogle(t)
	g.answer = func(token string) (int, string, string) {
		switch {
		case strings.HasSuffix(token, "0"):
			return 404, "UNREGISTERED", ""
		case strings.HasSuffix(token, "1"):
			return 403, "SENDER_ID_MISMATCH", ""
		case strings.HasSuffix(token, "2"):
			return 400, "TOKEN", ""
		case strings.HasSuffix(token, "3"):
			return 429, "QUOTA_EXCEEDED", "90"
		}
		return 200, "", ""
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
	if g.grants != 1 {
		t.Errorf("%d grants", g.grants)
	}
}

// TestSend_Trouble: what stands for the channel and not for a message.
func TestSend_Trouble(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	always := func(status int, code string) func(string) (int, string, string) {
		return func(string) (int, string, string) { return status, code, "" }
	}
	for name, c := range map[string]struct {
		do   func(g *google)
		key  *rsa.PrivateKey
		want notify.Outcome
	}{
		"a wrong key":          {key: other, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"a clock in the past":  {do: func(g *google) { g.skew = 26 * time.Hour }, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"a clock that is fast": {do: func(g *google) { g.skew = -2 * time.Hour }, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"500":                  {do: func(g *google) { g.answer = always(500, "INTERNAL") }, want: notify.Outcome{Fate: notify.Down, Why: "unavailable"}},
		"no right":             {do: func(g *google) { g.answer = always(403, "") }, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"401":                  {do: func(g *google) { g.answer = always(401, "") }, want: notify.Outcome{Fate: notify.Down, Why: "credentials"}},
		"a bad message":        {do: func(g *google) { g.answer = always(400, "INVALID_ARGUMENT") }, want: notify.Outcome{Fate: notify.Refused, Why: "invalid_argument"}},
		"Apple's key":          {do: func(g *google) { g.answer = always(401, "THIRD_PARTY_AUTH_ERROR") }, want: notify.Outcome{Fate: notify.Refused, Why: "apns_credentials"}},
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
	g.answer = func(string) (int, string, string) {
		if left--; left >= 0 {
			return 503, "UNAVAILABLE", ""
		}
		return 200, "", ""
	}
	c := g.channel(g.key)
	if o := c.Send(t.Context(), []notify.Message{message("a-token-of-some-length")}); o[0].Fate != notify.Sent || g.sends != 2 {
		t.Fatalf("%+v after %d sends", o, g.sends)
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
