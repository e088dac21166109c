package prototest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorder is a server that notes what reached it.
type recorder struct {
	mu  sync.Mutex
	got []string
}

func (s *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.got = append(s.got, "broken")
		http.Error(w, "broken", http.StatusBadRequest)
		return
	}
	s.got = append(s.got, string(body))
	fmt.Fprintf(w, "answer %d to %s", len(s.got), body)
}

// say sends one message and describes what came back.
func say(t *testing.T, rt http.RoundTripper, msg string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), "POST", "http://server.test/v1/sync", strings.NewReader(msg))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	var fault *FaultError
	if errors.As(err, &fault) {
		return fmt.Sprintf("%s delivered=%v", fault.Fault, fault.Delivered)
	}
	if err != nil {
		return "error " + err.Error()
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "cut off"
	}
	return fmt.Sprintf("%d %s", resp.StatusCode, body)
}

func TestTransport_Script(t *testing.T) {
	for _, c := range []struct {
		fault  Fault
		answer string   // of message "b", the one that is hit
		got    []string // what the server saw of a, b, c
	}{
		{None, "200 answer 2 to b", []string{"a", "b", "c"}},
		{LoseRequest, "lose_request delivered=false", []string{"a", "c"}},
		{LoseAnswer, "lose_answer delivered=true", []string{"a", "b", "c"}},
		{Reorder, "reorder delivered=false", []string{"a", "c", "b"}},
		{CutRequest, "error unexpected EOF", []string{"a", "broken", "c"}},
	} {
		srv := &recorder{}
		rt := NewTransport(Handler(srv), 1, nil)
		rt.Script(None, c.fault, None)
		say(t, rt, "a")
		answer := say(t, rt, "b")
		say(t, rt, "c")
		if answer != c.answer {
			t.Errorf("%s: answer %q, want %q", c.fault, answer, c.answer)
		}
		if d := cmp.Diff(c.got, srv.got); d != "" {
			t.Errorf("%s: server saw (-want +got):\n%s", c.fault, d)
		}
		if rt.Counts()[c.fault] == 0 {
			t.Errorf("%s was not counted", c.fault)
		}
	}
}

func TestTransport_DoubleAndCutAnswer(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(20) {
		srv := &recorder{}
		rt := NewTransport(Handler(srv), seed, nil)
		rt.Script(Double, CutAnswer)
		seen[say(t, rt, "b")] = true
		if d := cmp.Diff([]string{"b", "b"}, srv.got); d != "" {
			t.Fatal(d)
		}
		switch answer := say(t, rt, "c"); {
		case answer == "cut off":
			seen["loud"] = true
		case strings.HasPrefix("200 answer 3 to c", answer) && answer != "200 answer 3 to c":
			seen["silent"] = true
		default:
			t.Errorf("a cut answer came as %q", answer)
		}
	}
	for _, want := range []string{"200 answer 1 to b", "200 answer 2 to b", "loud", "silent"} {
		if !seen[want] {
			t.Errorf("no seed gave %q", want)
		}
	}
}

func TestTransport_Delay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := NewTransport(Handler(&recorder{}), 3, Rates{Delay: 1000})
		rt.MaxDelay = time.Hour
		began := time.Now()
		for range 10 {
			say(t, rt, "x")
		}
		if d := time.Since(began); d < time.Hour || d > 10*time.Hour {
			t.Errorf("ten delays of up to an hour took %v", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "POST", "http://server.test/", strings.NewReader("x"))
		if _, err := rt.RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a delay outlives its context: %v", err)
		}
	})
}

func TestTransport_Unavailable(t *testing.T) {
	srv := &recorder{}
	rt := NewTransport(Handler(srv), 1, Rates{Unavailable: 1000})
	resp, err := rt.RoundTrip(httptest.NewRequest("POST", "http://server.test/", strings.NewReader("x")))
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || len(srv.got) != 0 {
		t.Errorf("status %d, Retry-After %q, delivered %d", resp.StatusCode, resp.Header.Get("Retry-After"), len(srv.got))
	}
}

func TestTransport_SameSeedSameFaults(t *testing.T) {
	run := func(seed uint64) (out []string) {
		rt := NewTransport(Handler(&recorder{}), seed, Village())
		rt.MaxDelay = time.Microsecond
		for i := range 400 {
			out = append(out, say(t, rt, fmt.Sprint(i)))
		}
		for _, f := range order {
			if rt.Counts()[f] == 0 {
				t.Errorf("400 requests met no %s", f)
			}
		}
		rt.Heal()
		if got := say(t, rt, "last"); !strings.HasPrefix(got, "200 ") {
			t.Errorf("a healed line answers %q", got)
		}
		return out
	}
	if d := cmp.Diff(run(7), run(7)); d != "" {
		t.Error("two runs of a seed differ:\n", d)
	}
	if cmp.Equal(run(7), run(8)) {
		t.Error("two seeds are alike")
	}
}

// TestTransport_RealConnection runs every fault over a real connection.
func TestTransport_RealConnection(t *testing.T) {
	srv := httptest.NewServer(&recorder{})
	defer srv.Close()
	rt := NewTransport(srv.Client().Transport, 1, nil)
	rt.MaxDelay = time.Millisecond
	for _, f := range order {
		rt.Script(f)
		c := &http.Client{Transport: rt}
		resp, err := c.Post(srv.URL, "application/json", strings.NewReader(strings.Repeat("x", 1000)))
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		lost := f == LoseRequest || f == LoseAnswer || f == Reorder || f == CutRequest
		if lost && err == nil {
			t.Errorf("%s: no error", f)
		}
		if (f == Double || f == Delay || f == Unavailable) && err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	rt.Script()
	if got := say(t, rt2(rt, srv.URL), "end"); !strings.HasPrefix(got, "200 ") {
		t.Errorf("afterwards: %s", got)
	}
}

// rt2 sends to another address.
func rt2(rt http.RoundTripper, url string) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		r.URL.Host = strings.TrimPrefix(url, "http://")
		return rt.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
