package demo

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	api "github.com/banso/banso/admin/client"
	plan "github.com/banso/banso/deploy/demo"
	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/notify/pushtest"
	"github.com/banso/banso/syncproto"
)

const (
	pushContact = "mailto:quantri@example.vn"
	// TokenHead begins the registration tokens of the demo.
	TokenHead = "token-of-a-phone-in-the-demo-"
	pathHead  = "/p/"
)

// farSide is Google and a Web Push service on this machine, with the phones
// behind them: two of three are native apps, the third is a browser.
type farSide struct {
	push    app.Push
	google  pushtest.Google
	service pushtest.Service
	servers []*http.Server
	origin  string // of the push service

	mu       sync.Mutex
	browsers map[int]*pushtest.Browser
	hints    map[int][]syncproto.ID
	report   plan.PushReport
	to       io.Writer // Options.PushTo
	said     string    // the notification that FCM shows, the same for everybody
	bad      error     // the first message that says what it must not
}

// openFarSide serves both and writes the key file of a service account.
func openFarSide(o Options) (*farSide, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	cert, trusted, err := pushtest.Certificate(o.Wall())
	if err != nil {
		return nil, err
	}
	f := &farSide{to: o.PushTo, browsers: map[int]*pushtest.Browser{}, hints: map[int][]syncproto.ID{}, report: plan.PushReport{Kinds: map[string]int{}}}
	f.google.Key, f.google.Now, f.google.Took = &key.PublicKey, o.Wall, f.tookFCM
	f.service.Contact, f.service.Now, f.service.Took = pushContact, o.Wall, f.tookWeb
	if f.google.Base, err = f.serve(&f.google, nil); err != nil {
		return nil, err
	}
	if f.origin, err = f.serve(&f.service, &tls.Config{Certificates: []tls.Certificate{cert}}); err != nil {
		return nil, err
	}
	file, err := f.google.Account(key)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(o.Data, "fcm-demo.json")
	host := strings.TrimPrefix(f.origin, "https://")
	f.push = app.Push{FCM: path, FCMEndpoint: f.google.Base, Contact: pushContact, Hosts: []string{host},
		Dial:      (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	return f, os.WriteFile(path, file, 0o600)
}

// serve starts a handler on a free port and returns its origin.
func (f *farSide) serve(h http.Handler, t *tls.Config) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: h, TLSConfig: t, ReadHeaderTimeout: 10 * time.Second}
	f.servers = append(f.servers, s)
	if t == nil {
		go func() { _ = s.Serve(l) }() // ends with close
		return "http://" + l.Addr().String(), nil
	}
	go func() { _ = s.ServeTLS(l, "", "") }()
	return "https://" + l.Addr().String(), nil
}

func (f *farSide) close(ctx context.Context) error {
	if f == nil {
		return nil
	}
	var err error
	for _, s := range f.servers {
		err = errors.Join(err, s.Shutdown(ctx))
	}
	return err
}

// Address implements plan.Pushes.
func (f *farSide) Address(n int, vapid string) (api.PushAddress, error) {
	if n%3 != 2 {
		return api.PushAddress{Channel: "fcm", Token: TokenHead + strconv.Itoa(n)}, nil
	}
	b, err := pushtest.NewBrowser()
	if err != nil {
		return api.PushAddress{}, err
	}
	f.service.Lock()
	f.service.Public = vapid
	f.service.Unlock()
	f.mu.Lock()
	f.browsers[n] = b
	f.mu.Unlock()
	return api.PushAddress{Channel: "webpush", Token: f.origin + pathHead + strconv.Itoa(n), P256DH: b.P256DH(), Auth: b.Auth()}, nil
}

// Hints implements plan.Pushes.
func (f *farSide) Hints(n int) []syncproto.ID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.hints[n])
}

// hint is all that a message may say.
type hint struct {
	T string `json:"t"`
	I string `json:"i"`
	G string `json:"g"`
}

func (f *farSide) tookFCM(m map[string]any) {
	token, _ := m["token"].(string)
	n, err := strconv.Atoi(strings.TrimPrefix(token, TokenHead))
	data, err2 := json.Marshal(m["data"], json.Deterministic(true))
	shown, err3 := json.Marshal(m["notification"], json.Deterministic(true))
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.to != nil {
		delete(m, "token") // the address, not what is said
		err = errors.Join(err, json.MarshalWrite(f.to, m))
	}
	f.report.FCM++
	if f.said == "" {
		f.said = string(shown)
	}
	if err := errors.Join(err, err2, err3); err != nil || f.said != string(shown) {
		f.bad = errors.Join(f.bad, fmt.Errorf("FCM was told %s: %w", shown, err))
		return
	}
	f.took(n, data)
}

func (f *farSide) tookWeb(path string, head http.Header, body []byte) {
	n, err := strconv.Atoi(strings.TrimPrefix(path, pathHead))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.report.Web++
	b := f.browsers[n]
	if err != nil || b == nil {
		f.bad = errors.Join(f.bad, fmt.Errorf("a push to %s, which nobody has", path))
		return
	}
	text, err := b.Open(body)
	if err != nil {
		f.bad = errors.Join(f.bad, err)
		return
	}
	f.report.Opened++
	if f.to != nil {
		head = head.Clone()
		head.Del("Authorization") // who sends: verified
		fmt.Fprintf(f.to, "%s %v\n", text, head)
	}
	f.took(n, text)
}

// took looks at what a message says; f is locked.
func (f *farSide) took(n int, data []byte) {
	var h hint
	err := json.Unmarshal(data, &h, json.RejectUnknownMembers(true))
	id, err2 := syncproto.ParseID(h.I)
	if err = errors.Join(err, err2); err != nil || len(h.G) != 12 || h.T == "" {
		f.bad = errors.Join(f.bad, fmt.Errorf("a message says %s: %w", data, err))
		return
	}
	f.report.Kinds[h.T]++
	f.report.MaxBytes = max(f.report.MaxBytes, len(data))
	f.report.Sample = string(data)
	if !slices.Contains(f.hints[n], id) {
		f.hints[n] = append(f.hints[n], id)
	}
}

// prove adds to a report what this side saw, and fails if anything is wrong.
func (f *farSide) prove(r *plan.PushReport) error {
	f.google.Lock() // all at once: a push may still be on its way
	defer f.google.Unlock()
	f.service.Lock()
	defer f.service.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	grants, signed, why := f.google.Grants, f.service.Signed, f.service.Why
	refused := f.google.Refused + f.service.Refused
	server, devices, hints, composed := r.Server, r.Devices, r.Hints, r.Composed
	*r = f.report
	r.Server, r.Devices, r.Hints, r.Composed = server, devices, hints, composed
	r.Grants, r.Signed, r.Refused = grants, signed, refused
	switch {
	case f.bad != nil:
		return f.bad
	case r.FCM == 0 || r.Web == 0 || r.Opened != r.Web || r.Signed != r.Web || r.Grants == 0 || r.Refused > 0:
		return fmt.Errorf("pushes: %d by FCM after %d grants, %d by Web Push, %d signed, %d opened, %d refused: %w", r.FCM, r.Grants, r.Web, r.Signed, r.Opened, r.Refused, why)
	case r.Composed != r.Hints:
		return fmt.Errorf("pushes: phones know %d of the %d records that they were told of", r.Composed, r.Hints)
	}
	return nil
}
