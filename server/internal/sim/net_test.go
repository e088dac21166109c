package sim

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

var errNoAnswer = errors.New("sim: no answer")

// link is the way from one phone to the server and back.
type link struct {
	w      *world
	name   string
	person syncproto.ID
	dice   dice
	slot   int
}

// fate is what happens to one message.
type fate struct {
	up, down    time.Duration
	loseRequest bool
	loseAnswer  bool
	twice       time.Duration // a copy arrives this much later; 0: none
	cutRequest  bool
	cutAnswer   bool
	gzip        bool
}

func (l *link) fate() (f fate) {
	f.up, f.down = l.dice.between(5*time.Millisecond, 2*time.Second), l.dice.between(5*time.Millisecond, 2*time.Second)
	f.gzip = l.dice.in(10)
	if !l.w.faults {
		return f
	}
	if l.dice.in(8) {
		f.up = l.dice.between(time.Second, 6*time.Hour)
	}
	if l.dice.in(8) {
		f.down = l.dice.between(time.Second, 6*time.Hour)
	}
	switch roll := l.dice.IntN(100); {
	case roll < 8:
		f.loseRequest = true
	case roll < 20:
		f.loseAnswer = true
	case roll < 24:
		f.cutRequest = true
	case roll < 28:
		f.cutAnswer = true
	}
	if l.dice.in(12) {
		f.twice = l.dice.between(time.Millisecond, 48*time.Hour)
	}
	return f
}

// Sync carries one request through the weather. It implements
// client.Transport.
func (l *link) Sync(_ context.Context, body []byte) (*client.Reply, error) {
	f := l.fate()
	if f.twice > 0 {
		l.double(body, f.twice)
	}
	l.w.sleep(l.slot, f.up)
	if l.w.faults && time.Now().Before(l.w.storm) {
		l.w.log(l.name, "503")
		return &client.Reply{Status: http.StatusServiceUnavailable, RetryAfter: time.Minute}, nil
	}
	if f.loseRequest {
		l.w.log(l.name, "request lost")
		return nil, errNoAnswer
	}
	sent := body
	if f.cutRequest && len(body) > 2 {
		sent = body[:l.dice.IntN(len(body)-1)]
	}
	reply, ok := l.w.deliver(l, sent, len(sent) < len(body), f.gzip)
	if !ok {
		return nil, errNoAnswer
	}
	l.w.sleep(l.slot, f.down)
	switch {
	case f.loseAnswer:
		l.w.log(l.name, "answer lost")
		return nil, errNoAnswer
	case f.cutAnswer && len(reply.Body) > 1:
		l.w.log(l.name, "answer cut")
		reply.Body = reply.Body[:l.dice.IntN(len(reply.Body)-1)]
	}
	return reply, nil
}

// double lets a copy of a request arrive later; nobody waits for its answer.
func (l *link) double(body []byte, after time.Duration) {
	copy := &link{w: l.w, name: l.name + "'", person: l.person, slot: l.w.slot()}
	l.w.spawn(func() {
		l.w.sleep(copy.slot, after)
		l.w.deliver(copy, body, false, false)
	})
}

// deliver hands a request to the server that runs now, and its answer to the
// oracle. ok is false if the process died before it answered.
func (w *world) deliver(l *link, body []byte, cut, zip bool) (*client.Reply, bool) {
	srv := w.srv
	if !srv.up || w.broken() {
		w.log(l.name, "refused")
		return nil, false
	}
	run := srv.run
	w.arrivals++
	order := w.arrivals
	w.judging++
	var out *httptest.ResponseRecorder
	handler := srv.handler
	w.apart(func() { out = serve(handler, http.MethodPost, "/v1/sync", l.person, body, zip, nil) })
	day := today()
	// Answers are looked at in the order of arrival, which is that of commits.
	w.sleep(l.slot, time.Millisecond+time.Duration(order%1000)*time.Microsecond)
	w.judging--
	w.day = day
	if srv.run != run {
		w.log(l.name, "answer died with the server")
		return nil, false
	}
	reply := &client.Reply{Status: out.Code, Body: out.Body.Bytes()}
	if out.Code != http.StatusOK {
		w.log(l.name, "status %d", out.Code)
	}
	switch {
	case out.Code == http.StatusOK && cut:
		w.oracle.Fail(oracle.Envelope, "a cut request was taken")
	case out.Code == http.StatusOK:
		q, r, err := oracle.Parse(body, reply.Body)
		if err != nil {
			w.oracle.Fail(oracle.Envelope, "an answer that can't be read: %v", err)
			break
		}
		w.log(l.name, "%s", exchange(q, r))
		w.oracle.Delivered(string(l.person), q, r)
	case cut && out.Code/100 == 4:
	case out.Code == http.StatusForbidden && len(w.scopesOf(w.who(l.person))) == 2:
	default:
		w.oracle.Fail(oracle.Envelope, "status %d: %.300s", out.Code, reply.Body)
	}
	return reply, true
}

func (w *world) who(id syncproto.ID) person {
	for _, p := range w.cast.people {
		if p.id == id {
			return p
		}
	}
	return person{id: id, team: -1}
}

// serve makes one call of the handler that runs now.
func (s *server) serve(method, path string, who syncproto.ID, body []byte, zip bool, header map[string]string) *httptest.ResponseRecorder {
	return serve(s.handler, method, path, who, body, zip, header)
}

func serve(h http.Handler, method, path string, who syncproto.ID, body []byte, zip bool, header map[string]string) *httptest.ResponseRecorder {
	if zip {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(body)
		_ = z.Close()
		body = b.Bytes()
	}
	req := httptest.NewRequest(method, path, bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+shared.tokens[who])
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if zip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	out := httptest.NewRecorder()
	h.ServeHTTP(out, req)
	if out.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(out.Body)
		must(err)
		b, err := io.ReadAll(z)
		must(err)
		out.Body = bytes.NewBuffer(b)
	}
	return out
}
