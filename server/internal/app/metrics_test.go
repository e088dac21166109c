package app

import (
	"crypto/rand"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var update = flag.Bool("update", false, "write what is generated")

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
	for _, name := range []string{"banso_store_commits_total", "banso_store_commit ", "banso_http_requests_total{", "go_goroutines",
		"banso_store_file_bytes ", "banso_store_commit_seconds_bucket", `banso_phones{days="7"} 0`, `banso_http_callers_total{address="direct"} `, "banso_build_info{"} {
		if !strings.Contains(w.Body.String(), "\n"+name) {
			t.Errorf("%s is missing", name)
		}
	}
}

var described = regexp.MustCompile(`fqName: "(banso_[a-z_]+)", help: "((?:[^"\\]|\\.)*)", (?:unit: "", )?constLabels: \{\}, variableLabels: \{([a-z,_]*)\}`)

// TestMetrics_Table writes the table of what is measured from the collectors
// themselves: alerts and dashboards may use nothing else.
func TestMetrics_Table(t *testing.T) {
	a, err := New(t.Context(), Config{Data: t.TempDir(), Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	ch := make(chan *prometheus.Desc, 1000)
	a.metrics.Describe(ch)
	close(ch)
	var rows []string
	for d := range ch {
		if m := described.FindStringSubmatch(d.String()); m != nil {
			rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |\n", m[1], strings.ReplaceAll(m[3], ",", ", "), m[2]))
		} else if strings.Contains(d.String(), "banso_") {
			t.Errorf("not understood: %s", d)
		}
	}
	slices.Sort(rows)
	rows = slices.Compact(rows)
	text := "# What is measured\n\nWritten by `go test -run TestMetrics_Table ./server/internal/app -update`. Names end in the unit: `_seconds`, `_bytes`, " +
		"`_total` for counters. No label names a person, a team or a phone. Besides these there are `go_…` and `process_…`.\n\n" +
		"| metric | labels | what |\n|---|---|---|\n" + strings.Join(rows, "")
	const path = "../../../deploy/monitor/METRICS.md"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s is not what the code measures (%v): run with -update", path, err)
	}
}

// TestMetrics_OnlyFrom: figures go to this machine and to whom the settings
// name; a proxy's header opens nothing.
func TestMetrics_OnlyFrom(t *testing.T) {
	cfg, err := configOf("--metrics-addr", ":9464", "--metrics-from", "10.244.0.0/16,2001:db8::7")
	if err != nil {
		t.Fatal(err)
	}
	h := onlyFrom(cfg.MetricsFrom, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for from, want := range map[string]int{"127.0.0.1:9": 204, "[::1]:9": 204, "10.244.3.4:9": 204, "[::ffff:10.244.3.4]:9": 204, "[2001:db8::7]:9": 204,
		"10.1.3.4:9": 404, "[2001:db8::8]:9": 404, "192.0.2.1:9": 404, "": 404} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = from
		r.Header.Set("X-Forwarded-For", "10.244.3.4")
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("from %q: %d, want %d", from, w.Code, want)
		}
	}
}
