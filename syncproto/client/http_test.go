package client_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// answer serves a sync over HTTP, with gzip both ways above 512 bytes.
func answer(s *server, w http.ResponseWriter, r *http.Request) {
	var src io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		src = z
	}
	body, err := io.ReadAll(src)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if (len(body) >= syncproto.GzipFrom) != (r.Header.Get("Content-Encoding") == "gzip") {
		s.t.Errorf("a body of %d bytes came with encoding %q", len(body), r.Header.Get("Content-Encoding"))
	}
	resp, err := s.sync(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	out, err := syncproto.Encode(resp)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if len(out) < syncproto.GzipFrom {
		w.Write(out)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	z.Write(out)
	z.Close()
}

func TestHTTP_GzipBothWays(t *testing.T) {
	s, p := world(t)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(s, w, r) }))
	defer h.Close()
	e, err := client.New(client.Config{Local: p.local, Rand: p.rnd, Person: anna, Now: func() time.Time { return p.now },
		Transport: &client.HTTP{Base: h.URL, Tokens: client.StaticToken("x"), Zip: new(client.Zip)}})
	if err != nil {
		t.Fatal(err)
	}
	p.Engine = e
	p.mustSync()
	p.create("a", "2026-11-02", "note="+strings.Repeat("dài ", 500))
	p.mustSync()
	p.agrees()
}

func TestHTTP_Answers(t *testing.T) {
	bomb := func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.CopyN(z, zeros{}, 64<<20)
		z.Close()
		return b.Bytes()
	}()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		write  func(http.ResponseWriter)
		status int
		after  time.Duration
		fails  bool
	}{
		"seconds": {func(w http.ResponseWriter) { w.Header().Set("Retry-After", "17"); w.WriteHeader(503) }, 503, 17 * time.Second, false},
		"date": {func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", now.Add(time.Minute).Format(http.TimeFormat))
			w.WriteHeader(429)
		}, 429, time.Minute, false},
		"nonsense": {func(w http.ResponseWriter) { w.Header().Set("Retry-After", "soon"); w.WriteHeader(503) }, 503, 0, false},
		"huge":     {func(w http.ResponseWriter) { io.CopyN(w, zeros{}, 64<<20) }, 0, 0, true},
		"bomb": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		}, 0, 0, true},
		"cut gzip": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb[:100])
		}, 0, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { tc.write(w) }))
			defer h.Close()
			tr := &client.HTTP{Base: h.URL, Tokens: client.StaticToken("x"), Now: func() time.Time { return now }}
			r, err := tr.Sync(context.Background(), []byte("{}"))
			if tc.fails {
				if err == nil {
					t.Fatalf("answer of %d bytes was taken", len(r.Body))
				}
				return
			}
			if err != nil || r.Status != tc.status || r.RetryAfter != tc.after {
				t.Fatalf("%+v, %v", r, err)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
