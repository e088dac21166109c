package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tracespb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spanpb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/banso/banso/deploy/load"
)

// collector decodes what it is sent, as a real one does.
type collector struct {
	mu    sync.Mutex
	spans []*spanpb.Span
	bytes []byte
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = z
	}
	b, err := io.ReadAll(body)
	var in tracespb.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(b, &in)
	}
	if err != nil || r.URL.Path != "/v1/traces" {
		http.Error(w, "not traces", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes = append(c.bytes, b...)
	for _, rs := range in.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			c.spans = append(c.spans, ss.Spans...)
		}
	}
}

// TestTraces: a push is seen as request, transaction and decision, each inside
// the one before, and no span holds anything of who pushed.
func TestTraces(t *testing.T) {
	seen := &collector{}
	srv := httptest.NewServer(seen)
	t.Cleanup(srv.Close)
	a, err := New(t.Context(), Config{Data: t.TempDir(), Handful: true, LogTo: &bytes.Buffer{}, TracesTo: srv.URL, TracesShare: 1})
	if err != nil {
		t.Fatal(err)
	}
	code, err := a.SetupCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(a.Handler())
	s := &load.Server{Addr: api.Listener.Addr().String(), SetupCode: code}
	admin, phones, err := load.Accounts(t.Context(), s, 1)
	if err != nil {
		t.Fatal(err)
	}
	p := phones[0]
	p.Prepare(3, time.Now().Format(time.DateOnly))
	if _, _, err := p.Sync(true); err != nil {
		t.Fatal(err)
	}
	p.Conn.Close()
	api.Close()
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, canary := range []string{"Quản trị (đo)", "Thành viên đo", "Tổ đo", "127.0.0.", admin.Session().Access, p.Token, string(p.Person), string(p.Team), string(p.Client), code, "Go-http-client"} {
		if bytes.Contains(seen.bytes, []byte(canary)) {
			t.Errorf("a span holds %q", canary)
		}
	}
	if chain := seen.chain("decide"); !slices.Contains(chain, "POST /v1/sync > write > decide") {
		t.Errorf("chains of decisions: %q", chain)
	}
	if chain := seen.chain("read"); !slices.Contains(chain, "POST /v1/sync > read") {
		t.Errorf("chains of reads: %q", chain)
	}
}

// chain spells out the ancestors of each span of a name, once each.
func (c *collector) chain(name string) []string {
	byID := map[string]*spanpb.Span{}
	for _, s := range c.spans {
		byID[string(s.SpanId)] = s
	}
	var out []string
	for _, s := range c.spans {
		if s.Name != name {
			continue
		}
		names := []string{s.Name}
		for p := byID[string(s.ParentSpanId)]; p != nil; p = byID[string(p.ParentSpanId)] {
			names = append([]string{p.Name}, names...)
		}
		out = append(out, strings.Join(names, " > "))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestTraces_CollectorAway: nobody waits for a collector that doesn't answer,
// neither requests nor the stop.
func TestTraces_CollectorAway(t *testing.T) {
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(hang) })
	a, err := New(t.Context(), Config{Data: t.TempDir(), Handful: true, LogTo: &bytes.Buffer{}, TracesTo: srv.URL, TracesShare: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		w := httptest.NewRecorder()
		if a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil)); w.Code != http.StatusOK {
			t.Fatal(w.Code)
		}
	}
	start := time.Now()
	if err := a.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("the stop waited %v for the collector", took)
	}
}
