package httpapi_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/auth/oidc"
)

// idp is npm's oidc-provider on this machine.
type idp struct {
	t    *testing.T
	url  string
	stop func()
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	const home = "../../../deploy/webbuild/"
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node on this machine")
	}
	if _, err := os.Stat(home + "node_modules/oidc-provider"); err != nil {
		t.Skip("the npm packages are not installed here (npm ci in deploy/webbuild)")
	}
	cmd := exec.Command("node", home+"idp/provider.mjs", "banso", "a secret", "http://banso.test/console/")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &idp{t: t, stop: func() { _ = in.Close(); _ = cmd.Wait() }}
	t.Cleanup(p.stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("oidc-provider: %v", err)
	}
	p.url = strings.TrimSpace(line)
	return p
}

// visit is a browser that is sent to the provider, signs in there as says, and
// comes back with an answer.
func (p *idp) visit(address, says string) url.Values {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 6 {
		if strings.Contains(address, "/interaction/") {
			address += "?" + says
		}
		res, err := c.Get(address)
		if err != nil {
			p.t.Fatal(err)
		}
		_ = res.Body.Close()
		to, err := res.Location()
		if err != nil {
			p.t.Fatalf("%s: %d, no way on", address, res.StatusCode)
		}
		if to.Host == "banso.test" {
			return to.Query()
		}
		address = to.String()
	}
	p.t.Fatal("it goes round and round")
	return nil
}

const fromConsole = "http://banso.test"

// begin asks for the way to the provider.
func (p *page) begin(path string) string {
	p.t.Helper()
	status, got, res := p.do("POST", path, "", "Origin", fromConsole)
	to, _ := got["url"].(string)
	if status != 200 || to == "" || len(res.Cookies()) != 1 || !res.Cookies()[0].HttpOnly || res.Cookies()[0].SameSite != http.SameSiteStrictMode || res.Cookies()[0].MaxAge != 600 {
		p.t.Fatalf("begin: %d %v %v", status, got, res.Cookies())
	}
	return to
}

// finish hands over what came back; more are further members.
func (p *page) finish(path string, back url.Values, more string) (int, map[string]any) {
	p.t.Helper()
	body := fmt.Sprintf(`{"code":%q,"state":%q,"iss":%q`, back.Get("code"), back.Get("state"), back.Get("iss"))
	if path == "/v1/auth/oidc" {
		body += `,"install":"` + string(newID()) + `"`
	}
	status, got, _ := p.do("POST", path, body+more+"}", "Origin", fromConsole, "Banso-Session", "cookie")
	return status, got
}

// TestOIDC goes the whole way with a real provider.
func TestOIDC(t *testing.T) {
	far := newIDP(t)
	w := newWorldWith(t, app.Config{OIDC: oidc.Config{Issuer: far.url, Client: "banso", Secret: "a secret", Name: "tài khoản tỉnh (thử)", AMR: []string{"mfa"}, ACR: []string{"high"}}})
	desk := w.page(t)
	if _, got, _ := desk.do("GET", "/v1/auth/oidc", ""); got["on"] != true || got["name"] != "tài khoản tỉnh (thử)" {
		t.Errorf("%v", got)
	}
	signIn := func(p *page, says string) (int, map[string]any) {
		return p.finish("/v1/auth/oidc", far.visit(p.begin("/v1/auth/oidc/begin"), says), "")
	}
	if status, got := signIn(desk, "as=can-bo-1"); status != 401 || !strings.Contains(got["detail_vi"].(string), "chưa được liên kết") {
		t.Errorf("nobody's: %d %v", status, got)
	}
	desk.signIn("user3")
	back := far.visit(desk.begin("/v1/me/oidc/begin"), "as=can-bo-1")
	if status, got := desk.finish("/v1/me/oidc", back, ""); status != 204 || !strings.HasPrefix(back.Get("state"), "link.") {
		t.Fatalf("link: %d %v", status, got)
	}
	own := "/v1/people/" + string(w.who[chair]) + "/oidc"
	if _, got, _ := desk.do("GET", own, ""); got["linked"] != true || got["own"] != true {
		t.Errorf("%v", got)
	}

	other := w.page(t) // another browser
	status, got := signIn(other, "as=can-bo-1")
	if status != 200 || got["person"] != string(w.who[chair]) || got["access"] != "" {
		t.Fatalf("sign in: %d %v", status, got)
	}
	other.csrf, _ = got["csrf"].(string)
	if status, me, _ := other.do("GET", "/v1/me", ""); status != 200 || me["person"] != string(w.who[chair]) {
		t.Errorf("%d %v", status, me)
	}
	if status, got := signIn(other, "as="); status != 401 { // error=access_denied, no code
		t.Errorf("he stopped there: %d %v", status, got)
	}
	t.Run("forged", func(t *testing.T) { forgedAnswers(t, w, far) })
	t.Run("second factor", func(t *testing.T) { secondByProvider(t, w, far, desk) })

	sys := w.as[system]
	for name, err := range map[string]error{"unlink": sys.Unlink(t.Context(), w.who[chair]), "name": sys.LinkSubject(t.Context(), w.who[accountant], "can-bo-1")} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if status, got := signIn(w.page(t), "as=can-bo-1"); status != 200 || got["person"] != string(w.who[accountant]) {
		t.Errorf("after it was linked anew: %d %v", status, got)
	}
	if l, err := sys.LinkOf(t.Context(), w.who[chair]); err != nil || l.Linked {
		t.Errorf("%+v %v", l, err)
	}
	for _, kind := range []string{"POST /v1/me/oidc", "POST /v1/people/:id/oidc", "DELETE /v1/people/:id/oidc"} {
		if lines, _, err := sys.AuditLog(t.Context(), client.AuditQuery{Kind: kind}); err != nil || len(lines) != 1 {
			t.Errorf("the log of %s: %+v %v", kind, lines, err)
		}
	}
	if s := w.log.String(); strings.Contains(s, "can-bo-1") || strings.Contains(s, "a secret") {
		t.Error("the log names whom or holds the secret")
	}
	far.stop() // found once, its page can still be named; a code can't be exchanged
	if status, _ := other.finish("/v1/auth/oidc", url.Values{"code": {"x"}, "state": {stateIn(t, other.begin("/v1/auth/oidc/begin"))}, "iss": {far.url}}, ""); status != 503 {
		t.Errorf("while it is away: %d", status)
	}
	w.page(t).signIn("user5")
}

func stateIn(t *testing.T, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}

// forgedAnswers: a code counts once, in the browser and for the question that
// it was asked with.
func forgedAnswers(t *testing.T, w *world, far *idp) {
	mine, theirs := w.page(t), w.page(t)
	back := far.visit(mine.begin("/v1/auth/oidc/begin"), "as=can-bo-1")
	theirs.begin("/v1/auth/oidc/begin")
	at := "/v1/auth/oidc"
	with := func(k, v string) url.Values {
		c := url.Values{"code": back["code"], "state": back["state"], "iss": back["iss"]}
		c.Set(k, v)
		return c
	}
	for _, tt := range []struct {
		name string
		p    *page
		back url.Values
	}{
		{"a link sent to another browser", theirs, back}, {"a state of nobody", mine, with("state", "in.AAAAAAAAAAAAAAAAAAAAAA")},
		{"by a page that asked nothing", w.page(t), back},
	} {
		if status, got := tt.p.finish(at, tt.back, ""); status != 401 {
			t.Errorf("%s: %d %v", tt.name, status, got)
		}
	}
	theirState := stateIn(t, theirs.begin("/v1/auth/oidc/begin")) // a refusal took the cookie
	if status, got := theirs.finish(at, with("state", theirState), ""); status != 401 {
		t.Errorf("a code slipped into another's question (PKCE): %d %v", status, got)
	}
	mine = w.page(t)
	back = far.visit(mine.begin("/v1/auth/oidc/begin"), "as=can-bo-1")
	u, err := url.Parse("http://banso.test/v1/auth/oidc")
	if err != nil {
		t.Fatal(err)
	}
	kept := mine.jar.Cookies(u)
	if status, got := mine.finish(at, back, ""); status != 200 {
		t.Errorf("the honest one: %d %v", status, got)
	}
	if n := len(mine.jar.Cookies(u)); n != 2 {
		t.Errorf("%d cookies after the sign-in", n)
	}
	mine.jar.SetCookies(u, kept)
	if status, got := mine.finish(at, back, ""); status != 401 {
		t.Errorf("once more: %d %v", status, got)
	}
	mine.site = "cross-site"
	if status, _, _ := mine.do("POST", at+"/begin", "", "Origin", "https://elsewhere.test"); status != 403 {
		t.Errorf("begun by another site: %d", status)
	}
}

// secondByProvider: our second factor is asked for unless acr or amr says that
// the provider asked for one.
func secondByProvider(t *testing.T, w *world, far *idp, desk *page) {
	_, fresh, _ := desk.do("POST", "/v1/me/second-factor", "")
	secret, _ := fresh["secret"].(string)
	digits := func() string {
		code, err := totp.GenerateCode(secret, w.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	if status, got, _ := desk.do("POST", "/v1/me/second-factor/confirm", `{"code":"`+digits()+`"}`); status != 200 {
		t.Fatalf("%d %v", status, got)
	}
	w.clock.mu.Lock()
	w.clock.t = w.clock.t.Add(time.Minute)
	w.clock.mu.Unlock()
	for says, want := range map[string]int{"as=can-bo-1": 401, "as=can-bo-1&amr=pwd": 401, "as=can-bo-1&amr=mfa": 200, "as=can-bo-1&acr=high": 200} {
		p := w.page(t)
		if status, got := p.finish("/v1/auth/oidc", far.visit(p.begin("/v1/auth/oidc/begin"), says), ""); status != want || want == 401 && got["code"] != "second_factor_required" {
			t.Errorf("%s: %d %v", says, status, got)
		}
	}
	p := w.page(t)
	back := far.visit(p.begin("/v1/auth/oidc/begin"), "as=can-bo-1")
	for _, tt := range []struct {
		code string
		want int
	}{{"", 401}, {"000000", 401}, {digits(), 200}} {
		if status, got := p.finish("/v1/auth/oidc", back, `,"second_factor":"`+tt.code+`"`); status != tt.want {
			t.Errorf("%q: %d %v", tt.code, status, got)
		}
	}
}
