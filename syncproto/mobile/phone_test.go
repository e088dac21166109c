package mobile_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/mobile"
)

var (
	anna = syncproto.Fingerprint([]byte("anna")).ID()
	team = syncproto.Fingerprint([]byte("team")).ID()
)

// server signs in with the code "CODE" and applies whatever is pushed; access
// tokens are "access<n>" of which only the newest is taken.
type server struct {
	mu       sync.Mutex
	t        *testing.T
	installs []string
	tokens   int
	pushed   []string
	refuse   bool // no more refreshes
	lose     bool // the answer of the next sign-in
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			s.t.Error(err)
			return
		}
		body = io.NopCloser(z)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		s.t.Error(err)
		return
	}
	switch r.URL.Path {
	case "/v1/auth/activate":
		s.activate(w, b)
	case "/v1/auth/refresh":
		if s.refuse {
			s.problem(w)
			return
		}
		s.session(w)
	case "/v1/sync":
		if r.Header.Get("Authorization") != s.access("Bearer ") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		s.sync(w, b)
	}
}

func (s *server) access(prefix string) string {
	return prefix + "access" + strings.Repeat("I", s.tokens)
}

func (s *server) problem(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusForbidden)
	io.WriteString(w, `{"code":"forbidden","title":"No.","title_vi":"Không."}`)
}

func (s *server) activate(w http.ResponseWriter, b []byte) {
	var in struct{ Code, Install, Login, Password, Device_name string }
	if err := json.Unmarshal(b, &in, json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(true)); err != nil {
		s.t.Error(err)
	}
	s.installs = append(s.installs, in.Install)
	if in.Code != "CODE" {
		s.problem(w)
		return
	}
	if s.lose {
		s.lose = false
		panic(http.ErrAbortHandler)
	}
	s.session(w)
}

func (s *server) session(w http.ResponseWriter) {
	s.tokens++
	io.WriteString(w, `{"person":"`+string(anna)+`","device":"x","access":"`+s.access("")+
		`","access_expires_ms":1,"refresh":"r"}`)
}

func (s *server) sync(w http.ResponseWriter, b []byte) {
	req, err := syncproto.DecodeRequest(b)
	if err != nil {
		s.t.Error(err)
		return
	}
	resp := syncproto.Response{Epoch: "e", Now: 1_700_000_000_000, Commit: 9, State: syncproto.StateOK, Ack: req.Top,
		Hint: syncproto.Hint{NextS: 60}}
	for i, raw := range req.Push.List {
		s.pushed = append(s.pushed, string(raw))
		resp.Verdicts = append(resp.Verdicts, syncproto.Verdict{N: req.Push.First + int64(i), V: syncproto.Aside, Code: syncproto.CodeMonthClosed})
	}
	out, err := syncproto.Encode(&resp)
	if err != nil {
		s.t.Error(err)
	}
	w.Write(out)
}

type keychain struct{ text string }

func (k *keychain) Load() (string, error) { return k.text, nil }
func (k *keychain) Save(s string) error   { k.text = s; return nil }

func start(t *testing.T, path, url string, keys mobile.Keychain) *mobile.Phone {
	t.Helper()
	p, err := mobile.Open(path, url, keys, &mobile.Config{App: "1.0", DeviceName: "Máy thử"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPhone_FromActivationToVerdict(t *testing.T) {
	s := &server{t: t}
	h := httptest.NewServer(s)
	defer h.Close()
	path, keys := filepath.Join(t.TempDir(), "phone.db"), &keychain{}
	p := start(t, path, h.URL, keys)
	if _, err := p.Log([]byte(`{}`)); !errors.Is(err, mobile.ErrNotActive) {
		t.Fatalf("before activation: %v", err)
	}
	var refusal *mobile.Refusal
	if err := p.Activate("WRONG", "", ""); !errors.As(err, &refusal) || refusal.TitleVi != "Không." {
		t.Fatalf("wrong code: %v", err)
	}
	s.lose = true
	if err := p.Activate("CODE", "", ""); err == nil {
		t.Fatal("a lost answer is no success")
	}
	if err := p.Activate("CODE", "", ""); err != nil {
		t.Fatal(err)
	}
	if s.installs[0] == "" || s.installs[0] != s.installs[2] {
		t.Fatalf("a repeat is not recognisable: %q", s.installs)
	}
	id, err := p.Log([]byte(`{"op":"create","type":"activity","set":{"team":"` + string(team) + `","done_on":"2026-11-02","note":"Hướng dẫn"}}`))
	if err != nil || id == "" {
		t.Fatal(id, err)
	}
	if _, err := p.Log([]byte(`{"op":"create","type":"activity","sets":{}}`)); err == nil {
		t.Fatal("an unknown member of a draft was taken")
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}

	p = start(t, path, h.URL, keys) // next start of the app: still signed in
	defer p.Close()
	if p.Person() != string(anna) {
		t.Fatalf("person %q", p.Person())
	}
	list, err := p.List("activity", string(syncproto.TeamMonthScope(team, "2026-11")))
	if err != nil || !strings.Contains(string(list), `"note":"Hướng dẫn"`) || !strings.Contains(string(list), `"pending":1`) {
		t.Fatalf("list: %s, %v", list, err)
	}
	if view, err := p.View("activity", id); err != nil || !strings.Contains(string(view), id) {
		t.Fatalf("view: %s, %v", view, err)
	}
	s.tokens++ // the access token is not taken any more: the phone refreshes by itself
	out, err := p.Sync()
	if err != nil || out.Kind != "ok" || out.Acked != 1 || out.NextMs != 60_000 || len(s.pushed) != 1 {
		t.Fatalf("sync: %+v, %v", out, err)
	}
	if v, err := p.Verdicts(); err != nil || !strings.Contains(string(v), `"code":"month_closed"`) {
		t.Fatalf("verdicts: %s, %v", v, err)
	}
	st, err := p.Status()
	if err != nil || st.Unsent != 0 || st.Kept != 1 || st.LastMs == 0 || !st.Agree {
		t.Fatalf("status: %+v, %v", st, err)
	}
	s.tokens, s.refuse = s.tokens+1, true
	if out, err := p.Sync(); err != nil || out.Kind != "sign_in" {
		t.Fatalf("with an ended session: %+v, %v", out, err)
	}
	if st, err := p.Status(); err != nil || !strings.Contains(string(st.ProblemJSON), `"sign_in"`) {
		t.Fatalf("status: %s, %v", st.ProblemJSON, err)
	}
}

func TestPhone_SessionOfAnotherPerson(t *testing.T) {
	p := start(t, filepath.Join(t.TempDir(), "phone.db"), "http://127.0.0.1:1", &keychain{})
	defer p.Close()
	if err := p.SetSession(`{"person":"` + string(anna) + `","access":"a","refresh":"r"}`); err != nil {
		t.Fatal(err)
	}
	if err := p.SetSession(`{"person":"` + string(team) + `","access":"a","refresh":"r"}`); err == nil || p.Person() != string(anna) {
		t.Fatalf("%v, person %s", err, p.Person())
	}
	if err := p.SetSession(`{"person":"` + string(anna) + `"}`); err == nil {
		t.Fatal("a session without a token was taken")
	}
	if out, err := p.Sync(); err != nil || out.Kind != "offline" {
		t.Fatalf("%+v, %v", out, err)
	}
}
