package app

import (
	"crypto/rand"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestMetrics_NamesAndNoPeople: what /metrics tells, and that it is not part
// of the API's handler.
func TestMetrics_NamesAndNoPeople(t *testing.T) {
	a, err := New(t.Context(), Config{Data: t.TempDir(), Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	api := httptest.NewRecorder()
	a.Handler().ServeHTTP(api, httptest.NewRequest("GET", "/metrics", nil))
	if api.Code != 404 {
		t.Errorf("the API answers /metrics with %d", api.Code)
	}
	a.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/capabilities", nil))
	w := httptest.NewRecorder()
	a.MetricsHandler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, name := range []string{"banso_store_commits_total", "banso_store_commit ", "banso_http_requests_total{", "go_goroutines"} {
		if !strings.Contains(w.Body.String(), "\n"+name) {
			t.Errorf("%s is missing", name)
		}
	}
}
