package httpapi_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/httpapi"
)

// page is a browser's page: it keeps cookies and says where it is.
type page struct {
	t    *testing.T
	http *http.Client
	site string // Sec-Fetch-Site
	csrf string
	jar  http.CookieJar
}

func (w *world) page(t *testing.T) *page {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &page{t: t, jar: jar, site: "same-origin", http: &http.Client{Transport: w.wire, Jar: jar}}
}

func (p *page) do(method, path, body string, header ...string) (status int, answer map[string]any, res *http.Response) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, "http://banso.test"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Sec-Fetch-Site", p.site)
	req.Header.Set("Banso-CSRF", p.csrf)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if res, err = p.http.Do(req); err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if len(b) > 0 {
		if err := json.Unmarshal(b, &answer); err != nil {
			p.t.Fatalf("%s: %v", b, err)
		}
	}
	return res.StatusCode, answer, res
}

// signIn signs the chair in with cookies.
func (p *page) signIn(login string) {
	p.t.Helper()
	status, s, res := p.do("POST", "/v1/auth/login", `{"login":"`+login+`","password":"`+password+`","install":"`+string(newID())+`"}`, "Banso-Session", "cookie")
	if status != 200 || s["access"] != "" || s["refresh"] != nil {
		p.t.Fatalf("%d: a token is in the answer: %v", status, s)
	}
	for _, k := range res.Cookies() {
		if !k.HttpOnly || k.SameSite != http.SameSiteStrictMode || !strings.HasPrefix(k.Path, "/v1") || k.MaxAge != 0 {
			p.t.Errorf("cookie %+v", k)
		}
	}
	p.csrf, _ = s["csrf"].(string)
}

const oneCode = `{"people":["AAAAAAAAAAAAAAAAAAAAAA"]}`

func TestCookies_Session(t *testing.T) {
	w := newWorld(t)
	p := w.page(t)
	p.signIn("user3")
	if status, me, _ := p.do("GET", "/v1/me", ""); status != 200 || me["csrf"] != p.csrf || me["person"] != string(w.who[chair]) {
		t.Fatalf("%d %v", status, me)
	}
	if status, _, _ := p.do("POST", "/v1/codes", oneCode); status != 200 {
		t.Errorf("a change from our page: %d", status)
	}
	if status, s, _ := p.do("POST", "/v1/auth/refresh", `{}`, "Banso-Session", "cookie"); status != 200 || s["csrf"] != p.csrf {
		t.Errorf("refresh: %d %v", status, s)
	}
	if status, _, _ := p.do("POST", "/v1/auth/logout", ""); status != 204 {
		t.Errorf("logout: %d", status)
	}
	if status, _, _ := p.do("GET", "/v1/me", ""); status != 401 {
		t.Errorf("after the logout: %d", status)
	}
}

// TestCookies_OverTLS: behind a proxy with TLS the cookies bear the name that
// browsers take from such an answer only, and no other name counts.
func TestCookies_OverTLS(t *testing.T) {
	w := newWorld(t)
	p := w.page(t)
	status, _, res := p.do("POST", "/v1/auth/login", `{"login":"user3","password":"`+password+`","install":"`+string(newID())+`"}`,
		"Banso-Session", "cookie", "X-Forwarded-Proto", "https")
	if status != 200 || len(res.Cookies()) != 2 {
		t.Fatalf("%d %v", status, res.Cookies())
	}
	for _, k := range res.Cookies() {
		if !k.Secure || !k.HttpOnly || !strings.HasPrefix(k.Name, "__Secure-banso_") {
			t.Errorf("cookie %+v", k)
		}
		if k.Name != "__Secure-banso_access" {
			continue
		}
		for name, want := range map[string]int{k.Name: 200, "banso_access": 401} {
			if status, _, _ := p.do("GET", "/v1/me", "", "Cookie", name+"="+k.Value, "X-Forwarded-Proto", "https"); status != want {
				t.Errorf("%s: %d", name, status)
			}
		}
	}
}

// TestCookies_Forged: what another site makes a browser send gets nothing.
func TestCookies_Forged(t *testing.T) {
	w := newWorld(t)
	p := w.page(t)
	p.signIn("user3")
	good := p.csrf
	other := w.page(t)
	other.signIn("user5")
	tests := []struct {
		name, site, csrf string
		header           []string
	}{
		{"another site with the token", "cross-site", good, nil},
		{"a sister's page", "same-site", good, nil},
		{"typed by hand", "none", good, nil},
		{"no token", "same-origin", "", nil},
		{"somebody else's token", "same-origin", other.csrf, nil},
		{"an old browser, foreign origin", "", good, []string{"Origin", "https://evil.test"}},
		{"an old browser that says nothing", "", good, nil},
		{"null origin", "", good, []string{"Origin", "null"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p.t, p.site, p.csrf = t, tt.site, tt.csrf
			if status, answer, _ := p.do("POST", "/v1/codes", oneCode, tt.header...); status != 403 || answer["code"] != "forbidden" {
				t.Errorf("%d %v", status, answer)
			}
		})
	}
	p.t, p.site, p.csrf = t, "", good
	if status, _, _ := p.do("POST", "/v1/codes", oneCode, "Origin", "http://banso.test"); status != 200 {
		t.Errorf("an old browser on our page: %d", status)
	}
	p.site = "cross-site"
	if status, _, res := p.do("POST", "/v1/auth/refresh", `{}`, "Banso-Session", "cookie"); status == 200 || len(res.Cookies()) > 2 {
		t.Errorf("a refresh from another site: %d", status)
	}
}

// TestCookies_StepUp: a browser left open closes no month; a proof lets it, and
// tokens of programs need none.
func TestCookies_StepUp(t *testing.T) {
	w := newWorld(t)
	p := w.page(t)
	p.signIn("user3")
	path := "/v1/communes/" + string(w.unit["A"]) + "/months/" + month + "/close"
	try := func(want int) {
		t.Helper()
		if status, answer, _ := p.do("POST", path, `{"teams":[]}`); status != want {
			t.Errorf("%d %v, want %d", status, answer, want)
		}
	}
	try(200)
	w.clock.set("2023-06-21")
	if status, _, _ := p.do("POST", "/v1/auth/refresh", `{}`, "Banso-Session", "cookie"); status != 200 {
		t.Fatalf("refresh: %d", status)
	}
	try(401)
	if status, _, _ := p.do("POST", "/v1/auth/step-up", `{"password":"`+password+`"}`); status != 204 {
		t.Errorf("step-up: %d", status)
	}
	try(200)
}

// TestMoneyRoutes: each of them is a route that changes something.
func TestMoneyRoutes(t *testing.T) {
	known := map[string]bool{}
	for _, r := range httpapi.Routes() {
		known[r.Path] = known[r.Path] || r.Method == http.MethodPost
	}
	for _, path := range httpapi.MoneyRoutes() {
		if !known[path] {
			t.Errorf("%s is no route", path)
		}
	}
}
