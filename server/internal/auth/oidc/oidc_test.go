package oidc_test

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/auth/oidc"
	"github.com/banso/banso/server/internal/domain"
)

// TestAsk: what a browser is sent to the provider with.
func TestAsk(t *testing.T) {
	i := newIssuer(t)
	address, err := i.provider(func(c *oidc.Config) { c.ACR = []string{"high", "higher"} }).Ask(t.Context(), i.question())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, i.URL+"/auth?") {
		t.Fatal(address, err)
	}
	got := map[string]string{}
	for k := range u.Query() {
		got[k] = u.Query().Get(k)
	}
	if len(got["code_challenge"]) != 43 || got["code_challenge"] == verifier {
		t.Errorf("challenge %q", got["code_challenge"])
	}
	delete(got, "code_challenge")
	if d := cmp.Diff(map[string]string{"client_id": clientID, "response_type": "code", "scope": "openid", "redirect_uri": "https://banso.test/console/", "state": "in.s",
		"nonce": "the nonce", "code_challenge_method": "S256", "prompt": "login", "max_age": "0", "acr_values": "high higher"}, got); d != "" {
		t.Error(d)
	}
}

// TestAnswer_Refused: what an ID token must say, and who must have signed it.
func TestAnswer_Refused(t *testing.T) {
	i := newIssuer(t)
	p := i.provider(func(c *oidc.Config) { c.ACR, c.AMR = []string{"high"}, []string{"mfa", "otp"} })
	der, err := x509.MarshalPKIXPublicKey(&i.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	now := i.now().Unix()
	good := func(change map[string]any) string { return i.sign("RS256", "one", i.key, i.claims(change)) }
	for name, tt := range map[string]struct {
		token string
		want  auth.Identity // empty: refused
	}{
		"good":                       {good(nil), auth.Identity{Subject: "can-bo-1"}},
		"for us by name":             {good(map[string]any{"azp": clientID, "aud": []string{clientID}}), auth.Identity{Subject: "can-bo-1"}},
		"acr that counts":            {good(map[string]any{"acr": "high"}), auth.Identity{Subject: "can-bo-1", Second: true}},
		"amr that counts":            {good(map[string]any{"amr": []string{"pwd", "otp"}}), auth.Identity{Subject: "can-bo-1", Second: true}},
		"acr and amr that don't":     {good(map[string]any{"acr": "low", "amr": []string{"pwd"}}), auth.Identity{Subject: "can-bo-1"}},
		"amr is no list":             {good(map[string]any{"amr": "mfa"}), auth.Identity{}},
		"none":                       {i.sign("none", "one", nil, i.claims(nil)), auth.Identity{}},
		"HS256 by the public key":    {i.sign("HS256", "one", public, i.claims(nil)), auth.Identity{}},
		"HS256 by the secret":        {i.sign("HS256", "one", []byte(secret), i.claims(nil)), auth.Identity{}},
		"another key of that name":   {i.sign("RS256", "one", newKey(t), i.claims(nil)), auth.Identity{}},
		"a key nobody knows":         {i.sign("ES256", "two", newCurveKey(t), i.claims(nil)), auth.Identity{}},
		"another nonce":              {good(map[string]any{"nonce": "another"}), auth.Identity{}},
		"no nonce":                   {good(map[string]any{"nonce": nil}), auth.Identity{}},
		"another audience":           {good(map[string]any{"aud": "another"}), auth.Identity{}},
		"for others too":             {good(map[string]any{"aud": []string{clientID, "another"}, "azp": clientID}), auth.Identity{}},
		"given to another":           {good(map[string]any{"azp": "another"}), auth.Identity{}},
		"another issuer":             {good(map[string]any{"iss": "https://id.example"}), auth.Identity{}},
		"expired":                    {good(map[string]any{"exp": now - 1}), auth.Identity{}},
		"no expiry":                  {good(map[string]any{"exp": nil}), auth.Identity{}},
		"not yet":                    {good(map[string]any{"nbf": now + 3600}), auth.Identity{}},
		"from the future":            {good(map[string]any{"iat": now + 3600}), auth.Identity{}},
		"signed in in the future":    {good(map[string]any{"auth_time": now + 3600}), auth.Identity{}},
		"a session there of before":  {good(map[string]any{"auth_time": now - 3600}), auth.Identity{}},
		"no word of when":            {good(map[string]any{"auth_time": nil}), auth.Identity{}},
		"no subject":                 {good(map[string]any{"sub": nil}), auth.Identity{}},
		"a subject without an end":   {good(map[string]any{"sub": strings.Repeat("s", 256)}), auth.Identity{}},
		"no token at all":            {"", auth.Identity{}},
		"a token that was cut":       {good(nil)[:80], auth.Identity{}},
		"claims that were exchanged": {strings.Split(good(nil), ".")[0] + "." + strings.Split(good(map[string]any{"sub": "x"}), ".")[1] + "." + strings.Split(good(nil), ".")[2], auth.Identity{}},
	} {
		i.give(tt.token)
		got, err := p.Answer(t.Context(), i.question(), "code", "")
		if got != tt.want || (domain.CodeOf(err) == domain.Unauthorized) != (tt.want == auth.Identity{}) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	if log := i.log.String(); strings.Contains(log, "can-bo-1") || strings.Contains(log, secret) || !strings.Contains(log, "oidc_refused") {
		t.Errorf("the log: %s", log)
	}
	i.give(good(nil))
	for from, want := range map[string]domain.Code{"": "", i.URL: "", "https://id.example": domain.Unauthorized} {
		if _, err := p.Answer(t.Context(), i.question(), "code", from); domain.CodeOf(err) != want {
			t.Errorf("from %q: %v", from, err)
		}
	}
	if d := cmp.Diff(map[string]string{"grant_type": "authorization_code", "code": "code", "code_verifier": verifier, "redirect_uri": "https://banso.test/console/"}, i.form); d != "" || !i.basic {
		t.Error(i.basic, d)
	}
}

// TestAnswer_Discovery: what the provider says of itself is kept to.
func TestAnswer_Discovery(t *testing.T) {
	for name, tt := range map[string]struct {
		says map[string]any
		want domain.Code
	}{
		"another issuer":         {map[string]any{"issuer": "https://id.example"}, domain.Unavailable},
		"keys in the clear":      {map[string]any{"jwks_uri": "http://id.example/jwks"}, domain.Unavailable},
		"tokens by file":         {map[string]any{"token_endpoint": "file:///etc/passwd"}, domain.Unavailable},
		"it always names itself": {map[string]any{"authorization_response_iss_parameter_supported": true}, domain.Unauthorized},
		"secrets in the form":    {map[string]any{"token_endpoint_auth_methods_supported": []string{"client_secret_post"}}, ""},
	} {
		i := newIssuer(t)
		i.says = tt.says
		i.give(i.sign("RS256", "one", i.key, i.claims(nil)))
		if _, err := i.provider(nil).Answer(t.Context(), i.question(), "code", ""); domain.CodeOf(err) != tt.want {
			t.Errorf("%s: %v", name, err)
		}
		if tt.want == "" && (i.basic || i.form["client_secret"] != secret) {
			t.Errorf("%s: basic %v", name, i.basic)
		}
	}
}

// TestKeys_Rotated: a new key is fetched when a token names it; one that was
// withdrawn is forgotten within the hour.
func TestKeys_Rotated(t *testing.T) {
	i := newIssuer(t)
	p := i.provider(nil)
	answer := func(kid string, key any) domain.Code {
		i.give(i.sign("RS256", kid, key, i.claims(nil)))
		_, err := p.Answer(t.Context(), i.question(), "code", "")
		return domain.CodeOf(err)
	}
	old := i.key
	if got := answer("one", old); got != "" {
		t.Fatal(got)
	}
	i.mu.Lock()
	i.kid, i.key = "two", newKey(t)
	i.mu.Unlock()
	if got := answer("two", i.key); got != "" {
		t.Errorf("the new key: %q", got)
	}
	i.add(time.Hour)
	if got := answer("one", old); got != domain.Unauthorized {
		t.Errorf("the old key: %q", got)
	}
}

// TestAway: a provider that can't be reached is asked again at growing intervals;
// one that was found before goes on by what it said.
func TestAway(t *testing.T) {
	i := newIssuer(t)
	down := true
	i.onFind = func(w http.ResponseWriter, _ *http.Request) bool {
		if down {
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, strings.Repeat("x", 5000))
		}
		return down
	}
	p := i.provider(nil)
	const door = "/.well-known/openid-configuration"
	for _, tt := range []struct {
		after time.Duration
		hits  int
	}{{0, 1}, {time.Second, 1}, {5 * time.Second, 2}, {5 * time.Second, 2}, {6 * time.Second, 3}} {
		i.add(tt.after)
		if _, err := p.Ask(t.Context(), i.question()); domain.CodeOf(err) != domain.Unavailable || i.asked(door) != tt.hits {
			t.Errorf("after %v: %v, %d times", tt.after, err, i.asked(door))
		}
	}
	if i.log.Len() > 2000 {
		t.Errorf("it filled the log: %d bytes", i.log.Len())
	}
	down = false
	i.add(time.Minute)
	if _, err := p.Ask(t.Context(), i.question()); err != nil {
		t.Error(err)
	}
	down = true
	i.add(2 * time.Hour)
	if _, err := p.Ask(t.Context(), i.question()); err != nil {
		t.Error("what was found before:", err)
	}
	i.token = func() (int, any) { return 503, "" }
	if _, err := p.Answer(t.Context(), i.question(), "code", ""); domain.CodeOf(err) != domain.Unavailable {
		t.Error(err)
	}
	i.token = func() (int, any) { return 400, map[string]string{"error": "invalid_grant"} }
	if _, err := p.Answer(t.Context(), i.question(), "code", ""); domain.CodeOf(err) != domain.Unauthorized {
		t.Error(err)
	}
}

// TestAway_Hanging: few requests wait for a provider that says nothing; the
// others are told at once.
func TestAway_Hanging(t *testing.T) {
	i := newIssuer(t)
	let := make(chan struct{})
	i.onFind = func(http.ResponseWriter, *http.Request) bool { <-let; return false }
	p := i.provider(nil)
	var all sync.WaitGroup
	refused := make(chan error, 64)
	for range 64 {
		all.Go(func() {
			if _, err := p.Ask(t.Context(), i.question()); err != nil {
				refused <- err
			}
		})
	}
	for range 64 - 16 {
		if err := <-refused; domain.CodeOf(err) != domain.Unavailable {
			t.Error(err)
		}
	}
	close(let)
	all.Wait()
	if n := len(refused); n != 0 || i.asked("/.well-known/openid-configuration") != 1 {
		t.Errorf("%d more refused, discovery asked %d times", n, i.asked("/.well-known/openid-configuration"))
	}
}

// TestRedirect_NotFollowed: nor is an answer read without an end.
func TestRedirect_NotFollowed(t *testing.T) {
	i := newIssuer(t)
	i.onFind = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
		return true
	}
	if _, err := i.provider(nil).Ask(t.Context(), i.question()); domain.CodeOf(err) != domain.Unavailable || i.asked("/elsewhere") != 0 {
		t.Error(err, i.asked("/elsewhere"))
	}
	i.onFind = func(w http.ResponseWriter, _ *http.Request) bool {
		fmt.Fprint(w, `{"issuer":"`+i.URL+`","x":"`)
		for range 3000 {
			fmt.Fprint(w, strings.Repeat("x", 1000))
		}
		fmt.Fprint(w, `"}`)
		return true
	}
	if _, err := i.provider(nil).Ask(t.Context(), i.question()); domain.CodeOf(err) != domain.Unavailable {
		t.Error(err)
	}
}

func TestConfig_Check(t *testing.T) {
	full := oidc.Config{Issuer: "https://id.example/realms/tinh", Client: "banso", Secret: "s"}
	for name, tt := range map[string]struct {
		change func(*oidc.Config)
		want   string // part of the sentence; empty: none
	}{
		"nothing":            {func(c *oidc.Config) { *c = oidc.Config{} }, ""},
		"all that is needed": {func(*oidc.Config) {}, ""},
		"this machine":       {func(c *oidc.Config) { c.Issuer = "http://127.0.0.1:9000" }, ""},
		"its own network":    {func(c *oidc.Config) { c.Issuer = "https://10.0.0.4/id" }, ""},
		"no issuer":          {func(c *oidc.Config) { c.Issuer = "" }, "need oidc-issuer"},
		"in the clear":       {func(c *oidc.Config) { c.Issuer = "http://id.example" }, "not of the form"},
		"a question":         {func(c *oidc.Config) { c.Issuer += "?a=b" }, "not of the form"},
		"a password in it":   {func(c *oidc.Config) { c.Issuer = "https://a:b@id.example" }, "not of the form"},
		"no secret":          {func(c *oidc.Config) { c.Secret = "" }, "oidc-secret"},
		"an empty acr":       {func(c *oidc.Config) { c.ACR = []string{""} }, "empty value"},
		"a long name":        {func(c *oidc.Config) { c.Name = strings.Repeat("ă", 61) }, "oidc-name"},
	} {
		c := full
		tt.change(&c)
		err := c.Check()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
