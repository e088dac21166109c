package webpush_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/notify/pushtest"
	"github.com/banso/banso/server/internal/notify/webpush"
)

const contact = "mailto:quantri@example.vn"

// service is a push service on this machine, with its address.
type service struct {
	pushtest.Service
	t     *testing.T
	srv   *httptest.Server
	taken []taken
}

type taken struct {
	header http.Header
	body   []byte
}

func newService(t *testing.T, public string) *service {
	s := &service{t: t}
	s.srv = httptest.NewTLSServer(&s.Service)
	t.Cleanup(s.srv.Close)
	s.Public, s.Contact, s.Now = public, contact, time.Now
	s.Took = func(_ string, head http.Header, body []byte) { s.taken = append(s.taken, taken{head.Clone(), body}) }
	return s
}

// browser has subscribed; it opens what it must be able to open.
type browser struct {
	*pushtest.Browser
	t *testing.T
}

func newBrowser(t *testing.T) *browser {
	b, err := pushtest.NewBrowser()
	if err != nil {
		t.Fatal(err)
	}
	return &browser{b, t}
}

func (b *browser) decrypt(body []byte) []byte {
	b.t.Helper()
	text, err := b.Open(body)
	if err != nil {
		b.t.Fatalf("the browser can't open it: %v", err)
	}
	return text
}

func vapid(t *testing.T) (private, public string) {
	private, public, err := pushtest.Vapid()
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

// channel sends to the service only, whatever the guard would say of it.
func (s *service) channel(private, public string) *webpush.Channel {
	pool := x509.NewCertPool()
	pool.AddCert(s.srv.Certificate())
	c, err := webpush.New(webpush.Config{Private: private, Public: public, Contact: contact,
		Hosts:     []string{s.srv.Listener.Addr().String(), "127.0.0.1"},
		Dial:      (&net.Dialer{Timeout: time.Second}).DialContext,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func message(b *browser, endpoint string) notify.Message {
	return notify.Message{Kind: notify.Returned, ID: "AAAAAAAAAAAAAAAAAAAAAA", Tag: "tag4567890ab", Urgency: notify.Now, Life: time.Hour,
		Target: notify.Address{Channel: "webpush", Token: endpoint, P256DH: b.P256DH(), Auth: b.Auth()}}
}

// TestSend: the browser decrypts kind, id and tag, and nothing else; the
// service sees who sends, for how long, how urgent and what it replaces.
func TestSend(t *testing.T) {
	private, public := vapid(t)
	s := newService(t, public)
	b := newBrowser(t)
	m := message(b, s.srv.URL+"/p/1")
	if o := s.channel(private, public).Send(t.Context(), []notify.Message{m}); o[0].Fate != notify.Sent {
		t.Fatalf("%+v", o)
	}
	got := s.taken[0]
	for h, want := range map[string]string{"TTL": "3600", "Topic": m.Tag, "Urgency": "high", "Content-Encoding": "aes128gcm"} {
		if got.header.Get(h) != want {
			t.Errorf("%s: %q, want %q", h, got.header.Get(h), want)
		}
	}
	var p map[string]string
	if err := json.Unmarshal(b.decrypt(got.body), &p); err != nil {
		t.Fatal(err)
	}
	if len(p) != 3 || p["t"] != "returned" || p["i"] != string(m.ID) || p["g"] != m.Tag {
		t.Errorf("payload %v", p)
	}
	if len(got.body) != 256 {
		t.Errorf("%d bytes: pushes are all of one size", len(got.body))
	}
}

// TestSend_Misbehaves: every answer of a service has its fate.
func TestSend_Misbehaves(t *testing.T) {
	private, public := vapid(t)
	other, otherPublic := vapid(t)
	status := func(n int, head ...string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			for i := 0; i+1 < len(head); i += 2 {
				w.Header().Set(head[i], head[i+1])
			}
			w.WriteHeader(n)
			return true
		}
	}
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request) bool
		want   notify.Outcome
		keys   [2]string
	}{
		"404":            {answer: status(404), want: notify.Outcome{Fate: notify.Gone, Why: "http_404"}},
		"410":            {answer: status(410), want: notify.Outcome{Fate: notify.Gone, Why: "http_410"}},
		"429":            {answer: status(429, "Retry-After", "120"), want: notify.Outcome{Fate: notify.Later, Why: "http_429", After: 2 * time.Minute}},
		"429 for ever":   {answer: status(429, "Retry-After", "99999999999"), want: notify.Outcome{Fate: notify.Later, Why: "http_429"}},
		"500":            {answer: status(500), want: notify.Outcome{Fate: notify.Down, Why: "http_500"}},
		"503":            {answer: status(503, "Retry-After", "30"), want: notify.Outcome{Fate: notify.Down, Why: "http_503", After: 30 * time.Second}},
		"400":            {answer: status(400), want: notify.Outcome{Fate: notify.Refused, Why: "http_400"}},
		"redirect":       {answer: status(307, "Location", "http://169.254.169.254/"), want: notify.Outcome{Fate: notify.Refused, Why: "http_307"}},
		"always too big": {answer: status(413), want: notify.Outcome{Fate: notify.Refused, Why: "too_large"}},
		"wrong key":      {want: notify.Outcome{Fate: notify.Down, Why: notify.WhyCredentials}, keys: [2]string{other, otherPublic}},
		"half a key":     {want: notify.Outcome{Fate: notify.Down, Why: notify.WhyCredentials}, keys: [2]string{other, public}},
		"lost reply": {answer: func(w http.ResponseWriter, _ *http.Request) bool {
			c, _, _ := w.(http.Hijacker).Hijack()
			_ = c.Close()
			return true
		}, want: notify.Outcome{Fate: notify.Down, Why: "unreachable"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, public)
			s.Answer = c.answer
			s.srv.Config.SetKeepAlivesEnabled(false)
			if c.keys == [2]string{} {
				c.keys = [2]string{private, public}
			}
			got := s.channel(c.keys[0], c.keys[1]).Send(t.Context(), []notify.Message{message(newBrowser(t), s.srv.URL+"/p/1")})
			if got[0] != c.want {
				t.Errorf("%+v, want %+v", got[0], c.want)
			}
		})
	}
}

// TestSend_Tickle: a service that finds it too large gets a push without
// content, which still wakes the browser.
func TestSend_Tickle(t *testing.T) {
	private, public := vapid(t)
	s := newService(t, public)
	s.Answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.ContentLength <= 128 {
			return false
		}
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return true
	}
	b := newBrowser(t)
	if o := s.channel(private, public).Send(t.Context(), []notify.Message{message(b, s.srv.URL+"/p/1")}); o[0].Fate != notify.Sent {
		t.Fatalf("%+v", o)
	}
	if text := b.decrypt(s.taken[0].body); len(text) != 0 {
		t.Errorf("it says %q", text)
	}
}

// TestSend_Timeout: a service that never answers holds nobody longer than the
// pass lasts.
func TestSend_Timeout(t *testing.T) {
	private, public := vapid(t)
	s := newService(t, public)
	done := make(chan struct{})
	defer close(done)
	s.Answer = func(http.ResponseWriter, *http.Request) bool { <-done; return true }
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if o := s.channel(private, public).Send(ctx, []notify.Message{message(newBrowser(t), s.srv.URL+"/p/1")}); o[0].Fate != notify.Down {
		t.Errorf("%+v", o)
	}
}

// TestSend_Many: each message of a batch has its own outcome, in their order.
func TestSend_Many(t *testing.T) {
	private, public := vapid(t)
	s := newService(t, public)
	s.Answer = func(w http.ResponseWriter, r *http.Request) bool {
		n, _ := strconv.Atoi(r.URL.Path[3:])
		if n%3 == 0 {
			w.WriteHeader(http.StatusGone)
		} else {
			w.WriteHeader(http.StatusCreated)
		}
		return true
	}
	b := newBrowser(t)
	var list []notify.Message
	for i := range 100 {
		list = append(list, message(b, s.srv.URL+"/p/"+strconv.Itoa(i)))
	}
	for i, o := range s.channel(private, public).Send(t.Context(), list) {
		if (o.Fate == notify.Gone) != (i%3 == 0) {
			t.Errorf("%d: %+v", i, o)
		}
	}
}
