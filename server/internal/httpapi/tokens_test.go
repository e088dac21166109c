package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/server/internal/httpapi"
)

// with sends a request with an API token.
func (w *world) with(token, method, path string) *http.Response {
	w.t.Helper()
	return w.raw(nobody, method, path, nil, map[string]string{"Authorization": "Bearer " + token})
}

// TestToken_OpensFiguresOnly: of all routes, those under /v1/stats, until it is
// revoked.
func TestToken_OpensFiguresOnly(t *testing.T) {
	w := newWorld(t)
	w.pending()
	tok, err := w.as[province].NewToken(t.Context(), "Power BI (thử)", "")
	if err != nil {
		t.Fatal(err)
	}
	const months = "?from=2023-06&to=2023-06"
	opened, asking := 0, tok
	for i, r := range httpapi.Routes() {
		if i > 0 && i%100 == 0 { // each token has its share of requests
			if asking, err = w.as[province].NewToken(t.Context(), "Power BI (thử)", ""); err != nil {
				t.Fatal(err)
			}
		}
		path := strings.NewReplacer(":id", string(newID()), ":unit", string(w.unit["A"]), ":team", string(w.team["T1"]), ":month", month, ":kind", "teams", ":sha256", strings.Repeat("a", 64)).Replace(r.Path)
		if r.Open || strings.Contains(path, ":") {
			continue
		}
		if strings.HasPrefix(r.Path, "/v1/stats/") && !strings.HasPrefix(r.Path, "/v1/stats/indicators") { // targets are set and explained by people
			opened++
			if res := w.with(asking.Token, r.Method, path+months); res.StatusCode != http.StatusOK {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
			continue
		}
		if res := w.with(asking.Token, r.Method, path); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s with an API token: %d, want 403", r.Method, r.Path, res.StatusCode)
		}
	}
	if opened < 5 {
		t.Errorf("only %d routes of figures", opened)
	}
	list, err := w.as[system].Tokens(t.Context())
	if err != nil || len(list) != 1+(len(httpapi.Routes())-1)/100 || list[0].Name != "Power BI (thử)" || list[0].EndedMs != 0 {
		t.Fatalf("%v %+v", err, list)
	}
	if err := w.as[system].RevokeToken(t.Context(), tok.ID); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{tok.Token, tok.Token + "a", tok.Token[:len(tok.Token)-1] + "_", "bst_", "bst_" + strings.Repeat("a", 65)} {
		if res := w.with(bad, http.MethodGet, "/v1/stats/flat"+months); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%.8s…: %d, want 401", bad, res.StatusCode)
		}
	}
}

// TestToken_OfAUnit sees that unit, and waits its turn.
func TestToken_OfAUnit(t *testing.T) {
	w := newWorld(t)
	w.pending()
	for unit, want := range map[client.ID]bool{w.unit["A"]: true, w.unit["B"]: false} {
		tok, err := w.as[system].NewToken(t.Context(), "xã", unit)
		if err != nil {
			t.Fatal(err)
		}
		res := w.with(tok.Token, http.MethodGet, "/v1/stats/flat?from=2023-06&to=2023-06&format=csv")
		if body := readAll(t, res); strings.Contains(body, "Xã A") != want {
			t.Errorf("%v: %q", want, body)
		}
		last := res
		for range 200 {
			if last = w.with(tok.Token, http.MethodGet, "/v1/stats/flat?from=2023-06&to=2023-06"); last.StatusCode != http.StatusOK {
				break
			}
		}
		if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
			t.Errorf("after a burst: %d", last.StatusCode)
		}
	}
}

func readAll(t *testing.T, res *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestToken_SwitchedOff: while the province has tokens switched off none reads,
// and each reads again when they are on.
func TestToken_SwitchedOff(t *testing.T) {
	w := newWorld(t)
	tok, err := w.as[province].NewToken(t.Context(), "Power BI (thử)", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		off  bool
		want int
	}{{true, http.StatusForbidden}, {false, http.StatusOK}} {
		if _, err := w.as[province].Turn(t.Context(), client.Switch{Name: "tokens", Off: x.off}); err != nil {
			t.Fatal(err)
		}
		if res := w.with(tok.Token, http.MethodGet, "/v1/stats/summary?from=2023-06&to=2023-06"); res.StatusCode != x.want {
			t.Errorf("off %v: %d", x.off, res.StatusCode)
		}
	}
}
