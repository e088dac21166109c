package prototest

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Transport lays faults over another http.RoundTripper. Make one per phone
// with NewTransport; several goroutines may use it, but then the order of
// their requests decides who is hit.
type Transport struct {
	// MaxDelay bounds Delay; MaxRetryAfter bounds the Retry-After of
	// Unavailable, in whole seconds. Set them before the first request.
	MaxDelay      time.Duration
	MaxRetryAfter time.Duration

	next http.RoundTripper

	mu     sync.Mutex
	luck   *rand.Rand
	rates  Rates
	script []Fault
	counts map[Fault]int
	late   []*http.Request // reordered, waiting for the next request
}

// draw is the luck of one exchange. Every exchange takes the same number of
// draws, so that changing a rate does not change the luck of later ones.
type draw struct {
	fault  Fault
	part   float64 // how much of a delay or a body
	second bool    // the other of two ways a fault can go
}

// NewTransport returns a Transport over next with a seeded schedule.
func NewTransport(next http.RoundTripper, seed uint64, rates Rates) *Transport {
	return &Transport{
		MaxDelay: defaultMaxDelay, MaxRetryAfter: defaultMaxRetryAfter,
		next: next, rates: rates, counts: map[Fault]int{},
		luck: rand.New(rand.NewPCG(seed, 0x62616e736f)),
	}
}

// Script sets the faults of the coming requests; when it is used up the rates
// apply again.
func (t *Transport) Script(faults ...Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.script = append([]Fault(nil), faults...)
}

// SetRates changes the faults from the next request on; nil heals the line.
func (t *Transport) SetRates(rates Rates) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rates = rates
}

// Heal ends all faults and delivers what was held back.
func (t *Transport) Heal() {
	t.mu.Lock()
	t.rates, t.script = nil, nil
	t.mu.Unlock()
	t.deliverLate()
}

// Counts returns how often each fault has happened; None counts what went well.
func (t *Transport) Counts() map[Fault]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	counts := make(map[Fault]int, len(t.counts))
	for f, n := range t.counts {
		counts[f] = n
	}
	return counts
}

func (t *Transport) draw() (d draw) {
	t.mu.Lock()
	defer t.mu.Unlock()
	roll := t.luck.IntN(1000)
	d.part, d.second = t.luck.Float64(), t.luck.IntN(2) == 1
	if len(t.script) > 0 {
		d.fault, t.script = t.script[0], t.script[1:]
	} else {
		for _, f := range order {
			if roll -= t.rates[f]; roll < 0 {
				d.fault = f
				break
			}
		}
	}
	t.counts[d.fault]++
	return d
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		req.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	d := t.draw()
	if d.fault == Reorder {
		t.mu.Lock()
		t.late = append(t.late, copyOf(context.WithoutCancel(req.Context()), req, body))
		t.mu.Unlock()
		return nil, &FaultError{Fault: Reorder}
	}
	resp, err := t.exchange(req, body, d)
	t.deliverLate()
	return resp, err
}

func (t *Transport) exchange(req *http.Request, body []byte, d draw) (*http.Response, error) {
	ctx := req.Context()
	send := func() (*http.Response, error) { return t.next.RoundTrip(copyOf(ctx, req, body)) }
	switch d.fault {
	case LoseRequest:
		return nil, &FaultError{Fault: LoseRequest}
	case LoseAnswer:
		return nil, &FaultError{Fault: LoseAnswer, Delivered: drop(send())}
	case Double:
		first, err := send()
		if err != nil {
			return nil, err
		}
		second, err := send()
		if err != nil || d.second {
			drop(second, err)
			return first, nil
		}
		drop(first, nil)
		return second, nil
	case Delay:
		return t.delay(ctx, d, send)
	case CutRequest:
		short := copyOf(ctx, req, body)
		short.Body = &cut{r: bytes.NewReader(body), left: int(d.part * float64(len(body)))}
		return t.next.RoundTrip(short)
	case CutAnswer:
		resp, err := send()
		if err != nil {
			return nil, err
		}
		return cutAnswer(resp, d)
	case Unavailable:
		return t.unavailable(req, d), nil
	}
	return send()
}

func (t *Transport) delay(ctx context.Context, d draw, send func() (*http.Response, error)) (*http.Response, error) {
	wait := func() error {
		timer := time.NewTimer(time.Duration(d.part * float64(t.MaxDelay)))
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if d.second { // on the way to the server
		if err := wait(); err != nil {
			return nil, err
		}
		return send()
	}
	resp, err := send()
	if err != nil {
		return nil, err
	}
	if err := wait(); err != nil {
		drop(resp, nil)
		return nil, err
	}
	return resp, nil
}

// unavailable plays a server or proxy that has no time.
func (t *Transport) unavailable(req *http.Request, d draw) *http.Response {
	const body = `{"type":"about:blank","status":503,"code":"unavailable","title":"Come again later","title_vi":"Máy chủ đang bận, hãy thử lại sau"}`
	after := 1 + int(d.part*t.MaxRetryAfter.Seconds())
	return &http.Response{
		Status: "503 Service Unavailable", StatusCode: http.StatusServiceUnavailable,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header:        http.Header{"Retry-After": {strconv.Itoa(after)}, "Content-Type": {"application/problem+json"}},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader([]byte(body))),
	}
}

// deliverLate sends what was held back; nobody waits for the answers.
func (t *Transport) deliverLate() {
	t.mu.Lock()
	late := t.late
	t.late = nil
	t.mu.Unlock()
	for _, req := range late {
		drop(t.next.RoundTrip(req))
	}
}

func copyOf(ctx context.Context, req *http.Request, body []byte) *http.Request {
	c := req.Clone(ctx)
	if req.Body != nil {
		c.Body, c.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	return c
}

// drop reads an answer to its end, as a network would, and forgets it; it
// reports whether there was one.
func drop(resp *http.Response, err error) bool {
	if err != nil || resp == nil {
		return false
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return true
}

// cutAnswer ends the body early: with an error, as a broken connection does,
// or silently, as some proxies do.
func cutAnswer(resp *http.Response, d draw) (*http.Response, error) {
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	left := int(d.part * float64(len(body)))
	if d.second {
		resp.Body = io.NopCloser(bytes.NewReader(body[:left]))
		resp.ContentLength = -1
		resp.Header.Del("Content-Length")
		return resp, nil
	}
	resp.Body = &cut{r: bytes.NewReader(body), left: left}
	return resp, nil
}

// cut is a body that breaks off.
type cut struct {
	r    io.Reader
	left int
}

func (c *cut) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := c.r.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

func (c *cut) Close() error { return nil }
